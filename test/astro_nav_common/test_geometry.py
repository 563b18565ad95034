"""SE(2) and polygons."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.geometry import (
    between,
    compose,
    inverse,
    polygon_distance,
    polygon_distances,
    resample_polyline,
    transform_points,
)
from astro_nav_common.types import Pose

numbers = st.floats(-5.0, 5.0)
poses = st.builds(Pose, numbers, numbers, st.floats(-math.pi, math.pi))
IDENTITY = Pose(0.0, 0.0, 0.0)


def matrix(pose: Pose) -> np.ndarray:
    c, s = math.cos(pose.yaw), math.sin(pose.yaw)
    return np.array([(c, -s, pose.x), (s, c, pose.y), (0.0, 0.0, 1.0)])


@given(a=poses, b=poses)
def test_composition_is_that_of_matrices(a: Pose, b: Pose) -> None:
    np.testing.assert_allclose(matrix(compose(a, b)), matrix(a) @ matrix(b), atol=1e-9)


@given(a=poses, b=poses)
def test_inverse_and_between_undo_composition(a: Pose, b: Pose) -> None:
    np.testing.assert_allclose(matrix(compose(a, inverse(a))), matrix(IDENTITY), atol=1e-9)
    np.testing.assert_allclose(matrix(compose(a, between(a, b))), matrix(b), atol=1e-9)


@given(pose=poses, x=numbers, y=numbers)
def test_a_transformed_point_is_the_composed_pose(pose: Pose, x: float, y: float) -> None:
    expected = compose(pose, Pose(x, y, 0.0))[:2]
    np.testing.assert_allclose(transform_points(pose, np.array([[[x, y]]]))[0, 0], expected, atol=1e-12)


CONCAVE = np.array([(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (1.0, 0.5), (0.0, 2.0)])
SQUARE = np.array([(0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5), (0.5, -0.5)])


def signed_distance(point: np.ndarray, polygon: np.ndarray) -> float:
    """Distance to densely sampled edges; the sign by the winding number."""
    ends = np.roll(polygon, -1, axis=0)
    f = np.linspace(0.0, 1.0, 4001)[:, None]
    distance = min(np.hypot(*(a + f * (b - a) - point).T).min() for a, b in zip(polygon, ends))
    before, after = polygon - point, ends - point
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    turned = np.arctan2(cross, (before * after).sum(axis=1)).sum()
    return -distance if abs(turned) > math.pi else distance


@settings(max_examples=200)
@given(x=st.floats(-1.0, 3.0), y=st.floats(-1.0, 3.0), polygon=st.sampled_from([CONCAVE, CONCAVE[::-1].copy(), SQUARE]))
def test_polygon_distance_is_that_to_the_sampled_outline(x: float, y: float, polygon: np.ndarray) -> None:
    expected = signed_distance(np.array((x, y)), polygon)
    if abs(expected) > 1e-3:  # on the outline the sign is a matter of rounding
        assert polygon_distance(x, y, polygon) == pytest.approx(expected, abs=1e-3)
    else:
        assert abs(polygon_distance(x, y, polygon)) < 2e-3


def test_polygon_distances_are_those_of_each_point() -> None:
    points = np.random.default_rng(0).uniform(-1.0, 3.0, (50, 2))
    expected = [polygon_distance(x, y, CONCAVE) for x, y in points]
    np.testing.assert_array_equal(polygon_distances(points, CONCAVE), expected)


def test_an_edge_of_no_length_does_not_matter() -> None:
    doubled = np.repeat(SQUARE, 2, axis=0)
    for x, y in ((0.1, 0.2), (0.7, 0.9), (-3.0, 0.0)):
        assert polygon_distance(x, y, doubled) == pytest.approx(polygon_distance(x, y, SQUARE))


def test_a_resampled_line_keeps_its_ends_and_spacing() -> None:
    line = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 2.0)])
    points = resample_polyline(line, 0.1)
    np.testing.assert_allclose(points[[0, -1]], line[[0, -1]])
    assert len(points) == 31
    np.testing.assert_allclose(points[10], (1.0, 0.0), atol=1e-12)
    np.testing.assert_allclose(np.hypot(*np.diff(points, axis=0).T), 0.1, atol=1e-12)


@pytest.mark.parametrize("line", [[(1.0, 2.0)], [(1.0, 2.0), (1.0, 2.0)]])
def test_a_line_of_one_point_stays_one_point(line: list[tuple[float, float]]) -> None:
    np.testing.assert_array_equal(resample_polyline(np.array(line), 0.1), [(1.0, 2.0)])
