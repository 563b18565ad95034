"""In a tight place the way to go is that of the footprint: turns take room, and gaps have to be met in line."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scenes import Drive

from astro_nav_common.distance_field import distance_field
from astro_nav_common.footprint import Footprint
from astro_nav_common.jit import kernel
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Guidance, Pose, State
from astro_nav_local.goal import Goal
from astro_nav_local.local_map import LocalMap
from astro_nav_local.navigation_function import NavigationFunction
from astro_nav_local.params import LocalParams
from astro_nav_local.pose_wave import BEYOND, CELLS, HEADINGS, LOST_WAY, PoseWork, march_poses, pose_value
from astro_nav_local.scene import NO_POSES, Frame, PoseField, Shape
from astro_nav_local.tight_place import TightPlace
from astro_nav_local.wavefront import WayCost

RES, SIDE = 0.05, 120
FRAME = Frame(-3.0, -3.0, RES)
FOOTPRINT = Footprint.of(load_robot("astro"))
SHAPE = Shape.of(FOOTPRINT)
PLAIN = WayCost(np.ones(1), 0.01)
TURN_COST = 0.25
CORNER = (SIDE - CELLS) // 2
HALF = 0.5 * CELLS * RES
AHEAD = Goal(0.7, 0.0, 0.0, True, False)
AFAR = Goal(0.0, 0.0, 0.0, False, False)
IN_LINE = (-0.5, 0.025, 0.0)


@kernel
def value_at(x: float, y: float, yaw: float, poses: PoseField, frame: Frame, outside: float) -> float:
    """`pose_value` as a function that Python can call."""
    return pose_value(x, y, yaw, poses, frame, outside)


def field_of(boxes: list[tuple[float, float, float, float]]) -> np.ndarray:
    """Distance field with boxes x1, y1, x2, y2 occupied."""
    at = -3.0 + (np.arange(SIDE) + 0.5) * RES
    occupied = np.zeros((SIDE, SIDE), bool)
    for x1, y1, x2, y2 in boxes:
        occupied |= ((at >= x1) & (at <= x2))[None, :] & ((at >= y1) & (at <= y2))[:, None]
    field = np.empty((SIDE, SIDE), np.float32)
    distance_field(occupied, RES, 3.0, field)
    return field


def wall(gap: float, y: float = 0.025) -> np.ndarray:
    """A wall across, 0.1 m thick, with a gap in it whose middle is at y."""
    return field_of([(0.0, -3.0, 0.1, y - 0.5 * gap), (0.0, y + 0.5 * gap, 0.1, 3.0)])


def field(distance: np.ndarray, start: tuple[float, float, float] = IN_LINE, goal: Goal = AHEAD) -> PoseField:
    """The way to go by pose around the middle; to somewhere afar it is as far from the whole of the right rim."""
    work = PoseWork.new()
    to_go = np.full((SIDE, SIDE), 10.0, np.float32)
    to_go[:, CORNER + CELLS - 1] = 5.0
    most = march_poses(
        np.array(start), CORNER, CORNER, distance, to_go, FRAME, SHAPE, goal, PLAIN.costs, PLAIN.step, TURN_COST, work
    )
    return PoseField(work.values.reshape(HEADINGS, CELLS, CELLS).copy(), -HALF, -HALF, most)


def way(poses: PoseField, x: float, y: float, yaw: float) -> float:
    return float(value_at(x, y, yaw, poses, FRAME, 0.0))


@pytest.mark.parametrize(
    ("pose", "expected"),
    [
        ((0.0, 0.0, 0.0), 0.7),
        ((-0.5, 0.0, 0.0), 1.2),
        ((0.3, 0.0, math.pi), 0.8),  # backwards counts twice
        ((-0.5, 0.0, math.pi), 1.2 + TURN_COST * math.pi),
    ],
)
def test_in_the_open_it_is_the_way_and_the_turn(pose: tuple[float, float, float], expected: float) -> None:
    assert way(field(field_of([]), pose), *pose) == pytest.approx(expected, abs=0.16)  # of a lattice


def test_through_a_gap_it_leads_in_line_only() -> None:
    poses = field(wall(0.35))
    straight, oblique = way(poses, -0.2, 0.025, 0.0), way(poses, -0.2, 0.025, 0.8)
    assert straight == pytest.approx(0.9, abs=0.1)
    assert oblique > straight + 0.1
    aside = way(poses, -0.2, 0.3, 0.0)  # a disc would slip in; the robot has to come round
    assert aside > math.hypot(0.2, 0.275) + 0.7 + 0.15


def test_a_gap_that_the_footprint_does_not_fit_is_none() -> None:
    assert math.isinf(field(wall(0.2)).most)
    fits = field(wall(0.35), goal=AFAR)
    assert way(fits, -0.3, 0.025, 0.0) == pytest.approx(5.0 + HALF + 0.3, abs=0.1)
    assert math.isinf(field(wall(0.2), goal=AFAR).most)  # the other rims are further from there than the robot


def test_where_it_cannot_turn_it_backs_out() -> None:
    pocket = field_of([(-0.4, -0.3, 0.5, -0.15), (0.3, -0.3, 0.5, 0.3), (-0.4, 0.15, 0.5, 0.3)])
    behind = Goal(-0.8, 0.0, 0.0, True, False)
    poses = field(pocket, (0.0, 0.0, 0.0), behind)
    assert way(poses, -0.1, 0.0, 0.0) < way(poses, 0.0, 0.0, 0.0) < way(poses, 0.0, 0.0, 0.4)
    assert way(poses, 0.0, 0.0, 0.0) == pytest.approx(1.6, abs=0.2)


def test_beyond_the_robot_only_so_much_is_looked_at_and_the_rest_is_worse() -> None:
    poses = field(field_of([]), (0.5, 0.0, 0.0))
    assert poses.most == pytest.approx(0.2 + BEYOND, abs=0.05)
    assert way(poses, -0.95, 0.0, math.pi) == pytest.approx(poses.most + LOST_WAY)


def test_outside_the_window_it_is_what_the_wave_without_headings_says() -> None:
    assert value_at(1.5, 0.0, 0.0, field(field_of([])), FRAME, 4.2) == 4.2


# When it counts.

PARAMS = LocalParams()


def is_by_pose(distance: np.ndarray, v: float, is_stuck: bool = False, params: LocalParams = PARAMS) -> bool:
    """Whether headings count for a robot half a metre before the middle that drives to the other side."""
    local_map = LocalMap(params)
    local_map.center_on(0.0, 0.0)
    navigation = NavigationFunction(params, local_map, FOOTPRINT)
    at = -3.0 + (np.arange(SIDE) + 0.5) * RES
    navigation.to_go = np.hypot(at[None, :] - AHEAD.x, at[:, None] - AHEAD.y).astype(np.float32)
    place = TightPlace(local_map, navigation, SHAPE, TURN_COST)
    return len(place.poses(State(0.0, -0.5, 0.0, 0.0, v), AHEAD, is_stuck, distance).values) > 0


@pytest.mark.parametrize(
    ("distance", "v", "expected"),
    [
        (field_of([]), 0.5, False),
        (wall(0.35), 0.5, True),
        (wall(0.8), 0.5, False),
        (field_of([(0.0, -3.0, 0.1, -0.1)]), 0.5, False),
        (field_of([(-3.0, 0.15, 3.0, 3.0)]), 0.1, True),
        (field_of([(-3.0, 0.15, 3.0, 3.0)]), 0.9, False),
    ],
    ids=["open", "gap", "door", "corner", "slow beside a wall", "fast beside a wall"],
)
def test_headings_count_before_a_gap_and_where_there_is_no_room_to_turn(
    distance: np.ndarray, v: float, expected: bool
) -> None:
    assert is_by_pose(distance, v) == expected


def test_they_count_for_who_is_stuck() -> None:
    assert is_by_pose(field_of([]), 0.0, is_stuck=True)


def test_warming_up_compiles_the_wave() -> None:
    """A first drive into a tight place must not wait for the compiler: nothing else calls it with these types beforehand."""
    code = (
        "from astro_nav_common.robot import load_robot; from astro_nav_local.params import LocalParams\n"
        "from astro_nav_local.planner import LocalPlanner; from astro_nav_local.pose_wave import march_poses\n"
        "LocalPlanner(LocalParams(), load_robot('astro')).warm_up()\n"
        "assert len(march_poses.signatures) == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120.0)


def test_cells_of_another_size_have_no_poses() -> None:
    assert not is_by_pose(field_of([]), 0.0, is_stuck=True, params=LocalParams(map_size=20.0, map_resolution=0.2))


def time_through(degrees: float, half: float, by_pose: bool) -> float:
    """s that it takes through a straight passage, `half` m to either side, from a room before it; at most 40."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    lines = [
        (0.8, half, 5.0, half), (0.8, -half, 5.0, -half), (0.8, half, 0.8, 2.0), (0.8, -half, 0.8, -2.0),
        (0.8, 2.0, -1.0, 2.0), (0.8, -2.0, -1.0, -2.0), (-1.0, -2.0, -1.0, 2.0),
    ]  # fmt: skip
    walls = [(c * a - s * b, s * a + c * b, c * d - s * e, s * d + c * e) for a, b, d, e in lines]
    drive = Drive(replace(load_robot("astro"), actuation_time_constant=0.0), walls)
    if not by_pose:
        drive.planner._tight.poses = lambda *_: NO_POSES  # type: ignore[method-assign]
    along = np.linspace(0.0, 7.0, 71)
    goal = Pose(7.0 * c, 7.0 * s, math.radians(degrees))
    drive.planner.set_guidance(Guidance(np.column_stack((c * along, s * along)), goal))
    while drive.state.t < 40.0 and not drive.cycle().status.reached:
        pass
    return drive.state.t


def test_it_is_sooner_through_a_narrow_passage_whose_direction_is_no_heading_of_the_lattice() -> None:
    sooner, later = (sum(time_through(degrees, 0.18, by_pose) for degrees in (15.0, 22.5)) for by_pose in (True, False))
    assert sooner < later
    assert sooner < 40.0
