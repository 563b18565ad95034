"""Noticing that a simulated clock stands, with a clock and a wall clock made up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from astro_nav_ros.clock_watch import PATIENCE, PERIOD, ClockWatch


class Bench:
    """A watch over a clock that is set by hand; `look` at a time of the wall is what its timer does."""

    def __init__(self) -> None:
        self.clock_ns, self.wall = 1_000_000_000, 50.0
        self.standing: list[float] = []
        self.running = 0
        self.timers: list[Any] = []
        now = SimpleNamespace(ros_time_is_active=True, now=lambda: SimpleNamespace(nanoseconds=self.clock_ns))
        node: Any = SimpleNamespace(get_clock=lambda: now, create_timer=self._timer)
        self.watch = ClockWatch(node, 0.02, self.standing.append, self._run, wall=lambda: self.wall)
        self.look = self.timers[0].call

    def _timer(self, period: float, call: Any, clock: Any) -> Any:
        idle = {"cancel": lambda: None, "reset": lambda: None}
        self.timers.append(SimpleNamespace(timer_period_ns=round(1e9 * period), call=call, **idle))
        return self.timers[-1]

    def _run(self) -> None:
        self.running += 1

    def go(self, seconds: float, clock_runs: bool) -> None:
        for _ in range(round(seconds / PERIOD)):
            self.wall += PERIOD
            self.clock_ns += round(1e9 * PERIOD) if clock_runs else 0
            self.look()


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.go(0.5, clock_runs=True)
    return made


def test_a_clock_that_stands_is_noticed_and_so_is_its_going_on(bench: Bench) -> None:
    assert not bench.standing
    bench.go(PATIENCE + 2 * PERIOD, clock_runs=False)
    assert bench.standing[-1] == pytest.approx(bench.clock_ns * 1e-9 + PATIENCE + 2 * PERIOD)
    assert not bench.running
    bench.go(0.5, clock_runs=True)
    assert bench.running == 1


@pytest.mark.parametrize("pause", [0.11, 0.2, 3.0])
def test_a_process_that_was_held_up_does_not_take_the_clock_for_standing(bench: Bench, pause: float) -> None:
    """Its timer is served before the message with the new time, which has been waiting."""
    bench.go(PERIOD, clock_runs=False)
    bench.wall += pause
    bench.look()
    bench.clock_ns += round(1e9 * pause)
    bench.look()
    bench.go(0.5, clock_runs=True)
    assert not bench.standing


def test_a_clock_that_stands_is_noticed_after_a_pause_too(bench: Bench) -> None:
    bench.wall += 1.0
    bench.go(PATIENCE + 3 * PERIOD, clock_runs=False)
    assert bench.standing


def test_who_is_held_up_while_the_clock_stands_goes_on_from_there(bench: Bench) -> None:
    bench.go(PATIENCE + 2 * PERIOD, clock_runs=False)
    bench.wall += 1.0
    bench.look()
    assert bench.standing[-1] == pytest.approx(bench.clock_ns * 1e-9 + PATIENCE + 2 * PERIOD + 1.0)


def test_the_period_can_be_changed(bench: Bench) -> None:
    bench.watch.retime(0.01)
    assert [timer.timer_period_ns for timer in bench.timers] == [50_000_000, 10_000_000]
