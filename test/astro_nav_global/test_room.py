"""Where a robot goes so that a door can open, and where it can turn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import compose
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.params import GlobalParams
from astro_nav_global.planner import GlobalPlanner
from astro_nav_global.room import ROOM, make_room, straight_out

RADIUS = Footprint.of(RobotParams()).circumscribed_radius


def planner(*boxes: tuple[float, float, float, float]) -> GlobalPlanner:
    """For a room of 6 x 4 m with boxes (x low, y low, x high, y high), m."""
    grid = Grid(np.zeros((80, 120), np.int8), 0.05, 0.0, 0.0)
    grid.data[[0, -1]] = grid.data[:, [0, -1]] = OCCUPIED
    for x_low, y_low, x_high, y_high in boxes:
        grid.data[round(y_low / 0.05) : round(y_high / 0.05), round(x_low / 0.05) : round(x_high / 0.05)] = OCCUPIED
    found = GlobalPlanner(GlobalParams(), RobotParams())
    found.set_map(grid)
    return found


def test_room_for_a_door_is_made_straight_back_facing_it() -> None:
    path = make_room(planner(), Pose(4.5, 2.0, 1.0), (5.0, 2.0), 0.0)
    assert path is not None
    assert path.goal == pytest.approx((5.0 - ROOM, 2.0, 0.0), abs=1e-6)


def test_room_for_a_door_is_made_aside_where_something_stands_behind() -> None:
    path = make_room(planner((3.4, 1.7, 3.9, 2.3)), Pose(4.5, 2.0, 0.0), (5.0, 2.0), 0.0)
    assert path is not None
    assert math.dist(path.goal[:2], (5.0, 2.0)) == pytest.approx(ROOM)
    assert abs(path.goal.y - 2.0) > 0.3


def test_a_robot_away_from_the_door_or_shut_in_stays() -> None:
    assert make_room(planner(), Pose(3.6, 2.0, 0.0), (5.0, 2.0), 0.0) is None
    walls = (4.0, 1.3, 4.1, 2.7), (4.0, 1.2, 5.9, 1.3), (4.0, 2.7, 5.9, 2.8)
    assert make_room(planner(*walls), Pose(4.7, 2.0, 0.0), (5.2, 2.0), 0.0) is None


@pytest.mark.parametrize(("yaw", "start"), [(0.0, 2.8), (math.pi, 2.8), (0.0, 2.2)])
def test_a_narrow_place_is_left_straight_on_towards_its_nearer_end(yaw: float, start: float) -> None:
    world = planner((2.0, 1.0, 3.0, 1.75), (2.0, 2.25, 3.0, 3.0))  # 0.5 m wide, from x = 2 to 3
    pose = Pose(start, 2.0, yaw)
    assert world.clearance(pose)[1] < 0.05
    path = straight_out(world, pose, 0.0)
    assert path is not None
    assert (path.goal.x > 3.0) is (start > 2.5)
    assert path.goal.y == pytest.approx(2.0)
    assert path.goal.yaw == pytest.approx(yaw)
    assert world.clearance(path.goal)[1] >= 0.05


def test_there_is_no_way_straight_out_where_there_is_room_or_none_at_all() -> None:
    assert straight_out(planner(), Pose(3.0, 2.0, 0.3), 0.0) is None
    boxed = planner((2.5, 1.6, 3.4, 1.75), (2.5, 2.25, 3.4, 2.4), (2.5, 1.6, 2.6, 2.4), (3.3, 1.6, 3.4, 2.4))
    assert straight_out(boxed, Pose(2.95, 2.0, 0.0), 0.0) is None


def test_clearance_is_that_of_the_footprint_and_of_the_circle_around_it() -> None:
    world = planner((3.0, 0.0, 3.05, 4.0))
    gap, room = world.clearance(Pose(2.5, 2.025, math.pi / 2.0))
    half_width = Footprint.of(RobotParams()).half_width
    assert gap == pytest.approx(3.025 - 2.5 - half_width if 3.025 - 2.5 - half_width < 0.3 else 0.3, abs=0.01)
    assert room == pytest.approx(3.025 - 2.5 - RADIUS, abs=0.01)
    there = compose(Pose(2.5, 2.025, 0.0), Pose(-1.0, 0.0, 0.0))
    assert world.clearance(there) == (0.3, 0.3)
