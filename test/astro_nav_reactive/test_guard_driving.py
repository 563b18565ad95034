"""The guard in a closed loop with a base that has delay and lag: tracking, and obstacles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from astro_nav_common.robot import RobotParams, load_robot
from astro_nav_common.types import State, Trajectory
from astro_nav_reactive.watch import GuardCode

Loop = Callable[..., Any]
FAR = np.array([[50.0, 0.0]])
AT_REST = 1e-3


def wheel_rates(run: Any) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) accelerations and (N - 1, 2) jerks of what was commanded to the wheels."""
    sent = run.wheel_commands()
    dt = np.diff(sent[:, 0])[:, None]
    accelerations = np.diff(sent[:, 1:], axis=0) / dt
    return accelerations, np.diff(accelerations, axis=0) / dt[1:]


def wall_ahead(x: float) -> np.ndarray:
    return np.column_stack((np.full(101, x), np.linspace(-1.0, 1.0, 101)))


def wall_left(y: float) -> np.ndarray:
    return np.column_stack((np.arange(-1.5, 3.0, 0.01), np.full(450, y)))


@pytest.mark.parametrize(("v", "w"), [(0.8, 0.0), (0.7, 0.8), (-0.25, 0.0), (0.0, 1.5)])
@pytest.mark.parametrize("offset", [(0.0, 0.1, math.radians(5.0)), (-0.1, 0.0, 0.0), (0.0, 0.0, 0.0)])
def test_errors_are_tracked_away_with_bounded_jerk(
    loop: Loop,
    robot: RobotParams,
    make_plan: Callable[..., Trajectory],
    v: float,
    w: float,
    offset: tuple[float, float, float],
) -> None:
    if v < 0.0 and offset[0] != 0.0:
        offset = (0.1, 0.0, 0.0)  # backwards, behind is in front
    plan = make_plan(State(0.1, 0.0, 0.0, 0.0), v, w, robot, horizon=12.0)
    robot = RobotParams(v_reverse=0.4)  # room to catch up with a plan at 0.25
    run = loop(robot, start=State(0.0, *offset), points=FAR, plan=plan, replan=False).run(11.0)
    _, ahead, left, turn = run.errors()[-1]
    assert math.hypot(ahead, left) < 0.01
    assert abs(turn) < 0.02
    accelerations, jerks = wheel_rates(run)
    assert np.abs(accelerations).max() <= robot.wheel_accel_max + 1e-6
    # ticks are 10 and 20 ms apart, so differences of differences show up to twice the limit of each step (2 on landing)
    assert np.abs(jerks).max() <= 4.0 * robot.wheel_jerk_max
    assert np.sqrt(np.mean(jerks**2)) < 0.35 * robot.wheel_jerk_max


@pytest.mark.parametrize("wheel_error", [(1.05, 1.05), (0.95, 0.95), (1.05, 0.95)])
def test_wheels_that_are_five_percent_off_stay_near_the_plan(
    loop: Loop, robot: RobotParams, make_plan: Callable[..., Trajectory], wheel_error: tuple[float, float]
) -> None:
    plan = make_plan(State(0.1, 0.0, 0.0, 0.0), 0.8, 0.3, robot, horizon=8.0)
    run = loop(robot, points=FAR, plan=plan, replan=False, wheel_error=wheel_error).run(7.0)
    assert np.abs(run.errors()[:, 1:3]).max() < 0.1


