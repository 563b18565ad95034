"""The trajectory space keeps the base's limits by construction, and contains the motions it must."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.robot import load_robot
from astro_nav_local.goal import Goal
from astro_nav_local.rollout import ALPHA, COLUMNS, YAW, A, V, W, X, Y, rollout, rollout_to
from astro_nav_local.search import shifted, stop_vector
from astro_nav_local.trajectory_space import Limits, follow_profile, parameters, plan_profile, targets, yaw_rate_limit

HORIZON, FINE = 3.0, 0.001
unit = st.floats(0.0, 1.0)
signed = st.floats(-1.0, 1.0)


def fine_rollout(theta: np.ndarray, start: np.ndarray, limits: Limits) -> np.ndarray:
    """The trajectory at 1 kHz, (3001, COLUMNS)."""
    out = np.zeros((3001, COLUMNS))
    rollout(theta, start, limits, FINE, out)
    return out


def wheels(states: np.ndarray, limits: Limits) -> tuple[np.ndarray, np.ndarray]:
    """Speeds and accelerations (T, 2) of the two wheels."""
    half = 0.5 * limits.track
    speed = np.stack((states[:, V] - half * states[:, W], states[:, V] + half * states[:, W]), axis=1)
    accel = np.stack((states[:, A] - half * states[:, ALPHA], states[:, A] + half * states[:, ALPHA]), axis=1)
    return speed, accel


def state_of(left: float, right: float, accel_left: float, accel_right: float, track: float) -> np.ndarray:
    """A start state (COLUMNS,) from wheel speeds and accelerations."""
    start = np.zeros(COLUMNS)
    start[V], start[W] = 0.5 * (left + right), (right - left) / track
    start[A], start[ALPHA] = 0.5 * (accel_left + accel_right), (accel_right - accel_left) / track
    return start


@pytest.mark.parametrize("robot", ["astro", "jackal"])
@settings(max_examples=150, deadline=None)
@given(
    theta=st.tuples(unit, unit, unit, unit, unit), speeds=st.tuples(signed, signed), accels=st.tuples(signed, signed)
)
def test_wheel_limits_hold_at_1_khz_from_any_admissible_state(
    robot: str, theta: tuple[float, ...], speeds: tuple[float, float], accels: tuple[float, float]
) -> None:
    limits = Limits.of(load_robot(robot))
    # admissible: the wheel can take its acceleration off before it is too fast
    a = [u * limits.wheel_accel for u in accels]
    room = [limits.wheel_speed - b * b / (2.0 * limits.wheel_jerk) for b in a]
    start = state_of(speeds[0] * room[0], speeds[1] * room[1], a[0], a[1], limits.track)
    speed, accel = wheels(fine_rollout(np.array(theta), start, limits), limits)
    assert np.abs(speed).max() <= limits.wheel_speed + 1e-9
    assert np.abs(accel).max() <= limits.wheel_accel + 1e-9
    assert np.abs(np.diff(accel, axis=0)).max() / FINE <= limits.wheel_jerk * (1.0 + 1e-6)
    # speed is the integral of acceleration, so nothing jumps
    assert np.abs(np.diff(speed, axis=0) / FINE - 0.5 * (accel[1:] + accel[:-1])).max() <= limits.wheel_jerk * FINE


@settings(max_examples=100, deadline=None)
@given(theta=st.tuples(unit, unit, unit, unit, unit))
def test_targets_keep_the_body_limits(theta: tuple[float, ...]) -> None:
    limits = Limits.of(load_robot("astro"))
    left1, right1, left2, right2, _ = targets(np.array(theta), limits, HORIZON)
    for left, right in ((left1, right1), (left2, right2)):
        v, w = 0.5 * (left + right), (right - left) / limits.track
        assert limits.v_min - 1e-9 <= v <= limits.v_max + 1e-9
        assert abs(w) <= limits.w_max + 1e-9
        assert abs(v * w) <= limits.centripetal + 1e-9


@settings(max_examples=50, deadline=None)
@given(v=st.floats(-0.3, 1.0), u=signed, v2=st.floats(-0.3, 1.0), u2=signed, t=st.floats(0.0, 2.4))
def test_parameters_are_the_inverse_of_targets(v: float, u: float, v2: float, u2: float, t: float) -> None:
    limits = Limits.of(load_robot("astro"))
    w, w2 = u * yaw_rate_limit(v, limits), u2 * yaw_rate_limit(v2, limits)
    left1, right1, left2, right2, t_switch = targets(
        np.array(parameters(v, w, v2, w2, t, limits, HORIZON)), limits, HORIZON
    )
    got = (
        0.5 * (left1 + right1),
        (right1 - left1) / limits.track,
        0.5 * (left2 + right2),
        (right2 - left2) / limits.track,
        t_switch,
    )
    assert np.allclose(got, (v, w, v2, w2, t), atol=1e-9)


@settings(max_examples=200, deadline=None)
@given(v0=st.floats(-1.0, 1.0), a0=st.floats(-1.5, 1.5), v1=st.floats(-1.0, 1.0))
def test_profile_ends_at_its_target_at_rest(v0: float, a0: float, v1: float) -> None:
    profile = plan_profile(v0, a0, v1, 1.5, 10.0)
    _, v, a = follow_profile(profile, profile.t1 + profile.t2 + profile.t3 + 1e-9)
    assert v == pytest.approx(v1, abs=1e-6)
    assert a == pytest.approx(0.0, abs=1e-6)


def test_stop_takes_at_most_5_percent_longer_than_the_bound() -> None:
    limits = Limits.of(load_robot("astro"))
    start = state_of(1.0, 1.0, 0.0, 0.0, limits.track)
    states = fine_rollout(stop_vector(limits, HORIZON), start, limits)
    taken = FINE * np.argmax(np.abs(states[:, V]) < 1e-6)
    bound = 1.0 / limits.wheel_accel + limits.wheel_accel / limits.wheel_jerk  # jerk up, hold, jerk down
    assert taken <= 1.05 * bound


def test_turning_on_the_spot_reaches_the_full_yaw_rate() -> None:
    limits = Limits.of(load_robot("astro"))
    for sign in (-1.0, 1.0):
        theta = np.array(parameters(0.0, sign * limits.w_max, 0.0, sign * limits.w_max, 0.0, limits, HORIZON))
        states = fine_rollout(theta, np.zeros(COLUMNS), limits)
        assert states[-1, W] == pytest.approx(sign * limits.w_max)
        assert np.hypot(states[:, X], states[:, Y]).max() < 1e-9


def test_rollout_integrates_its_own_speeds() -> None:
    limits = Limits.of(load_robot("astro"))
    start = state_of(0.5, 0.7, 0.2, -0.1, limits.track)
    theta = np.array([0.9, 0.8, 0.3, 0.1, 0.4])
    coarse = np.zeros((61, COLUMNS))
    rollout(theta, start, limits, 0.05, coarse)
    fine = fine_rollout(theta, start, limits)
    yaw = np.concatenate(([0.0], np.cumsum(fine[1:, W] + fine[:-1, W]) * 0.5 * FINE))
    x = np.cumsum(fine[:, V] * np.cos(yaw)) * FINE
    y = np.cumsum(fine[:, V] * np.sin(yaw)) * FINE
    assert coarse[-1, YAW] == pytest.approx(yaw[-1], abs=1e-4)
    assert math.hypot(coarse[-1, X] - x[-1], coarse[-1, Y] - y[-1]) < 0.005


def test_a_shifted_vector_continues_the_same_motion() -> None:
    limits = Limits.of(load_robot("astro"))
    theta = np.array([0.9, 0.7, 0.2, 0.4, 0.5])
    whole = np.zeros((61, COLUMNS))
    rollout(theta, np.zeros(COLUMNS), limits, 0.05, whole)
    for steps in (2, 30):  # before and after the switch at 1.2 s
        rest = np.zeros((61 - steps, COLUMNS))
        start = whole[steps].copy()
        # the horizon in `shifted` is the planner's; a shorter array would scale the switching time
        full = np.zeros((61, COLUMNS))
        rollout(shifted(theta, steps * 0.05, HORIZON, may_rest=False), start, limits, 0.05, full)
        rest[:] = full[: 61 - steps]
        assert np.abs(rest - whole[steps:]).max() < 1e-6


def test_a_shifted_vector_ends_in_the_same_rest() -> None:
    limits, goal = Limits.of(load_robot("astro")), Goal(0.5, 0.0, 1.2, True, True)
    theta = np.array(parameters(0.5, 0.0, 0.0, 1.5, 0.9, limits, HORIZON))
    whole, later = np.zeros((61, COLUMNS)), np.zeros((61, COLUMNS))
    rollout_to(theta, np.zeros(COLUMNS), limits, 0.05, goal, 1.0, whole)
    assert whole[-1, YAW] == pytest.approx(1.2, abs=0.01)
    for steps in (2, 24):  # before and after the switch
        start = whole[steps].copy()
        rollout_to(shifted(theta, steps * 0.05, HORIZON, may_rest=True), start, limits, 0.05, goal, 1.0, later)
        assert later[-1, :YAW] == pytest.approx(whole[-1, :YAW], abs=1e-3)
        assert later[-1, YAW] == pytest.approx(1.2, abs=0.01)


def test_a_speed_limit_holds_the_whole_space() -> None:
    limits = Limits.of(load_robot("astro"), 0.4)
    states = fine_rollout(np.array([1.0, 0.5, 1.0, 0.5, 0.5]), np.zeros(COLUMNS), limits)
    assert states[:, V].max() == pytest.approx(0.4)
