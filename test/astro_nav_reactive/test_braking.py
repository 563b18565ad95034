"""Stopping distances and the speeds that follow from them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_reactive.braking import largest_speed, stop_budget, stop_distance
from astro_nav_reactive.motion import RIM, TIME

ACCEL, JERK, DT = 1.5, 10.0, 0.02


def simulated_stop(speed: float, rate: float, dt: float = 1e-4) -> float:
    """Distance of a stop that brakes as hard as it may and still ends without deceleration."""
    distance = 0.0
    while speed > 1e-4:
        # letting go from here on would end the stop exactly at rest, or already too slow: let go
        release = rate < 0.0 and rate * rate >= 2.0 * JERK * speed
        wanted = 0.0 if release else -ACCEL
        rate += min(max(wanted - rate, -JERK * dt), JERK * dt)
        speed += rate * dt
        distance += speed * dt
        if rate >= 0.0 and release:
            break
    return distance


@pytest.mark.parametrize(("speed", "rate"), [(1.0, 0.0), (0.1, 0.0), (0.6, 1.0), (0.8, -0.7), (0.3, -1.5), (0.05, 0.4)])
def test_stop_distance_is_that_of_the_simulated_stop(speed: float, rate: float) -> None:
    assert stop_distance(speed, rate, ACCEL, JERK) == pytest.approx(simulated_stop(speed, rate), rel=0.01, abs=5e-4)


def test_stop_from_constant_speed_is_the_textbook_s_curve() -> None:
    assert stop_distance(1.0, 0.0, ACCEL, JERK) == pytest.approx(0.5 * (1.0 / ACCEL + ACCEL / JERK))


speeds = st.floats(0.0, 2.0)
rates = st.floats(-2.0, 1.5)


@given(speed=speeds, more=st.floats(0.0, 1.0), rate=rates)
def test_a_faster_robot_needs_no_less_distance(speed: float, more: float, rate: float) -> None:
    # a robot that is letting go of its brakes is bounded from above, so compare beyond that
    if rate < 0.0 and rate * rate >= 2.0 * JERK * speed:
        return
    assert stop_distance(speed + more, rate, ACCEL, JERK) >= stop_distance(speed, rate, ACCEL, JERK) - 1e-9


@settings(max_examples=100, deadline=None)
@given(speed=st.floats(0.05, 1.0), spare=st.floats(0.0, 1.0))
def test_following_largest_speed_stops_within_the_budget_and_within_the_limits(speed: float, spare: float) -> None:
    budget = stop_distance(speed, 0.0, ACCEL, JERK) + speed * DT + spare
    wanted, rate, gone = speed, 0.0, 0.0
    for _ in range(2000):
        chosen = largest_speed(speed, rate, wanted, budget - gone, DT, DT, ACCEL, JERK)
        assert chosen <= wanted + 1e-12
        new_rate = (chosen - speed) / DT
        assert new_rate >= -ACCEL - 1e-6
        speed, rate = chosen, new_rate
        gone += speed * DT
    assert gone <= budget + 2e-3
    assert speed < 1e-3


def test_without_a_limit_the_wanted_speed_is_kept() -> None:
    assert largest_speed(0.5, 0.0, 0.51, math.inf, DT, DT, ACCEL, JERK) == 0.51


def test_when_it_is_too_late_comfort_is_the_limit() -> None:
    assert largest_speed(1.0, 0.0, 1.0, 0.05, DT, DT, ACCEL, JERK) == pytest.approx(1.0 - JERK * DT * DT)


def straight(n: int = 11, step: float = 0.1, speed: float = 0.5) -> np.ndarray:
    path = np.zeros((n, 7))
    path[:, RIM] = step * np.arange(n)
    path[:, TIME] = path[:, RIM] / speed
    return path


def test_contact_is_found_between_rows() -> None:
    clearance = 0.35 - straight()[:, RIM]
    budget, contact, time = stop_budget(straight(), clearance, 0, 0.1, 100.0, ACCEL, JERK)
    assert contact == pytest.approx(0.35)
    assert time == pytest.approx(0.7)
    assert budget == pytest.approx(0.35)


def test_a_narrow_place_limits_the_speed_there() -> None:
    clearance = np.full(11, 0.2)
    clearance[5] = 0.01
    budget, contact, _ = stop_budget(straight(), clearance, 0, 0.1, 20.0, ACCEL, JERK)
    assert contact == math.inf
    assert budget == pytest.approx(0.5 + stop_distance(0.3, 0.0, ACCEL, JERK))


def test_what_is_committed_already_counts_for_contact_only() -> None:
    path = straight()
    path[:, RIM] -= 0.3
    clearance = np.full(11, 0.2)
    clearance[1] = 0.0
    assert stop_budget(path, clearance, 3, 0.1, 20.0, ACCEL, JERK)[0] > 1.0
    clearance[1] = -0.01
    assert stop_budget(path, clearance, 3, 0.1, 20.0, ACCEL, JERK)[1] < 0.0