def test_a_robot_that_is_not_slowed_drives_at_the_planned_speed(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, points=FAR).run(4.0, 0.9)
    assert run.state.v == pytest.approx(0.9, abs=1e-3)
    assert all(report.scale == 1.0 for report in run.reports if report.t > 1.5)


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("speed", [0.3, 1.0])
def test_a_wall_ahead_is_come_to_gently_and_not_touched(
    loop: Loop, robot: RobotParams, noise: float, speed: float
) -> None:
    run = loop(robot, points=wall_ahead(1.5), radius=0.02, range_noise=noise).run(8.0, speed)
    assert min(run.clearance) > 0.01
    assert run.clearance[-1] < 0.07
    assert abs(run.state.v) < AT_REST
    assert run.reports[-1].code == GuardCode.STOPPED_OBSTACLE
    assert "obstacle" in run.reports[-1].reason
    accelerations, _ = wheel_rates(run)
    if noise == 0.0:
        assert np.abs(accelerations).max() <= robot.wheel_accel_max + 1e-6


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_before_a_static_obstacle_there_is_no_hunting(loop: Loop, robot: RobotParams, noise: float) -> None:
    run = loop(robot, points=wall_ahead(1.5), radius=0.02, range_noise=noise).run(12.0, 0.8)
    sent = run.commands()
    assert sent[:, 1].min() >= 0.0
    rest = sent[sent[:, 0] > 6.0]
    assert np.abs(rest[:, 1]).max() < 0.06
    crept = sum(report.command.v > 0.0 for report in run.reports if report.t > 8.0)
    assert crept < 0.2 * sum(report.t > 8.0 for report in run.reports)


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("ahead", [0.9, 1.2, 1.4])
def test_an_obstacle_at_the_edge_of_the_range_makes_no_oscillation(
    loop: Loop, robot: RobotParams, noise: float, ahead: float
) -> None:
    """A robot that comes up to where a wall begins to matter slows down once, and does not speed up again before it stops."""
    run = loop(robot, points=wall_ahead(0.21 + 0.02 + ahead + 1.0), radius=0.02, range_noise=noise).run(12.0, 0.9)
    sent = run.commands()
    rises = np.maximum(np.diff(sent[sent[:, 0] > 1.7, 1]), 0.0)
    assert rises.sum() < (0.01 if noise == 0.0 else 0.15)
    assert abs(run.state.v) < AT_REST


def test_a_plan_that_stops_before_a_wall_by_itself_is_left_alone(loop: Loop, robot: RobotParams) -> None:
    free = loop(robot, points=FAR).run(2.5, 0.9).run(2.0, 0.0)
    run = loop(robot, points=wall_ahead(free.state.x + 0.21 + 0.1), radius=0.01).run(2.5, 0.9).run(2.0, 0.0)
    assert run.state.x == pytest.approx(free.state.x, abs=1e-3)


def needed(speed: float, robot: RobotParams, latency: float) -> float:
    """Distance of full braking from when a scan is taken, m."""
    blind = latency + robot.actuation_delay + robot.actuation_time_constant
    return speed * blind + speed * speed / (2.0 * robot.brake_accel)


@pytest.mark.parametrize("name", ["astro", "jackal"])
@pytest.mark.parametrize("share", [0.3, 0.6, 1.0])
@pytest.mark.parametrize("spare", [0.03, 0.1, 0.25])
def test_what_jumps_up_ahead_is_not_touched_if_full_braking_can_avoid_it(
    loop: Loop, name: str, share: float, spare: float
) -> None:
    robot = load_robot(name)
    speed = share * robot.v_max
    free = loop(robot, points=FAR).run(2.5, speed)
    front = robot.footprint_polygon[:, 0].max()
    distance = needed(speed, robot, latency=0.03) + spare
    point = np.array([[free.state.x + front + distance + 0.02, 0.05]])
    run = loop(robot, points=point, radius=0.02, appear=2.5).run(2.5, speed)
    assert run.state.x == pytest.approx(free.state.x)
    run.run(2.0, speed)
    assert min(run.clearance) > 0.0
    assert abs(run.state.v) < AT_REST


def test_full_braking_is_used_only_when_comfort_is_not_enough(loop: Loop, robot: RobotParams) -> None:
    # what comes up at 0.9 m might walk into the braking distance
    for distance, hardest in ((1.3, robot.wheel_accel_max), (0.9, robot.brake_accel), (0.35, robot.brake_accel)):
        free = loop(robot, points=FAR).run(2.5, 1.0)
        point = np.array([[free.state.x + 0.21 + 0.02 + distance, 0.0]])
        run = loop(robot, points=point, radius=0.02, appear=2.5).run(5.0, 1.0)
        assert -wheel_rates(run)[0].min() == pytest.approx(hardest, rel=0.05)


