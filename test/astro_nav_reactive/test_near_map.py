"""The near map: scans to points in odom."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.geometry import compose, transform_points
from astro_nav_common.types import Pose, Scan
from astro_nav_reactive.near_map import NearMap

BASE = np.array([(0.2, 0.1), (-0.2, 0.1), (-0.2, -0.1), (0.2, -0.1)])
HERE = Pose(0.0, 0.0, 0.0)


def scan(ranges: list[float], **changes: object) -> Scan:
    """Beams at 0, 90, 180, 270 degrees as far as there are ranges."""
    values = {"range_min": 0.1, "range_max": 5.0, "angle_min": 0.0, "angle_increment": math.pi / 2, **changes}
    return Scan(0.0, np.array(ranges), **values)  # type: ignore[arg-type]


@pytest.fixture
def near() -> NearMap:
    return NearMap(1.5, BASE)


def test_points_are_placed_by_sensor_and_base_pose(near: NearMap) -> None:
    sensor, base = Pose(0.1, -0.02, 0.3), Pose(2.0, -1.0, 2.5)
    assert near.add(scan([0.5, 0.6, 0.7], sensor_base=sensor), base, base)
    angles = np.arange(3) * math.pi / 2
    beams = np.array([0.5, 0.6, 0.7])[:, None] * np.column_stack((np.cos(angles), np.sin(angles)))
    np.testing.assert_allclose(near.points, transform_points(compose(base, sensor), beams), atol=1e-12)


def test_each_beam_is_placed_from_where_the_base_was_when_it_was_taken(near: NearMap) -> None:
    first, last = Pose(0.0, 0.0, math.pi - 0.1), Pose(0.3, 0.0, -math.pi + 0.1)
    near.add(scan([1.0, 1.0, 1.0], angle_increment=0.0), first, last)
    middle = [0.15 + math.cos(math.pi), math.sin(math.pi)]
    np.testing.assert_allclose(near.points[1], middle, atol=1e-12)


def test_only_measured_points_within_reach_are_kept(near: NearMap) -> None:
    nothing = [
        math.nan,
        0.05,
        math.inf,
        6.0,
        -1.0,
        2.0,
    ]  # no information, too near, nothing seen, too far, broken, out of reach
    assert near.add(scan([*nothing, 1.0], angle_increment=0.1), HERE, HERE)
    assert len(near.points) == 1


@pytest.mark.parametrize("ranges", [[math.nan] * 4, [0.0] * 4, [-math.inf] * 4])
def test_a_scan_without_information_leaves_the_map_as_it_was(near: NearMap, ranges: list[float]) -> None:
    near.add(scan([0.5]), HERE, HERE)
    before = near.points.copy()
    assert not near.add(scan(ranges), HERE, HERE)
    np.testing.assert_array_equal(near.points, before)


def test_a_scan_that_sees_nothing_clears_its_source(near: NearMap) -> None:
    near.add(scan([0.5]), HERE, HERE)
    assert near.add(scan([math.inf]), HERE, HERE)
    assert len(near.points) == 0


def test_each_source_keeps_its_newest_scan(near: NearMap) -> None:
    near.add(scan([0.5, 0.5], source="left"), HERE, HERE)
    near.add(scan([0.6], source="right"), HERE, HERE)
    near.add(scan([0.7], source="left"), HERE, HERE)
    assert sorted(near.points[:, 0]) == pytest.approx([0.6, 0.7])


def test_the_robot_itself_is_not_an_obstacle_but_its_edge_may_be(near: NearMap) -> None:
    near.add(scan([0.12, 0.19], angle_increment=0.0), HERE, HERE)
    np.testing.assert_allclose(near.points, [[0.19, 0.0]], atol=1e-12)


def test_the_grid_marks_the_cell_of_each_point(near: NearMap) -> None:
    near.add(scan([0.5, 0.6, 0.7, 1.2]), Pose(3.01, 0.0, 0.0), Pose(3.01, 0.0, 0.0))
    grid = near.grid(Pose(3.01, 0.0, 0.0), 2.0, 0.025)
    assert grid.shape == (80, 80)
    cells = [grid.cell(x, y) for x, y in near.points]
    occupied = set(map(tuple, np.argwhere(grid.data == OCCUPIED)))
    assert occupied == {cell for cell in cells if 0 <= cell[0] < 80 and 0 <= cell[1] < 80}
    assert len(occupied) == 3  # the fourth is outside


def test_what_has_passed_below_a_cameras_view_is_remembered(near: NearMap) -> None:
    # a low box 0.8 m ahead, hidden from within 0.6 m; in its direction the camera tells of low things from 0.9 m on
    view = {"reach_from": np.full(4, 0.9), "hidden_within": np.array((0.6, 0.0, 0.0, 0.0))}
    beyond = [4.0, 4.0, 4.0, 4.0]
    near.add(scan([0.8, *beyond[1:]], **view), HERE, HERE)
    ahead = Pose(0.3, 0.0, 0.0)
    near.add(scan(beyond, **view), ahead, ahead)
    np.testing.assert_allclose(near.points, [(0.8, 0.0)], atol=1e-12)
    # from where it would be seen, it is not there any more
    near.add(scan(beyond, **view), HERE, HERE)
    assert not len(near.points)


def test_what_is_as_high_as_the_camera_is_not(near: NearMap) -> None:
    view = {"reach_from": np.full(4, 0.9), "hidden_within": np.zeros(4)}
    near.add(scan([0.8, 4.0, 4.0, 4.0], **view), HERE, HERE)
    near.add(scan([4.0] * 4, **view), HERE, HERE)
    assert not len(near.points)
