"""Limits of acceleration and jerk."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings, strategies as st

from astro_nav_reactive.limiter import _LANDING, approach, brake

ACCEL, JERK, DT = 1.5, 10.0, 0.02

targets = st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(targets=targets)
def test_steps_of_the_target_are_followed_within_the_limits(targets: list[float]) -> None:
    value, rate = 0.0, 0.0
    for target in targets:
        for _ in range(100):
            following = approach(value, rate, target, 0.0, DT, ACCEL, JERK)
            new_rate = (following - value) / DT
            assert abs(new_rate) <= ACCEL + 1e-9
            if following != 0.0:  # at zero a wheel stops rather than swing through
                assert abs(new_rate - rate) <= _LANDING * JERK * DT + 1e-9
            value, rate = following, new_rate
        assert abs(value - target) < 1e-6


def test_a_target_that_moves_within_the_limits_is_followed_exactly() -> None:
    t = DT * np.arange(200)
    target = 0.3 * np.sin(2.0 * t) ** 2  # starts at rest, acceleration at most 2.4, jerk 9.6
    value, rate = 0.0, 0.0
    for wanted in 0.6 * target[1:]:
        following = approach(value, rate, wanted, 0.0, DT, ACCEL, JERK)
        assert math.isclose(following, wanted, abs_tol=1e-12)
        value, rate = following, (following - value) / DT


def test_the_end_of_an_emergency_brake_does_not_reverse() -> None:
    assert approach(0.01, -3.0, 0.0, 0.0, DT, ACCEL, JERK) == 0.0
    assert approach(0.0, -3.0, 0.0, 0.0, DT, ACCEL, JERK) == 0.0
    assert approach(-0.0, 3.0, 0.0, 0.0, DT, ACCEL, JERK) == 0.0


def test_braking_takes_off_what_it_may_and_stops_at_the_target() -> None:
    assert brake(1.0, 0.0, DT, 3.0) == 1.0 - 3.0 * DT
    assert brake(0.02, 0.0, DT, 3.0) == 0.0
    assert brake(-1.0, -0.5, DT, 3.0) == -1.0 + 3.0 * DT
