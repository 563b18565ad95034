"""The home: a believable place, the same as plan, as map and as MuJoCo world."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import ndimage

from astro_nav_common.conventions import FREE, OCCUPIED, UNKNOWN
from astro_nav_common.geometry import compose
from astro_nav_common.types import Pose, State
from astro_nav_sim.clearance import ClearanceMeter
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.simulator import ScanEvent, Simulator
from astro_nav_sim.worlds import load_world

HOME = load_world("home")
INSIDE = ndimage.binary_erosion(HOME.map.data == OCCUPIED)


def reachable(clearance: float) -> np.ndarray:
    """Cells that a disc of that radius reaches from the start."""
    far = ndimage.distance_transform_edt(HOME.map.data != OCCUPIED) * HOME.map.resolution - 0.5 * HOME.map.resolution
    regions, _ = ndimage.label(far >= clearance)
    return regions == regions[HOME.map.cell(HOME.start.x, HOME.start.y)]


def test_a_tour_of_at_least_six_rooms() -> None:
    assert len(HOME.goals) >= 7
    closed = ndimage.binary_dilation(HOME.map.data == OCCUPIED, iterations=10)  # by 0.5 m: that closes every doorway
    _, count = ndimage.label(~closed & (HOME.map.data == FREE))
    assert count >= 6


@pytest.mark.parametrize("goal", HOME.goals, ids=lambda goal: goal.name)
def test_the_robot_fits_at_each_goal_and_gets_there(goal) -> None:
    robot = load_sim_robot("astro")
    meter = ClearanceMeter(robot, [*HOME.solids, *HOME.moving_solids(0.0)])
    assert meter.distance(State(0.0, *goal.pose)) > 0.2
    assert reachable(0.25)[HOME.map.cell(goal.pose.x, goal.pose.y)]


def test_a_narrow_passage_parts_the_home() -> None:
    """0.6 m: a disc of 0.54 m passes to the children's room, one of 0.66 m does not."""
    cell = HOME.map.cell(*HOME.goal("children").pose[:2])
    assert reachable(0.27)[cell]
    assert not reachable(0.33)[cell]


def test_the_map_knows_inside_from_outside() -> None:
    data, cell = HOME.map.data, HOME.map.cell
    assert data[cell(6.0, 4.8)] == FREE
    assert data[cell(5.0, 9.0)] == OCCUPIED  # between living and kitchen
    assert data[cell(-0.3, 5.0)] == UNKNOWN
    assert data[cell(10.2, 5.4)] == FREE  # the bathroom's doorway: leaves are not in the map


@pytest.mark.parametrize("name", ["astro", "jackal"])
def test_a_lidar_in_the_world_sees_what_the_map_shows(name) -> None:
    """From each goal the beams end in or beside occupied cells; none passes through the inside of what is occupied, and few
    touch its edge: a cell that a thin leg marks is larger than the leg."""
    robot = load_sim_robot(name).ideal()
    far = ndimage.distance_transform_edt(HOME.map.data != OCCUPIED) * HOME.map.resolution
    leaves = [door.leaf(0.0) for door in HOME.doors]
    for goal in HOME.goals:
        sim = Simulator(HOME, robot, 0, goal.pose)
        scan = next(event.scan for _ in range(100) for event in sim.step() if isinstance(event, ScanEvent))
        sensor = compose(goal.pose, scan.sensor_base)
        angles = sensor.yaw + scan.angle_min + scan.angle_increment * np.arange(len(scan.ranges))
        seen = np.isfinite(scan.ranges)  # the hallway is longer than the lidar sees
        directions = np.stack((np.cos(angles), np.sin(angles)), axis=-1)
        ends = np.array(sensor[:2]) + scan.ranges[seen, None] * directions[seen]
        on_leaf = np.array(
            [any(math.hypot(x - leaf.x, y - leaf.y) < 0.5 * leaf.size_x + 0.05 for leaf in leaves) for x, y in ends]
        )
        gaps = np.array([far[HOME.map.cell(x, y)] for x, y in ends[~on_leaf]])
        assert seen.mean() > 0.97
        assert gaps.max() <= HOME.map.resolution + 1e-9
        assert crossed(sensor, ends[~on_leaf], INSIDE) == 0.0
        assert crossed(sensor, ends[~on_leaf], HOME.map.data == OCCUPIED) < 0.15


def crossed(sensor: Pose, ends: np.ndarray, cells: np.ndarray) -> float:
    """Share of beams that pass through one of `cells` more than 0.1 m before their end."""
    through = 0
    for x, y in ends:
        length = math.hypot(x - sensor.x, y - sensor.y)
        steps = np.arange(0.3, max(length - 0.1, 0.3), 0.025) / length
        points = np.array(sensor[:2]) + steps[:, None] * (x - sensor.x, y - sensor.y)
        through += any(cells[HOME.map.cell(*point)] for point in points)
    return through / len(ends)
