"""One timer for several jobs: each as often as asked, whatever the clock does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from astro_nav_ros.beat import Beat

TICK = 0.05


class Node:
    """A clock, and the callback of its one timer."""

    def __init__(self) -> None:
        self.time = 100.0
        self.timers: list[Callable[[], None]] = []

    def now(self) -> float:
        return self.time

    def create_timer(self, timer_period_sec: float, callback: Callable[[], None]) -> object:
        assert timer_period_sec == TICK
        self.timers.append(callback)
        return callback

    def pass_time(self, seconds: float, tick: float = TICK) -> None:
        for _ in range(round(seconds / tick)):
            self.time += tick
            self.timers[0]()


@pytest.mark.parametrize(("period", "count"), [(0.05, 200), (0.1, 100), (0.12, 83), (1.0, 10), (3.0, 3)])
@pytest.mark.parametrize("tick", [0.05, 0.0499, 0.0502])
def test_each_job_is_called_as_often_as_asked(period: float, count: int, tick: float) -> None:
    node, calls = Node(), []
    beat = Beat(node, TICK)
    beat.add(period, lambda: calls.append(node.time))
    beat.add(7.0, lambda: None)
    node.pass_time(10.0, tick)
    assert len(node.timers) == 1
    assert len(calls) == pytest.approx(count, abs=1)


@pytest.mark.parametrize("jump", [-50.0, 50.0])
def test_after_a_jump_of_the_clock_it_goes_on_at_the_same_pace(jump: float) -> None:
    node, calls = Node(), []
    Beat(node, TICK).add(1.0, lambda: calls.append(node.time))
    node.pass_time(2.5)
    node.time += jump
    before = len(calls)
    node.pass_time(5.0)
    assert 5 <= len(calls) - before <= 6
