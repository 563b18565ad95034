"""Notices that a simulated clock stands still, when timers on it do not fire any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rclpy.clock import Clock, ClockType
from rclpy.timer import Timer

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode

#: s (wall) without a new time after which the clock stands, and between looks at it
PATIENCE, PERIOD = 0.15, 0.05
#: s (wall) between looks that show that this process did not run
_HELD_UP = 2.0 * PERIOD


class ClockWatch:
    """Calls `on_standing` again and again while the node's clock stands, with a time that goes on, and `on_running` once after."""

    def __init__(
        self,
        node: ManagedNode,
        period: float,
        on_standing: Callable[[float], None],
        on_running: Callable[[], None],
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args:
        period: s between calls of `on_standing`.
        on_standing: given the node's time, s, as if the clock had gone on.
        wall: a clock that does not stop, s.
        """
        self._node, self._on_standing, self._on_running = node, on_standing, on_running
        self._wall = wall
        self._fast: Timer | None = None
        self._seen, self._looked = (0, wall()), wall()
        self._standing = False
        if not node.get_clock().ros_time_is_active:
            return  # nobody can stop the machine's clock
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        node.create_timer(PERIOD, self._look, clock=steady)
        self._fast = node.create_timer(period, self._look, clock=steady)
        self._fast.cancel()

    def retime(self, period: float) -> None:
        """From now on another period, s, between calls of `on_standing`."""
        if self._fast is not None:
            self._fast.timer_period_ns = round(1e9 * period)

    def _look(self) -> None:
        nanoseconds, wall = self._node.get_clock().now().nanoseconds, self._wall()
        held_up, self._looked = wall - self._looked > _HELD_UP, wall
        if nanoseconds != self._seen[0]:
            self._seen = (nanoseconds, wall)
            if self._standing and self._fast is not None:
                self._standing = False
                self._fast.cancel()
                self._on_running()
        elif self._standing:
            self._on_standing(nanoseconds * 1e-9 + wall - self._seen[1])
        elif held_up:
            self._seen = (nanoseconds, wall)  # new times may be waiting behind this look: counted anew
        elif wall - self._seen[1] > PATIENCE and self._fast is not None:
            self._standing = True
            self._fast.reset()
            self._on_standing(nanoseconds * 1e-9 + wall - self._seen[1])