def test_the_path_of_a_slowed_robot_is_that_of_the_plan(
    loop: Loop, robot: RobotParams, make_plan: Callable[..., Trajectory]
) -> None:
    """An arc that ends at a wall: slower and slower, and still on the arc."""
    plan = make_plan(State(0.1, 0.0, 0.0, 0.0), 0.6, 0.6, robot, horizon=8.0)
    run = loop(robot, points=wall_left(0.8), radius=0.01, plan=plan, replan=False).run(6.0)
    assert abs(run.state.v) < AT_REST
    assert min(report.scale for report in run.reports[10:]) == 0.0
    arc = np.column_stack((plan.x, plan.y))
    off = [np.hypot(*(arc - (state.x, state.y)).T).min() for state in run.states]
    assert max(off) < 0.02  # samples of the plan are 0.03 m apart
    centre = np.array((run.state.x, run.state.y))
    assert np.linalg.norm(centre) > 0.5


def test_the_robot_goes_on_when_the_obstacle_is_gone(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, points=wall_ahead(1.2), radius=0.02).run(5.0, 0.8)
    assert abs(run.state.v) < AT_REST
    run.points = FAR
    start = len(run.reports)
    run.run(3.0, 0.8)
    assert run.state.v == pytest.approx(0.8, abs=0.01)
    accelerations, jerks = wheel_rates(run)
    assert np.abs(accelerations[start:]).max() <= robot.wheel_accel_max + 1e-6
    assert np.abs(jerks[start:]).max() <= 4.0 * robot.wheel_jerk_max


@pytest.mark.parametrize(("gap", "least"), [(0.75, 0.95), (0.45, 0.75)])
def test_narrow_passages_are_driven_through(loop: Loop, robot: RobotParams, gap: float, least: float) -> None:
    xs = np.arange(1.2, 2.6, 0.02)
    sides = np.concatenate([np.column_stack((xs, np.full_like(xs, side * (0.5 * gap + 0.01)))) for side in (1.0, -1.0)])
    run = loop(robot, points=sides, range_noise=0.01, odom_noise=0.001).run(5.0, 0.8)
    assert run.state.x > 2.8
    assert min(state.v for state in run.states if state.x > 0.9) > least * 0.8


def test_turning_beside_a_wall_is_not_stopped(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, points=wall_left(0.01 + 0.275), radius=0.01).run(5.0, 0.0, 1.5)
    assert 0.02 < min(run.clearance) < 0.04
    assert run.state.yaw > 6.0


def test_turning_into_a_wall_is_stopped(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, points=wall_left(0.01 + 0.2), radius=0.01).run(5.0, 0.0, 1.5)
    assert min(run.clearance) > 0.01
    assert abs(run.state.w) < AT_REST
    assert run.reports[-1].code == GuardCode.STOPPED_OBSTACLE


class TestInContactRange:
    """One centimetre before a wall."""

    WALL = wall_ahead(0.21 + 0.01 + 0.01)

    @pytest.mark.parametrize("noise", [0.0, 0.01])
    def test_it_may_back_away(self, loop: Loop, robot: RobotParams, noise: float) -> None:
        run = loop(robot, points=self.WALL, range_noise=noise).run(3.0, -0.3)
        assert run.state.x < -0.4
        assert min(run.clearance) >= 0.0099

    @pytest.mark.parametrize("noise", [0.0, 0.01])
    def test_it_may_not_go_on(self, loop: Loop, robot: RobotParams, noise: float) -> None:
        run = loop(robot, points=self.WALL, range_noise=noise).run(3.0, 0.5)
        assert run.state.x == 0.0
        assert run.reports[-1].code == GuardCode.STOPPED_OBSTACLE

    @pytest.mark.parametrize("noise", [0.0, 0.01])
    def test_it_may_turn_away_if_that_opens_distance(self, loop: Loop, robot: RobotParams, noise: float) -> None:
        """A post beside the rear corner: turning one way swings the corner off it, the other way into it."""
        post = np.array([[-0.17, 0.125 + 0.01 + 0.01]])
        away = loop(robot, points=post, range_noise=noise, appear=-10.0).run(3.0, 0.0, 1.0)
        assert away.state.yaw > 1.0
        assert min(away.clearance) > 0.0
        into = loop(robot, points=post, range_noise=noise, appear=-10.0).run(3.0, 0.0, -1.0)
        assert abs(into.state.yaw) < 0.2
        assert min(into.clearance) > 0.0

    def test_alongside_a_wall_it_may_drive_on(self, loop: Loop, robot: RobotParams) -> None:
        run = loop(robot, points=wall_left(0.125 + 0.015 + 0.01), range_noise=0.003).run(4.0, 0.5)
        assert run.state.x > 0.2
        assert min(run.clearance) > 0.005


