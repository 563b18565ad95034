"""A robot that stands where somebody is about to walk."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from astro_nav_common.robot import RobotParams
from astro_nav_common.types import State
from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.watch import GuardCode

Loop = Callable[..., Any]
NOSE, SIZE, DEEP = 0.21, 0.2, 0.05
#: somebody who, at 1 m/s, crosses 5 cm inside the robot's nose, 2 s after they are first seen
CROSSING: dict[str, Any] = {"points": np.array([[NOSE + SIZE - DEEP, -2.0]]), "radius": SIZE, "velocity": (0.0, 1.0), "appear": 0.5}  # fmt: skip
NEVER = GuardParams(give_way=0.0)
GIVES_WAY = "gives way to somebody"


def gives_way(run: Any) -> bool:
    return any(report.reason.startswith(GIVES_WAY) for report in run.reports)


def add_standing(run: Any, points: np.ndarray) -> None:
    """Things of the same size that do not move."""
    moving = run.visible
    run.visible = lambda: np.concatenate((moving(), points))


@pytest.mark.parametrize("noise", [0.0, 0.01])
class TestSomebodyCrossesBeforeItsNose:
    """The plan stands still."""

    def test_it_steps_back_and_is_not_touched(self, loop: Loop, robot: RobotParams, noise: float) -> None:
        assert min(loop(robot, NEVER, range_noise=noise, **CROSSING).run(4.0).clearance) < 0.0
        run = loop(robot, range_noise=noise, **CROSSING).run(4.0)
        assert min(run.clearance) > 0.01
        assert run.state.x > -GuardParams().give_way
        assert abs(run.state.v) < 1e-3

    def test_it_goes_one_way_within_the_limits_of_the_wheels(
        self, loop: Loop, robot: RobotParams, noise: float
    ) -> None:
        run = loop(robot, range_noise=noise, **CROSSING).run(4.0)
        sent = run.wheel_commands()
        dt = np.diff(sent[:, 0])
        rates = np.diff(sent[:, 1:], axis=0) / dt[:, None]
        jerks = np.diff(rates, axis=0) / dt[1:, None]
        assert sent[:, 1:].max() <= 0.0 and sent[:, 1:].min() < -0.05
        assert np.abs(rates).max() <= robot.wheel_accel_max + 1e-6
        assert np.abs(jerks).max() <= 4.0 * robot.wheel_jerk_max
        going = (sent[:, 1] < -0.01).astype(int)
        assert np.abs(np.diff(going)).sum() == 2  # once begins, once ends

    def test_it_says_so(self, loop: Loop, robot: RobotParams, noise: float) -> None:
        run = loop(robot, range_noise=noise, **CROSSING).run(4.0)
        moving = [report for report in run.reports if report.command.v < -0.01]
        assert moving
        assert all(report.reason.startswith(GIVES_WAY) for report in moving)
        assert {report.code for report in moving} == {GuardCode.STOPPED_OBSTACLE}
        assert {report.scale for report in moving} == {0.0}


def test_a_robot_that_had_to_stop_in_the_lane_gives_way_and_goes_on_afterwards(loop: Loop, robot: RobotParams) -> None:
    """Somebody appears so late that only full braking helps, and not quite."""
    person = {"points": np.array([[1.85, -0.9]]), "radius": SIZE, "velocity": (0.0, 0.8), "appear": 2.0}
    still = loop(robot, NEVER, **person).run(6.0, 0.8)
    run = loop(robot, **person).run(6.0, 0.8)
    assert min(still.clearance) < 0.0
    assert min(run.clearance) > 0.03
    assert gives_way(run)
    assert run.state.v == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("aside", [0.15, 0.5])
def test_for_who_passes_clear_it_stays(loop: Loop, robot: RobotParams, aside: float) -> None:
    person = CROSSING | {"points": np.array([[NOSE + SIZE + aside, -2.0]])}
    run = loop(robot, range_noise=0.01, **person).run(4.0)
    assert (run.commands()[:, 1:] == 0.0).all()


def test_for_who_walks_away_it_stays(loop: Loop, robot: RobotParams) -> None:
    person = CROSSING | {"points": np.array([[NOSE + SIZE + 0.05, 0.0]]), "velocity": (0.5, 0.0)}
    run = loop(robot, range_noise=0.01, **person).run(3.0)
    assert not gives_way(run)


def test_with_nowhere_to_go_it_stands(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, **CROSSING)
    walls = [(x, y) for x in (-NOSE - SIZE - 0.03,) for y in (-0.1, 0.1)]
    sides = [(x, side * (0.125 + SIZE + 0.03)) for x in (-0.2, 0.0) for side in (-1.0, 1.0)]
    add_standing(run, np.array(walls + sides))
    run.run(4.0)
    assert abs(run.state.x) < 0.02 and abs(run.state.yaw) < 0.02


def test_behind_it_room_is_left(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, **CROSSING)
    add_standing(run, np.array([[-NOSE - SIZE - 0.15, 0.0]]))
    run.run(2.0)
    assert gives_way(run)
    assert NOSE - run.state.x < NOSE + 0.15 - 0.02  # its tail, to what stands there


class TestNoSensorLooksBack:
    """A lidar that sees 270 degrees."""

    FOV = math.radians(270.0)

    def test_where_it_has_not_been_it_does_not_go(self, loop: Loop, robot: RobotParams) -> None:
        run = loop(robot, fov=self.FOV, **CROSSING).run(4.0)
        assert run.commands()[:, 1].min() >= 0.0

    def test_where_it_has_just_been_it_goes_slowly(self, loop: Loop, robot: RobotParams) -> None:
        stop = loop(robot, fov=self.FOV).run(1.5, 0.5).run(1.5, 0.0).state.x
        person = CROSSING | {"points": CROSSING["points"] + (stop, 0.7), "appear": 2.0}
        run = loop(robot, fov=self.FOV, **person).run(1.5, 0.5).run(2.5, 0.0)
        assert gives_way(run)
        assert stop - 0.2 < run.state.x < stop - 0.03
        assert min(run.clearance) > 0.0
        assert run.commands()[:, 1].min() >= -GuardParams().blind_speed - 0.005


class TestSomethingIsTheMatter:
    """A robot that does not know, or that nobody drives, stands."""

    def test_without_a_plan_it_stays(self, loop: Loop, robot: RobotParams) -> None:
        run = loop(robot, **CROSSING).run(4.0, planner=False)
        assert run.reports[-1].code == GuardCode.IDLE
        assert (run.commands()[:, 1:] == 0.0).all()

    def test_on_hold_it_stays(self, loop: Loop, robot: RobotParams) -> None:
        run = loop(robot, **CROSSING)
        run.guard.hold("test", "paused")
        run.run(4.0)
        assert (run.commands()[:, 1:] == 0.0).all()

    @pytest.mark.parametrize("missing", ["sensors", "planner", "hold"])
    def test_on_its_way_it_stops_smoothly(self, loop: Loop, robot: RobotParams, missing: str) -> None:
        run = loop(robot, **CROSSING)
        while run.state.v > -0.1:
            run.run(0.02)
        if missing == "hold":
            run.guard.hold("test", "paused")
            run.run(0.9)
        else:
            run.run(0.9, **{missing: False})
        assert abs(run.state.v) < 1e-3
        sent = run.wheel_commands()
        assert sent[:, 1:].max() <= 0.0
        rates = np.diff(sent[:, 1:], axis=0) / np.diff(sent[:, 0])[:, None]
        assert np.abs(rates).max() <= robot.wheel_accel_max + 1e-6
        assert not run.reports[-1].reason.startswith(GIVES_WAY)


@pytest.mark.parametrize(("place", "velocity"), [((0.5, -0.8), (-0.1, 0.3)), ((0.85, -1.2), (-0.25, 0.6))])
def test_before_one_slow_walker_it_goes_no_further_than_it_may(
    loop: Loop, robot: RobotParams, place: tuple[float, float], velocity: tuple[float, float]
) -> None:
    run = loop(robot, points=np.array([place]), radius=SIZE, velocity=velocity, appear=0.5).run(6.0)
    assert gives_way(run)
    assert max(math.hypot(state.x, state.y) for state in run.states) < GuardParams().give_way + 0.02


def test_it_brakes_fully_for_somebody_who_appears_where_it_goes(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, **CROSSING)
    seen = run.visible
    run.visible = lambda: np.concatenate((seen(), [[-0.62, 0.0]])) if run.state.x < -0.03 else seen()
    run.run(4.0)
    sent = run.wheel_commands()
    slowing = np.diff(sent[:, 1]) / np.diff(sent[:, 0])
    assert slowing.max() > 1.5 * robot.wheel_accel_max
    assert run.reports[-1].command.v == pytest.approx(0.0, abs=1e-9)


def test_after_the_clock_has_gone_back_it_knows_no_place_where_it_has_been(loop: Loop, robot: RobotParams) -> None:
    view = math.radians(270.0)
    before = loop(robot, fov=view, start=State(0.0, -0.8, 0.0, 0.0)).run(1.5, 0.5).run(2.0)
    run = loop(robot, fov=view, **CROSSING)
    run.guard = before.guard
    run.run(4.0)
    assert min(state.x for state in run.states) > -0.02
