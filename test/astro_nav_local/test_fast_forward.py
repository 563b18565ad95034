"""The fast-forwarded start: through what was sent, what will be, and the base's delay and lag."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.history import CommandHistory
from astro_nav_common.types import Command, State, Trajectory
from astro_nav_local.fast_forward import LONGEST, PLACE_LEAK, predict, start_state


def commands(*entries: tuple[float, float, float]) -> CommandHistory:
    history = CommandHistory()
    for t, v, w in entries:
        history.add(t, Command(v, w))
    return history


def plan_along_x(speed: float, acceleration: float = 0.0, t0: float = 0.0) -> Trajectory:
    """From the origin along x, 3 s."""
    tau = 0.05 * np.arange(61)
    v = speed + acceleration * tau
    zero, one = np.zeros(61), np.ones(61)
    x = speed * tau + 0.5 * acceleration * tau**2
    return Trajectory(t0 + tau, x, zero, zero, v, zero, acceleration * one, zero, zero, one, sense_t=t0)


def test_at_constant_speed_it_moves_on() -> None:
    newest = State(1.0, 2.0, 3.0, math.pi / 2, 0.5, 0.0)
    got = predict(newest, commands((0.0, 0.5, 0.0)), None, 1.4, 0.1, 0.05)
    assert (got.x, got.y) == pytest.approx((2.0, 3.2), abs=1e-6)
    assert got.t == pytest.approx(1.4)


def test_old_odometry_is_not_carried_on_for_ever() -> None:
    got = predict(State(0.0, 0.0, 0.0, 0.0, 0.5, 0.0), commands((0.0, 0.5, 0.0)), None, 3600.0, 0.1, 0.05)
    assert got.t == 3600.0
    assert got.x == pytest.approx(0.5 * LONGEST)


def test_a_command_acts_after_the_delay() -> None:
    newest = State(0.0, 0.0, 0.0, 0.0)
    got = predict(newest, commands((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), None, 0.5, 0.2, 0.0)
    assert got.v == pytest.approx(1.0)
    assert got.x == pytest.approx(0.3, abs=0.011)  # moving for the last 0.3 s


def test_a_command_acts_with_the_lag() -> None:
    got = predict(State(0.0, 0.0, 0.0, 0.0), commands((-1.0, 1.0, 0.0)), None, 0.2, 0.0, 0.1)
    assert got.v == pytest.approx(1.0 - math.exp(-2.0), abs=1e-6)


def test_turning_bends_the_way() -> None:
    w, v, t = 1.0, 0.5, 0.5
    got = predict(State(0.0, 0.0, 0.0, 0.0, v, w), commands((-1.0, v, w)), None, t, 0.05, 0.05)
    assert (got.x, got.y) == pytest.approx((v / w * math.sin(w * t), v / w * (1.0 - math.cos(w * t))), abs=1e-4)


def test_commands_still_to_come_follow_the_plan() -> None:
    plan = plan_along_x(0.2, 1.0)
    history = commands(
        *((0.02 * k - 0.1, plan.sample(0.02 * k).v, 0.0) for k in range(6))
    )  # sent 0.1 s early, up to now = 0
    newest = State(0.0, 0.0, 0.0, 0.0, 0.2, 0.0)
    got = predict(newest, history, plan, 0.25, 0.1, 0.0)
    assert got.v == pytest.approx(plan.sample(0.25).v, abs=0.02)


def test_a_guard_that_holds_the_robot_is_expected_to_go_on_holding() -> None:
    plan = plan_along_x(0.4)
    got = predict(State(1.0, 0.0, 0.0, 0.0), commands((0.9, 0.0, 0.0), (1.0, 0.0, 0.0)), plan, 1.1, 0.05, 0.05)
    assert got.v == pytest.approx(0.0, abs=1e-9)


def test_followed_closely_the_plan_goes_on_in_speed_and_acceleration() -> None:
    plan = plan_along_x(0.5, 0.3)
    on = plan.sample(0.3)
    start, share = start_state(on, plan, 0.15)
    assert share == 0.0
    assert (start.v, start.a, start.x) == (on.v, on.a, on.x)


def test_a_small_error_in_place_leaks_into_the_plan_and_leaves_speed_alone() -> None:
    plan = plan_along_x(0.5)
    on = plan.sample(0.3)
    start, _ = start_state(on._replace(y=0.01), plan, 0.15)
    assert start.y == pytest.approx(PLACE_LEAK * 0.01)
    assert start.v == pytest.approx(on.v, abs=1e-9)


def test_a_large_error_starts_from_the_prediction() -> None:
    plan = plan_along_x(0.5)
    off = plan.sample(0.3)._replace(y=0.3, v=0.1)
    start, share = start_state(off, plan, 0.15)
    assert share == 1.0
    assert (start.y, start.v) == pytest.approx((off.y, off.v))


def test_the_blend_is_continuous() -> None:
    plan = plan_along_x(0.5)
    on = plan.sample(0.3)
    shares = [start_state(on._replace(y=float(y)), plan, 0.15)[1] for y in np.linspace(0.0, 0.2, 201)]
    assert np.abs(np.diff(shares)).max() < 0.02
    assert (np.diff(shares) >= 0.0).all()


@pytest.mark.parametrize("t", [-1.0, 10.0])
def test_a_plan_for_another_time_is_not_used(t: float) -> None:
    predicted = State(t, 1.0, 2.0, 0.5, 0.3, 0.1)
    assert start_state(predicted, plan_along_x(0.5), 0.15) == (predicted, 1.0)
