"""The exact footprint, and the probe discs that stand for it in the search."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.footprint import Footprint, probe_discs
from astro_nav_common.geometry import polygon_distances, transform_points
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Pose


def convex_polygon(seed: int, corners: int) -> np.ndarray:
    """Corners on a random ellipse, counter-clockwise."""
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0.0, math.tau, corners)) + np.linspace(0.0, 0.5, corners)
    return np.column_stack((rng.uniform(0.15, 0.4) * np.cos(angles), rng.uniform(0.15, 0.4) * np.sin(angles)))


def around(polygon: np.ndarray, seed: int) -> np.ndarray:
    """Points around a polygon, many of them close."""
    rng = np.random.default_rng(seed)
    far = rng.uniform(-1.0, 1.0, (500, 2))
    edges = np.roll(polygon, -1, axis=0) - polygon
    on = (polygon + rng.uniform(0.0, 1.0, (200, 1, 1)) * edges).reshape(-1, 2)
    points = np.concatenate((far, on + rng.normal(0.0, 0.01, on.shape)))
    return points[polygon_distances(points, polygon) > 0.0]


def probed(points: np.ndarray, discs: np.ndarray) -> np.ndarray:
    """Distance (M,) of points to a union of discs."""
    return (np.hypot(*(points[:, None] - discs[None, :, :2]).transpose(2, 0, 1)) - discs[:, 2]).min(axis=1)


def assert_within_tolerance(polygon: np.ndarray, tolerance: float, seed: int) -> None:
    discs = probe_discs(polygon, tolerance)
    points = around(polygon, seed)
    excess = probed(points, discs) - polygon_distances(points, polygon)
    assert excess.min() >= -1e-9
    assert excess.max() <= tolerance + 1e-9


@pytest.mark.parametrize("tolerance", [0.01, 0.02, 0.05])
@pytest.mark.parametrize("name", ["astro", "jackal"])
def test_probe_discs_of_the_robots_keep_the_tolerance(name: str, tolerance: float) -> None:
    robot = load_robot(name)
    for polygon in (robot.footprint_polygon, robot.screen_polygon):
        if len(polygon):
            assert_within_tolerance(polygon, tolerance, 0)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), corners=st.integers(3, 7))
def test_probe_discs_of_any_convex_outline_keep_the_tolerance(seed: int, corners: int) -> None:
    polygon = convex_polygon(seed, corners)
    edges = np.roll(polygon, -1, axis=0) - polygon
    if np.hypot(*edges.T).min() < 0.02 or -polygon_distances(polygon.mean(axis=0)[None], polygon)[0] < 0.03:
        return  # degenerate
    assert_within_tolerance(polygon, 0.02, seed)


def test_no_outline_has_no_discs() -> None:
    assert probe_discs(np.empty((0, 2)), 0.02).shape == (0, 3)


def test_few_discs_are_enough_for_the_robots() -> None:
    for name in ("astro", "jackal"):
        footprint = Footprint.of(load_robot(name))
        assert len(footprint.base_discs) + len(footprint.screen_discs) <= 24


def test_radii_and_width_of_astro() -> None:
    footprint = Footprint.of(load_robot("astro"))
    assert footprint.inscribed_radius == pytest.approx(0.125)
    assert footprint.half_width == pytest.approx(0.125)
    corner, screen = math.hypot(0.21, 0.125), 0.12 + math.hypot(0.03, 0.12)
    assert footprint.circumscribed_radius == pytest.approx(max(corner, screen))


@given(pan=st.floats(-3.2, 3.2))
def test_nothing_reaches_beyond_the_circumscribed_radius(pan: float) -> None:
    footprint = Footprint.of(load_robot("astro"))
    outlines = np.concatenate(footprint.polygons_at(Pose(0.0, 0.0, 0.0), pan))
    assert np.hypot(*outlines.T).max() <= footprint.circumscribed_radius + 1e-12


@settings(max_examples=30, deadline=None)
@given(pan=st.floats(-2.0, 2.0), x=st.floats(-2.0, 2.0), y=st.floats(-2.0, 2.0), yaw=st.floats(-3.0, 3.0))
def test_distances_are_those_to_the_outlines_wherever_the_robot_is(pan: float, x: float, y: float, yaw: float) -> None:
    footprint = Footprint.of(load_robot("astro"))
    points = np.random.default_rng(0).uniform(-0.6, 0.6, (40, 2))
    pose = Pose(x, y, yaw)
    outlines = footprint.polygons_at(pose, pan)
    expected = np.min([polygon_distances(transform_points(pose, points), outline) for outline in outlines], axis=0)
    np.testing.assert_allclose(footprint.distances(points, pan), expected, atol=1e-9)


def test_the_screen_turns_about_its_joint() -> None:
    footprint = Footprint.of(load_robot("astro"))
    beyond = np.array([[0.12 + 0.12, 0.0]])  # where the edge of the screen is when it looks aside
    assert footprint.distances(beyond, 0.0)[0] == pytest.approx(0.03)
    assert footprint.distances(beyond, -math.pi / 2)[0] == pytest.approx(0.0, abs=1e-9)


def test_a_robot_without_screen_has_one_outline() -> None:
    assert len(Footprint.of(load_robot("jackal")).polygons_at(Pose(0.0, 0.0, 0.0))) == 1
