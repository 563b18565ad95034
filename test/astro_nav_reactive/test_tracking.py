"""Reference and feedback."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.diff_drive import arc_step
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import State, Trajectory
from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.tracking import Law, feedback, limited, nearest_time, pack, sample

ROBOT = RobotParams(actuation_time_constant=0.0)
LAW = Law.of(GuardParams(), ROBOT)


def steady(v: float, w: float, horizon: float = 6.0) -> np.ndarray:
    """A packed plan at constant speeds from the origin."""
    t = np.arange(0.0, horizon + 1e-9, 0.05)
    poses = np.array([arc_step(0.0, 0.0, 0.0, v, w, ti) for ti in t])
    zero = np.zeros_like(t)
    return pack(Trajectory(t, *poses.T, zero + v, zero + w, zero, zero, zero, zero + 1.0, 0.0))


def test_sampling_meets_the_samples_and_is_at_rest_after_the_end(make_plan: Callable[..., Trajectory]) -> None:
    plan = make_plan(State(5.0, 1.0, 2.0, 0.5), 0.8, 0.6, ROBOT)
    packed = pack(plan)
    for k in (0, 7, 30, 59):
        expected = (plan.x[k], plan.y[k], plan.yaw[k], plan.v[k], plan.w[k])
        assert sample(packed, plan.t[k])[:5] == pytest.approx(expected, abs=1e-9)
    assert sample(packed, plan.t[-1] + 0.1)[:5] == pytest.approx((plan.x[-1], plan.y[-1], plan.yaw[-1], 0.0, 0.0))


def test_sampling_between_samples_follows_the_arc() -> None:
    for t in (0.02, 1.234, 3.33):
        assert sample(steady(0.8, 1.2), t)[:3] == pytest.approx(arc_step(0.0, 0.0, 0.0, 0.8, 1.2, t), abs=2e-6)


def test_on_the_plan_the_planned_speeds_are_commanded() -> None:
    plan = steady(0.6, 0.5)
    assert feedback(plan, 1.0, *sample(plan, 1.0)[:3], LAW) == pytest.approx((0.6, 0.5))


def drive(plan: np.ndarray, pose: tuple[float, float, float], scale: float = 1.0, duration: float = 5.0) -> np.ndarray:
    """(N, 3) poses of an ideal base under the law, plan time running at `scale`."""
    dt = 0.002
    poses = [pose]
    for k in range(int(duration / dt)):
        v, w = feedback(plan, k * dt, *pose, LAW)
        pose = arc_step(*pose, scale * v, scale * w, dt / scale)
        poses.append(pose)
    return np.array(poses)


@pytest.mark.parametrize(("v", "w"), [(0.8, 0.0), (0.6, 0.8), (-0.25, 0.0), (-0.25, 0.3)])
def test_errors_die_out_forwards_and_backwards(v: float, w: float) -> None:
    plan = steady(v, w, 12.0)
    end = drive(plan, (0.1, 0.1, math.radians(5.0)), duration=11.0)[-1]
    x, y, yaw = sample(plan, 11.0)[:3]
    assert math.hypot(x - end[0], y - end[1]) < 0.01
    assert abs(yaw - end[2]) < 0.02


def test_errors_die_out_turning_on_the_spot() -> None:
    plan = steady(0.0, 1.5)
    end = drive(plan, (0.03, -0.03, 0.1))[-1]
    assert math.hypot(end[0], end[1]) < 0.01
    assert abs(sample(plan, 5.0)[2] - end[2]) < 0.01


def test_the_path_back_to_the_plan_does_not_depend_on_speed() -> None:
    plan = steady(0.6, 0.4)
    fast, slow = drive(plan, (0.0, 0.1, 0.1)), drive(plan, (0.0, 0.1, 0.1), scale=0.3)
    np.testing.assert_allclose(fast, slow, atol=1e-9)


def test_a_plan_that_stands_still_is_not_corrected() -> None:
    assert feedback(steady(0.0, 0.0), 1.0, 0.1, 0.1, 0.3, LAW) == (0.0, 0.0)


speeds = st.floats(-2.0, 2.0)


@settings(max_examples=200, deadline=None)
@given(v=speeds, w=st.floats(-4.0, 4.0), x=speeds, y=speeds, yaw=st.floats(-10.0, 10.0))
def test_correction_is_bounded_and_limits_of_the_robot_hold(v: float, w: float, x: float, y: float, yaw: float) -> None:
    robot = ROBOT
    got_v, got_w = feedback(steady(v, w, 2.0), 1.0, x, y, yaw, LAW)
    bound = LAW.correction * (abs(v) + 0.5 * robot.track * abs(w))
    assert abs(got_v) <= abs(v) + bound + 1e-9
    assert abs(got_w) <= abs(w) + bound / (0.5 * robot.track) + 1e-9
    assert -robot.v_reverse - 1e-9 <= got_v <= robot.v_max + 1e-9
    assert abs(got_w) <= robot.w_max + 1e-9
    assert abs(got_v) + 0.5 * robot.track * abs(got_w) <= robot.wheel_speed_max + 1e-9
    assert abs(got_v * got_w) <= robot.centripetal_max + 1e-9


@given(v=speeds, w=st.floats(-4.0, 4.0))
def test_limiting_keeps_the_curve(v: float, w: float) -> None:
    limited_v, limited_w = limited(v, w, LAW)
    assert limited_v * w == pytest.approx(v * limited_w, abs=1e-9)


def test_the_lag_of_the_base_is_cancelled_by_looking_ahead(make_plan: Callable[..., Trajectory]) -> None:
    plan = pack(make_plan(State(0.0, 0.0, 0.0, 0.0), 1.0, 0.0, ROBOT))
    law = LAW._replace(lag=0.08)
    at = 0.4
    assert feedback(plan, at, *sample(plan, at)[:3], law)[0] == pytest.approx(sample(plan, at + 0.08)[3])


def test_nearest_time_is_where_the_robot_is() -> None:
    plan = steady(0.5, 0.0)
    assert nearest_time(plan, 0.8, 1.0, 0.45, 0.02, 0.0) == pytest.approx(0.9)
    assert nearest_time(plan, 0.8, 1.0, 5.0, 0.0, 0.0) == 1.0
