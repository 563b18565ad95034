"""Guidance paths: headings, spacing, where the robot is on them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.errors import InputError
from astro_nav_global.path import GlobalPath, heading_points, subdivide

CORNER = np.array([(0.0, 0.0), (2.0, 0.0), (2.0, 1.0)])


def test_subdividing_keeps_corners_and_spacing() -> None:
    points = subdivide(CORNER, 0.3)
    assert np.hypot(*np.diff(points, axis=0).T).max() <= 0.3 + 1e-12
    for corner in CORNER:
        assert (np.abs(points - corner).max(axis=1) < 1e-12).any()
    assert np.hypot(*np.diff(points, axis=0).T).sum() == pytest.approx(3.0)


def test_headings_follow_the_path_and_the_last_is_the_goals() -> None:
    yaw = heading_points(CORNER, -1.0)[:, 2]
    np.testing.assert_allclose(yaw, [0.0, math.atan2(1.0, 2.0), -1.0])


def test_a_path_without_length_has_the_goals_heading() -> None:
    np.testing.assert_allclose(heading_points(np.array([(1.0, 2.0), (1.0, 2.0)]), 0.7)[:, 2], [0.7, 0.7])


def test_length_and_goal() -> None:
    path = GlobalPath(heading_points(CORNER, 0.5), 3.5)
    assert (path.length, path.goal) == (3.0, (2.0, 1.0, 0.5))


def test_locate_does_not_jump_to_a_later_visit_of_the_same_place() -> None:
    there_and_back = np.concatenate(
        (subdivide(np.array([(0.0, 0.0), (10.0, 0.0)]), 0.1), subdivide(np.array([(10.0, 0.01), (0.0, 0.01)]), 0.1))
    )
    path = GlobalPath(heading_points(there_and_back, 0.0), 20.0)
    first, gap = path.locate(2.0, 0.006, near=18)
    later, _ = path.locate(2.0, 0.006, near=180)
    assert (first, later) == (20, 181)
    assert gap == pytest.approx(0.006)


@pytest.mark.parametrize("points", [np.zeros((1, 3)), np.zeros((2, 2)), np.full((2, 3), np.nan)])
def test_bad_points_are_refused(points: np.ndarray) -> None:
    with pytest.raises(InputError, match="at least two finite points"):
        GlobalPath(points, 0.0)
