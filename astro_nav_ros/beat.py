"""One timer for several jobs, each at its own period.

Every action server has a timer of its own, and rclpy's events executor minds eight or more timers on one clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Ticking(Protocol):
    """What a beat needs of a node."""

    def now(self) -> float:
        """s."""

    def create_timer(self, timer_period_sec: float, callback: Callable[[], None]) -> object:
        """Call back every so many seconds."""


class _Job:
    def __init__(self, period: float, call: Callable[[], None], due: float) -> None:
        self.period, self.call, self.due = period, call, due


class Beat:
    """Calls each job at the tick nearest to when it is due."""

    def __init__(self, node: Ticking, tick: float) -> None:
        """Args: tick: s."""
        self._node, self._slack = node, 0.5 * tick
        self._jobs: list[_Job] = []
        node.create_timer(tick, self._tick)

    def add(self, period: float, call: Callable[[], None]) -> None:
        """Call that often, s, from a period from now on; more often than every tick is not possible."""
        self._jobs.append(_Job(period, call, self._node.now() + period))

    def _tick(self) -> None:
        now = self._node.now()
        for job in self._jobs:
            if job.due - job.period - self._slack <= now < job.due - self._slack:
                continue
            # in step while ticks come in time; anew after a pause or a jump of the clock
            late = now - job.due
            job.due += job.period if abs(late) < job.period else late + job.period
            job.call()