def test_an_obstacle_behind_stops_backing(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, points=np.array([[-0.8, 0.05]]), radius=0.03).run(6.0, -0.3)
    assert min(run.clearance) > 0.01
    assert abs(run.state.v) < AT_REST


def test_time_to_collision_and_nearest_point_are_reported(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, points=np.array([[1.2, 0.0]]), radius=0.02).run(1.5, 0.5)
    report = run.reports[-1]
    true_time = (1.2 - 0.02 - 0.02 - 0.21 - run.state.x) / 0.5
    assert report.time_to_collision == pytest.approx(true_time, abs=0.15)
    assert report.nearest_base is not None
    assert report.nearest_base.x == pytest.approx(1.18 - run.state.x, abs=0.03)


class TestSomebodyWalks:
    """Across the robot's way, at 1 m/s."""

    @pytest.mark.parametrize("noise", [0.0, 0.01])
    def test_the_robot_stops_short_of_the_lane_and_goes_on_when_they_have_passed(
        self, loop: Loop, robot: RobotParams, noise: float
    ) -> None:
        person = np.array([[2.5, -2.6]])
        run = loop(robot, points=person, radius=0.2, velocity=(0.0, 1.0), range_noise=noise, beams=360).run(8.0, 0.8)
        assert min(run.clearance) > 0.1
        assert run.state.v == pytest.approx(0.8, abs=0.01)
        slowest = min(report.scale for report in run.reports if report.t > 1.0)
        assert slowest < 0.9

    def test_who_walks_beside_the_robot_does_not_slow_it(self, loop: Loop, robot: RobotParams) -> None:
        person = np.array([[4.0, 0.6]])
        run = loop(robot, points=person, radius=0.2, velocity=(-0.8, 0.0), range_noise=0.01).run(6.0, 0.8)
        assert all(report.scale == 1.0 for report in run.reports if report.t > 1.5)


class TestWhereNoSensorLooks:
    """A lidar that sees 270 degrees, and not what is behind."""

    def test_backing_is_slow(self, loop: Loop, robot: RobotParams) -> None:
        run = loop(robot, points=FAR, fov=math.radians(270.0)).run(3.0, -0.3)
        assert run.state.v == pytest.approx(-0.2, abs=0.005)
        assert run.reports[-1].code == GuardCode.SLOWING
        assert run.reports[-1].reason == "no sensor covers where the robot goes"
        accelerations, jerks = wheel_rates(run)
        assert np.abs(accelerations).max() <= robot.wheel_accel_max + 1e-6
        assert np.abs(jerks).max() <= 4.0 * robot.wheel_jerk_max

    def test_driving_and_turning_are_not(self, loop: Loop, robot: RobotParams) -> None:
        run = loop(robot, points=FAR, fov=math.radians(270.0)).run(3.0, 0.9, 0.5)
        assert run.state.v == pytest.approx(0.9, abs=0.01)
        run = loop(robot, points=FAR, fov=math.radians(270.0)).run(3.0, 0.0, 2.0)
        assert run.state.w == pytest.approx(2.0, abs=0.02)


def test_a_lidar_that_repeats_its_last_scan_stops_the_robot(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, points=wall_ahead(6.0), freeze=2.5).run(2.5, 0.8)
    assert run.reports[-1].code == GuardCode.OK
    run.run(1.5, 0.8)
    assert abs(run.state.v) < AT_REST
    assert "stays the same" in run.reports[-1].reason
    assert run.state.x < 0.8 * 2.5 + 0.8
    run.freeze = math.inf
    run.run(2.0, 0.8)
    assert run.reports[-1].code == GuardCode.OK
