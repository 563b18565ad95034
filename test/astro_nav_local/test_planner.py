"""The local planner as a whole, driving an ideal robot."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scenes import Drive, straight_guidance

from astro_nav_common.errors import InputError
from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Guidance, Pose, Scan, State
from astro_nav_local.evaluate import SLACK
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner

# the ideal robot of these tests has no lag
ASTRO = replace(load_robot("astro"), actuation_time_constant=0.0)
CORRIDOR = [(-2.0, 1.0, 12.0, 1.0), (-2.0, -1.0, 12.0, -1.0)]


def test_drives_down_a_corridor_at_full_speed_and_stops_at_the_goal() -> None:
    drive = Drive(ASTRO, CORRIDOR)
    drive.planner.set_guidance(straight_guidance(5.0))
    plans = drive.run(90)
    assert max(plan.trajectory.v[0] for plan in plans) > 0.95 * ASTRO.v_max
    assert plans[-1].status.reached
    assert math.hypot(drive.state.x - 5.0, drive.state.y) <= LocalParams().goal_xy_tolerance


def test_consecutive_plans_join_without_a_jump() -> None:
    drive = Drive(ASTRO, [*CORRIDOR, (2.0, -1.0, 2.0, 0.2), (4.0, 1.0, 4.0, -0.2)])
    drive.planner.set_guidance(straight_guidance(6.0))
    plans = drive.run(60)
    for before, after in pairwise(plans[1:]):
        planned = before.trajectory.sample(after.start.t)
        assert abs(after.start.v - planned.v) < 0.02
        assert abs(after.start.a - planned.a) < 0.1
        assert abs(after.start.w - planned.w) < 0.1


def test_passes_between_walls_without_touching() -> None:
    walls = [*CORRIDOR, (2.0, -1.0, 2.0, 0.2), (4.0, 1.0, 4.0, -0.2)]
    drive = Drive(ASTRO, walls)
    drive.planner.set_guidance(straight_guidance(6.0))
    footprint = Footprint.of(ASTRO)
    points = np.concatenate([np.linspace((x1, y1), (x2, y2), 400) for x1, y1, x2, y2 in walls])
    nearest = math.inf
    for _ in range(90):
        drive.cycle()
        s = drive.state
        c, n = math.cos(s.yaw), math.sin(s.yaw)
        away = points - (s.x, s.y)
        base = np.column_stack((c * away[:, 0] + n * away[:, 1], c * away[:, 1] - n * away[:, 0]))
        nearest = min(nearest, float(footprint.distances(base, s.screen_yaw).min()))
    assert drive.state.x > 5.5
    assert nearest > 0.03


def test_stops_in_time_before_a_wall_across_the_way_and_says_blocked() -> None:
    drive = Drive(ASTRO, [*CORRIDOR, (3.0, -1.0, 3.0, 1.0)])
    drive.planner.set_guidance(straight_guidance(8.0))
    plans = drive.run(60)
    assert any(plan.status.blocked for plan in plans)
    assert drive.state.x + 0.21 < 3.0
    assert abs(drive.state.v) < 0.02


def test_without_guidance_it_comes_to_rest() -> None:
    drive = Drive(ASTRO, CORRIDOR)
    drive.planner.set_guidance(straight_guidance())
    drive.run(20)
    assert drive.state.v > 0.8
    drive.planner.set_guidance(None)
    drive.run(20)
    assert abs(drive.state.v) < 1e-3


def test_without_scans_it_stops_and_says_so() -> None:
    planner = LocalPlanner(LocalParams(), ASTRO)
    planner.set_guidance(straight_guidance())
    planner.add_odometry(State(5.0, 0.0, 0.0, 0.0, 0.5))
    plan = planner.plan(5.0)
    assert plan.trajectory.is_stop
    assert "scan" in plan.status.reason
    assert plan.trajectory.v[-1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("late", "increment"), [(0.3, 0.0), (5.0, 0.0), (0.0, 1e-3)])
def test_beams_from_the_future_are_not_mapped(late: float, increment: float) -> None:
    planner = LocalPlanner(LocalParams(), ASTRO)
    planner.set_guidance(straight_guidance())
    for t in np.arange(0.0, 6.0, 0.1).tolist():
        planner.add_odometry(State(t, 0.8 * t, 0.0, 0.0, 0.8))
        if t == 0.0:
            planner.add_scan(
                Scan(t + late, np.full(360, 1.5), -math.pi, math.tau / 360, 0.05, 10.0, time_increment=increment)
            )
        planner.plan(t)
        assert not (planner.map.seen > 0).any()


def test_without_odometry_it_refuses() -> None:
    with pytest.raises(InputError, match="odometry"):
        LocalPlanner(LocalParams(), ASTRO).plan(0.0)


def test_guidance_that_is_not_finite_is_refused() -> None:
    planner = LocalPlanner(LocalParams(), ASTRO)
    with pytest.raises(InputError, match="finite"):
        planner.set_guidance(Guidance(np.array([[0.0, math.nan]]), Pose(0.0, 0.0, 0.0)))


def test_a_speed_limit_is_kept() -> None:
    drive = Drive(ASTRO, CORRIDOR)
    drive.planner.set_speed_limit(0.3)
    drive.planner.set_guidance(straight_guidance())
    plans = drive.run(30)
    assert max(plan.trajectory.v.max() for plan in plans) <= 0.3 + SLACK


def test_same_inputs_same_plans() -> None:
    ends = []
    for _ in range(2):
        drive = Drive(ASTRO, [*CORRIDOR, (2.0, -1.0, 2.0, 0.2)])
        drive.planner.set_guidance(straight_guidance())
        ends.append(drive.run(15)[-1].trajectory)
    for name in ends[0].ARRAYS:
        assert np.array_equal(getattr(ends[0], name), getattr(ends[1], name))


def test_turns_to_the_goal_heading_on_the_spot() -> None:
    drive = Drive(ASTRO, CORRIDOR)
    drive.planner.set_guidance(Guidance(np.array([[0.0, 0.0], [0.01, 0.0]]), Pose(0.0, 0.0, 2.5)))
    plans = drive.run(60)
    assert plans[-1].status.reached
    assert abs(math.remainder(drive.state.yaw - 2.5, math.tau)) <= LocalParams().goal_yaw_tolerance


@pytest.mark.parametrize("yaw", [0.6, 1.2, -2.5])
def test_turns_at_the_goal_about_as_fast_as_the_base_can(yaw: float) -> None:
    drive = Drive(ASTRO, CORRIDOR)
    drive.planner.set_guidance(Guidance(np.array([[0.0, 0.0], [2.0, 0.0]]), Pose(2.0, 0.0, yaw)))
    plans = drive.run(70)
    reached = next(i for i, plan in enumerate(plans) if plan.status.reached) / 10.0
    ramps = 2.0 * ASTRO.v_max / (2.0 * ASTRO.wheel_accel_max) + ASTRO.w_max * 0.5 * ASTRO.track / ASTRO.wheel_accel_max
    assert reached < 2.0 / ASTRO.v_max + abs(yaw) / ASTRO.w_max + ramps + 0.6


@pytest.mark.parametrize("side", [0.0, 1e-4])
def test_commits_to_one_side_of_a_symmetric_obstacle(side: float) -> None:
    drive = Drive(ASTRO, [(-2.0, 2.0, 12.0, 2.0), (-2.0, -2.0, 12.0, -2.0), (3.0, -0.4 + side, 3.0, 0.4 + side)])
    drive.planner.set_guidance(straight_guidance(7.0))
    plans = drive.run(90)
    assert plans[-1].status.reached or drive.state.x > 6.0
    # which side each plan passes the obstacle on, once plans reach past it
    sides = [
        math.copysign(1.0, float(np.interp(3.0, plan.trajectory.x, plan.trajectory.y)))
        for plan in plans
        if plan.trajectory.x[0] < 3.0 < plan.trajectory.x.max()
    ]
    changes = sum(a != b for a, b in pairwise(sides))
    assert len(sides) > 5
    assert changes == 0


@pytest.mark.parametrize(("v", "w"), [(1e6, 0.0), (0.0, -1e300), (30.0, 0.0)])
def test_odometry_faster_than_any_robot_is_refused(v: float, w: float) -> None:
    planner = LocalPlanner(LocalParams(), load_robot("astro"))
    planner.add_odometry(State(0.0, 0.0, 0.0, 0.0, 0.5))
    with pytest.raises(InputError, match="is that of no robot whose wheels do"):
        planner.add_odometry(State(0.02, 0.0, 0.0, 0.0, v, w))
    newest = planner.odometry.newest
    assert newest is not None
    assert newest.v == 0.5


def test_where_odometry_begins_anew_what_was_seen_there_is_forgotten() -> None:
    drive = Drive(ASTRO, CORRIDOR)
    drive.run(5)
    planner, state = drive.planner, drive.state
    assert np.isfinite(planner.map.distance).any() and (planner.map.distance < 1.0).any()
    planner.add_odometry(state._replace(t=state.t + 0.02, x=state.x + 1.0))
    plan = planner.plan(state.t + 0.02)
    assert not (planner.map.distance < 0.3).any()
    assert plan.status.reason == "nothing to do" or plan.trajectory.is_stop
    assert plan.start.x == pytest.approx(state.x + 1.0, abs=0.1)


def test_says_reached_before_it_rests_and_rests_within_the_tolerances() -> None:
    drive, goal = Drive(ASTRO, []), Pose(1.5, 0.2, 1.5)
    drive.planner.set_guidance(Guidance(np.array([[0.0, 0.0], [1.5, 0.2]]), goal))
    plan = drive.cycle()
    while not plan.status.reached:
        assert drive.state.t < 8.0
        plan = drive.cycle()
    made = plan.trajectory
    assert abs(plan.start.v) > 0.03 or abs(plan.start.w) > 0.06
    assert math.hypot(made.x[-1] - goal.x, made.y[-1] - goal.y) < drive.planner.params.goal_xy_tolerance
    assert abs(made.yaw[-1] - goal.yaw) < drive.planner.params.goal_yaw_tolerance
    assert made.v[-1] == pytest.approx(0.0, abs=1e-6)


def test_passing_a_goal_is_not_arriving() -> None:
    drive = Drive(ASTRO, [])
    drive.planner.set_guidance(straight_guidance(6.0))
    drive.run(25)
    x = drive.state.x
    assert drive.state.v > 0.9
    drive.planner.set_guidance(
        Guidance(np.array([[x - 1.0, 0.0], [x + 0.12, 0.0]]), Pose(x + 0.12, 0.0, 0.0), path_id=2)
    )
    assert not drive.cycle().status.reached
