"""Clouds as planar scans: what is in the way at any height, what is seen to be free, and what is not said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.flatten import DIRECTIONS, Slice, flatten
from astro_nav_common.types import Scan

BAND = Slice(0.05, 0.6, 0.1, 5.0)
#: a sensor 0.4 m above the floor and 0.1 m ahead of the base frame, axes as the base's
LEVEL = np.array(((1.0, 0.0, 0.0, 0.1), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.4)))
#: the same place in a camera's optical frame: z ahead, x to the right, y down
OPTICAL = np.array(((0.0, 0.0, 1.0, 0.1), (-1.0, 0.0, 0.0, 0.0), (0.0, -1.0, 0.0, 0.4)))


def flat(points: list[tuple[float, float, float]], transform: np.ndarray = LEVEL, part: Slice = BAND) -> Scan:
    x, y, z = np.array(points, np.float32).reshape(1, -1, 3).transpose(2, 0, 1)
    return flatten(x, y, z, transform, part, 1.5, "camera")


def towards(scan: Scan, angle: float) -> tuple[float, float]:
    """Range and reach in a direction."""
    assert scan.reach is not None
    i = round((angle - scan.angle_min) / scan.angle_increment)
    return float(scan.ranges[i]), float(scan.reach[i])


def test_the_nearest_point_between_the_heights_counts() -> None:
    scan = flat([(3.0, 0.01, 0.1), (2.0, 0.01, -0.2), (1.0, 0.01, -0.4), (1.5, 0.01, 0.3)])
    assert towards(scan, 0.0)[0] == pytest.approx(2.0, abs=1e-3)
    assert (scan.t, scan.source, scan.sensor_base.x) == (1.5, "camera", 0.1)


def test_directions_without_points_say_nothing() -> None:
    scan = flat([(2.0, 0.01, 0.0)])
    assert np.isnan(scan.ranges).sum() == DIRECTIONS - 1


def test_floor_shows_free_space_as_far_as_the_ray_runs_above_the_lower_height() -> None:
    scan = flat([(2.0, 0.01, -0.4)])
    value, reach = towards(scan, 0.0)
    assert math.isinf(value)
    assert reach == pytest.approx(2.0 * (0.4 - 0.05) / 0.4, abs=1e-3)


def test_a_ceiling_shows_free_space_below_the_upper_height_only() -> None:
    value, reach = towards(flat([(2.0, 0.01, 2.0)]), 0.0)
    assert math.isinf(value)
    assert reach == pytest.approx(2.0 * (0.6 - 0.4) / 2.0, abs=1e-3)


def test_what_stands_beyond_the_range_is_not_there_and_the_way_to_it_free() -> None:
    value, reach = towards(flat([(7.0, 0.01, 0.0)]), 0.0)
    assert math.isinf(value) and reach == 5.0


def test_points_too_near_and_points_that_are_not_finite_are_left_out() -> None:
    scan = flat([(0.05, 0.0, 0.0), (math.nan, 1.0, 0.0), (1.0, math.inf, 0.0), (1.0, 1.0, math.nan)])
    assert np.isnan(scan.ranges).all()


def test_a_camera_frame_is_turned_level() -> None:
    scan = flat([(-0.5, 0.2, 2.0)], OPTICAL)  # 2 m ahead, 0.5 m to the left, 0.2 m above the floor
    value, _ = towards(scan, math.atan2(0.5, 2.0))
    assert value == pytest.approx(math.hypot(2.0, 0.5), abs=1e-3)


@pytest.mark.parametrize("angle", [-math.pi, -3.0, -1.2, 0.0, 0.7, 3.1])
def test_a_point_lies_where_its_beam_points(angle: float) -> None:
    scan = flat([(2.0 * math.cos(angle), 2.0 * math.sin(angle), 0.0)])
    (i,) = np.flatnonzero(np.isfinite(scan.ranges))
    beam = scan.angle_min + i * scan.angle_increment
    assert abs(math.remainder(beam - angle, math.tau)) <= 0.5 * scan.angle_increment + 1e-6


def test_what_is_low_is_told_of_only_where_the_lowest_ray_is_below_it() -> None:
    scan = flat(
        [(2.0, 0.002, -0.4), (1.0, 0.002, -0.4), (3.0, 0.002, 0.1), (3.0, 3.02, 0.1)]
    )  # floor at 1 m and 2 m, a wall behind
    assert scan.reach_from is not None and scan.hidden_within is not None
    ahead, aside = (round((angle - scan.angle_min) / scan.angle_increment) for angle in (0.0, 0.79))
    assert scan.reach_from[ahead] == pytest.approx(1.0 * (0.4 - 0.05) / 0.4, abs=1e-3)
    assert math.isinf(scan.reach_from[aside])  # no ray goes down there
    assert scan.hidden_within[ahead] == scan.hidden_within[aside] == 0.0  # the wall is higher than the sensor


def test_a_low_thing_is_hidden_nearer_than_the_lowest_ray_passes_over_its_top() -> None:
    # a face 0.1 to 0.2 m high at 1.5 m; the lowest ray would reach the floor at 1.5 * 0.4 / 0.3 = 2 m
    scan = flat([(1.5, 0.002, -0.3), (1.5, 0.002, -0.25), (1.55, 0.002, -0.2), (3.0, 0.002, 0.1)])
    assert scan.reach_from is not None and scan.hidden_within is not None
    i = round((0.0 - scan.angle_min) / scan.angle_increment)
    assert scan.reach_from[i] == pytest.approx(2.0 * 0.35 / 0.4, abs=1e-2)
    assert scan.hidden_within[i] == pytest.approx(1.0, abs=1e-2)  # there the ray is 0.2 m high


def test_a_level_sensor_is_taken_for_a_planar_one() -> None:
    scan = flat([(2.0, 0.01, -0.01), (2.0, 2.0, 0.01)])
    assert scan.reach_from is not None and (scan.reach_from == 0.0).all()
