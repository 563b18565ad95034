"""The local map: what scans say, where the robot was when each beam was taken, scrolling and forgetting."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scenes import scan_of

from astro_nav_common.conventions import FREE, OCCUPIED, UNKNOWN
from astro_nav_common.history import OdometryBuffer
from astro_nav_common.types import Pose, Scan, State
from astro_nav_local.local_map import LocalMap
from astro_nav_local.params import LocalParams

WALL = [(1.52, -2.0, 1.52, 2.0)]


def standing(t: float = 0.0) -> OdometryBuffer:
    """Odometry of a robot at rest around t."""
    odometry = OdometryBuffer()
    for shift in (-0.2, 0.0, 0.2):
        odometry.add(State(t + shift, 0.0, 0.0, 0.0))
    return odometry


def value_at(local_map: LocalMap, x: float, y: float) -> int:
    grid = local_map.grid()
    return int(grid.data[grid.cell(x, y)])


def test_a_wall_is_occupied_the_way_to_it_free_and_behind_it_unknown() -> None:
    local_map = LocalMap(LocalParams())
    assert local_map.integrate(scan_of(WALL, Pose(0.0, 0.0, 0.0), 0.0), standing())
    assert value_at(local_map, 1.52, 0.3) == OCCUPIED
    assert value_at(local_map, 0.8, 0.1) == FREE
    assert value_at(local_map, 2.2, 0.1) == UNKNOWN


def test_distance_field_measures_to_the_wall() -> None:
    local_map = LocalMap(LocalParams())
    local_map.integrate(scan_of(WALL, Pose(0.0, 0.0, 0.0), 0.0), standing())
    local_map.update_fields()
    row, col = local_map.grid().cell(0.52, 0.0)
    assert local_map.distance[row, col] == pytest.approx(1.0, abs=0.051)


def test_an_obstacle_that_is_gone_is_cleared_within_half_a_second() -> None:
    local_map = LocalMap(LocalParams())
    for _ in range(40):  # two seconds of certainty
        local_map.integrate(scan_of(WALL, Pose(0.0, 0.0, 0.0), 0.0), standing())
    for _ in range(10):
        local_map.integrate(scan_of([], Pose(0.0, 0.0, 0.0), 0.0), standing())
    assert value_at(local_map, 1.52, 0.3) == FREE


def test_beams_without_information_change_nothing() -> None:
    local_map = LocalMap(LocalParams())
    scan = Scan(0.0, np.full(360, math.nan, np.float32), -math.pi, math.tau / 360, 0.1, 10.0)
    local_map.integrate(scan, standing())
    assert (local_map.grid().data == UNKNOWN).all()


def test_a_scan_beyond_the_reach_of_odometry_is_not_used() -> None:
    local_map = LocalMap(LocalParams())
    assert not local_map.integrate(scan_of(WALL, Pose(0.0, 0.0, 0.0), 5.0), standing(0.0))
    assert (local_map.grid().data == UNKNOWN).all()


def test_scrolling_keeps_what_stays_in_the_window() -> None:
    local_map = LocalMap(LocalParams())
    local_map.integrate(scan_of(WALL, Pose(0.0, 0.0, 0.0), 0.0), standing())
    for x, y in ((1.03, 0.52), (-0.7, -0.9), (0.0, 0.0)):
        local_map.center_on(x, y)
    assert value_at(local_map, 1.52, 0.3) == OCCUPIED
    local_map.center_on(10.0, 0.0)
    local_map.center_on(0.0, 0.0)
    assert (local_map.grid().data == UNKNOWN).all()


def test_a_spinning_scan_is_set_right_by_the_motion_between_its_beams() -> None:
    # turning at 2 rad/s, one turn of the lidar in 0.1 s: undistorted, the far end of the wall is 0.2 rad out
    rate, period, beams = 2.0, 0.1, 720
    step = math.tau / beams
    ranges = np.full(beams, np.inf, np.float32)
    for i in range(beams):
        angle = -math.pi + i * step + rate * period * i / beams  # direction of the beam in odom when it was taken
        if math.cos(angle) > 0.3:
            ranges[i] = 1.52 / math.cos(angle)
    odometry = OdometryBuffer()
    for t in np.arange(-0.1, 0.3, 0.01):
        odometry.add(State(float(t), 0.0, 0.0, rate * float(t), 0.0, rate))
    local_map = LocalMap(LocalParams())
    scan = Scan(0.0, ranges, -math.pi, step, 0.05, 10.0, time_increment=period / beams)
    assert local_map.integrate(scan, odometry)
    cells = np.argwhere(local_map.grid().data == OCCUPIED)
    x = local_map.grid().centers(cells)[:, 0]
    assert len(x) > 50
    assert np.abs(x - 1.52).max() <= 0.06


def test_evidence_out_of_view_halves_in_its_half_life() -> None:
    params = LocalParams(map_half_life=2.0)
    local_map = LocalMap(params)
    local_map.integrate(scan_of(WALL, Pose(0.0, 0.0, 0.0), 0.0), standing())
    before = local_map.log_odds.max()
    local_map.decay(1.0)
    local_map.decay(3.0)
    assert local_map.log_odds.max() == pytest.approx(0.5 * before, rel=1e-5)


def test_a_beam_that_met_nothing_clears_as_far_as_it_has_seen() -> None:
    local_map = LocalMap(LocalParams())
    scan = scan_of([], Pose(0.0, 0.0, 0.0), 0.0)
    local_map.integrate(replace(scan, reach=np.full(scan.ranges.size, 1.0, np.float32)), standing())
    assert value_at(local_map, 0.9, 0.0) == FREE
    assert value_at(local_map, 1.2, 0.0) == UNKNOWN


def test_a_sensor_of_other_heights_does_not_clear_what_another_sees() -> None:
    local_map = LocalMap(LocalParams())
    table, under_it = scan_of(WALL, Pose(0.0, 0.0, 0.0), 0.0), scan_of([], Pose(0.0, 0.0, 0.0), 0.0)
    for _ in range(20):
        local_map.integrate(replace(table, layer="camera"), standing())
        local_map.integrate(under_it, standing())
    local_map.update_fields()
    row, col = local_map.grid().cell(1.0, 0.0)
    assert value_at(local_map, 1.52, 0.3) == OCCUPIED
    assert local_map.distance[row, col] == pytest.approx(0.5, abs=0.06)
    for _ in range(10):
        local_map.integrate(replace(under_it, layer="camera"), standing())
    assert value_at(local_map, 1.52, 0.3) == FREE


def test_layers_scroll_fade_and_are_forgotten_together() -> None:
    local_map = LocalMap(LocalParams(map_half_life=0.1))
    scan = replace(scan_of(WALL, Pose(0.0, 0.0, 0.0), 0.0), layer="camera")
    local_map.integrate(scan, standing())
    local_map.center_on(1.0, 0.0)
    assert value_at(local_map, 1.52, 0.3) == OCCUPIED
    local_map.decay(0.0)
    local_map.decay(0.5)
    assert value_at(local_map, 1.52, 0.3) == FREE
    local_map.integrate(scan, standing())
    local_map.clear()
    assert (local_map.grid().data == UNKNOWN).all()


def test_distances_are_finer_than_the_cells() -> None:
    """A wall anywhere within its cells: never seen further away than it is, nor nearer than by two deviations of the noise."""
    rng = np.random.default_rng(4)
    angles = np.linspace(-1.2, 1.2, 400)
    for wall in (1.0, 1.012, 1.025, 1.04):
        local_map, odometry = LocalMap(LocalParams()), OdometryBuffer()
        for i in range(10):
            odometry.add(State(0.1 * i, 0.0, 0.0, 0.0))
            ranges = (wall / np.cos(angles) + 0.01 * rng.standard_normal(angles.size)).astype(np.float32)
            scan = Scan(0.1 * i, ranges, -1.2, float(angles[1] - angles[0]), 0.05, 10.0)
            assert local_map.integrate(scan, odometry)
        local_map.update_fields()
        row = int(-local_map.origin_y / local_map.resolution)
        xs = np.array([0.575, 0.775])
        cols = ((xs - local_map.origin_x) / local_map.resolution).astype(int)
        error = local_map.distance[row, cols] - (wall - xs)
        assert error.min() > -0.02
        assert error.max() < 0.005


def camera_drive(box_x: float, top: float) -> LocalMap:
    """The map of a camera 0.5 m up, its view 20 degrees to either side of level, that comes from 1.5 m to within 0.3 m of a box."""
    local_map, odometry = LocalMap(LocalParams()), OdometryBuffer(60.0)
    low, height = 0.05, 0.5
    floor = (height - low) / math.tan(math.radians(20.0))  # where the lowest ray comes so low
    for i in range(31):
        x = min(0.06 * i, box_x - 0.3)
        odometry.add(State(0.1 * i, x, 0.0, 0.0))
        away = box_x - x
        hidden = floor * max(height - top, 0.0) / (height - low)
        ranges = np.full(21, away if away > hidden else 5.0, np.float32)  # over its top the wall behind
        part = {"reach": np.full(21, 5.0), "reach_from": np.full(21, floor), "hidden_within": np.full(21, hidden)}
        local_map.center_on(x, 0.0)
        local_map.integrate(Scan(0.1 * i, ranges, -0.1, 0.01, 0.1, 8.0, layer="camera", **part), odometry)
    return local_map


def test_a_camera_does_not_erase_what_has_passed_below_its_view() -> None:
    local_map = camera_drive(1.52, 0.2)
    assert value_at(local_map, 1.52, 0.0) == OCCUPIED
    local_map.update_fields()
    assert local_map.distance[local_map.cell(1.0, 0.0)] == pytest.approx(0.52, abs=0.06)


def test_what_is_as_high_as_the_camera_is_erased_when_it_has_gone() -> None:
    local_map = camera_drive(1.52, 1.7)
    assert value_at(local_map, 1.52, 0.0) == OCCUPIED
    odometry = OdometryBuffer(60.0)
    odometry.add(State(3.0, 1.22, 0.0, 0.0))
    floor = np.full(21, 1.24)
    for _ in range(12):
        scan = Scan(
            3.0,
            np.full(21, 5.0, np.float32),
            -0.1,
            0.01,
            0.1,
            8.0,
            layer="camera",
            reach_from=floor,
            hidden_within=0.0 * floor,
        )
        local_map.integrate(scan, odometry)
    assert value_at(local_map, 1.52, 0.0) != OCCUPIED


def test_nearer_than_the_lowest_ray_nothing_is_seen() -> None:
    local_map = LocalMap(LocalParams())
    floor = np.full(21, 1.24)
    scan = Scan(0.0, np.full(21, 3.0, np.float32), -0.1, 0.01, 0.1, 8.0, layer="camera", reach_from=floor)
    local_map.integrate(scan, standing())
    assert value_at(local_map, 0.8, 0.0) == UNKNOWN
    assert value_at(local_map, 2.0, 0.0) == FREE
