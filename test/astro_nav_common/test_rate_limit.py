"""What is let in of a flood."""

from __future__ import annotations

from astro_nav_common.rate_limit import RateLimit


def admitted(limit: RateLimit, hz: float, seconds: float, start: float = 0.0) -> int:
    return sum(limit.admits(start + i / hz) for i in range(round(hz * seconds)))


def test_what_comes_slowly_comes_in() -> None:
    assert admitted(RateLimit(100.0, 5.0), hz=40.0, seconds=10.0) == 400


def test_of_a_flood_comes_in_the_rate_and_one_burst() -> None:
    assert 1000 <= admitted(RateLimit(100.0, 5.0), hz=1000.0, seconds=10.0) <= 1005


def test_some_may_come_at_once() -> None:
    limit = RateLimit(100.0, 5.0)
    assert [limit.admits(1.0) for _ in range(6)] == [True] * 5 + [False]


def test_a_clock_that_goes_back_does_not_shut_anything_out() -> None:
    limit = RateLimit(100.0, 5.0)
    assert admitted(limit, hz=40.0, seconds=1.0, start=100.0) == 40
    assert admitted(limit, hz=40.0, seconds=1.0, start=0.0) == 40
