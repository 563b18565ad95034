"""The sweep of the footprint along a path, against brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_reactive.motion import CAPACITY, SCREEN, SPACING, SWEPT, YAW, X, Y, roll_on
from astro_nav_reactive.sweep import clearances, nearest_point

MARGIN, CAP = 0.02, 0.12
FOOTPRINT = Footprint.of(RobotParams())
OUTLINE = (FOOTPRINT.base, FOOTPRINT.screen, *FOOTPRINT.pan)
RADIUS = FOOTPRINT.circumscribed_radius
TRACK = RobotParams().track


def arc(v: float, w: float, duration: float = 1.0, screen_yaw: float = 0.0) -> np.ndarray:
    """Path rows of a motion from the origin at constant speeds."""
    path = np.zeros((CAPACITY, 7))
    path[0, SCREEN] = screen_yaw
    return path[: roll_on(path, 1, v, w, duration, RADIUS, TRACK)]


def distances(path: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(K, N) exact distances of each point at each row."""
    rows = []
    for row in path:
        local = transform_points(inverse(Pose(row[X], row[Y], row[YAW])), points)
        rows.append(FOOTPRINT.distances(local, row[SCREEN]))
    return np.array(rows)


def sweep(path: np.ndarray, points: np.ndarray) -> np.ndarray:
    out = np.full(len(path), np.nan)
    nearest = nearest_point(points, path[0, X : YAW + 1], path[0, SCREEN], *OUTLINE)[2]
    clearances(points, path, nearest, *OUTLINE, RADIUS, MARGIN, CAP, out)
    return out


numbers = st.floats(-1.0, 1.0, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(v=numbers, w=st.floats(-2.5, 2.5), screen_yaw=st.floats(-2.0, 2.0), seed=st.integers(0, 1000))
def test_clearance_is_the_least_distance_of_any_point_at_each_pose(
    v: float, w: float, screen_yaw: float, seed: int
) -> None:
    path = arc(v, w, screen_yaw=screen_yaw)
    points = np.random.default_rng(seed).uniform(-1.3, 1.3, (60, 2))
    points = points[distances(path[:1], points)[0] > MARGIN]
    expected = np.minimum(distances(path, points).min(axis=1) - MARGIN, CAP)
    np.testing.assert_allclose(sweep(path, points), expected, atol=1e-12)


def test_poses_of_a_path_are_dense_enough_to_miss_nothing() -> None:
    for v, w in ((1.0, 0.0), (0.3, 2.5), (-0.3, 0.0), (2.0, 4.0)):
        assert np.diff(arc(v, w)[:, SWEPT]).max() <= SPACING * 1.3


def test_no_points_is_full_clearance() -> None:
    assert (sweep(arc(1.0, 0.0), np.empty((0, 2))) == CAP).all()


def test_a_turned_screen_is_part_of_the_footprint() -> None:
    ahead = np.array([[0.27, 0.0]])  # 0.06 m before the base, 0.03 m before the screen turned by a right angle
    assert sweep(arc(0.0, 0.0), ahead)[0] == pytest.approx(0.06 - MARGIN)
    assert sweep(arc(0.0, 0.0, screen_yaw=-math.pi / 2), ahead)[0] == pytest.approx(0.03 - MARGIN)


def test_nearest_point_is_in_the_base_frame() -> None:
    points = transform_points(Pose(1.0, 2.0, 0.7), np.array([[0.5, 0.1], [0.9, 0.0]]))
    x, y, distance = nearest_point(points, np.array([1.0, 2.0, 0.7]), 0.0, *OUTLINE)
    assert (x, y, distance) == pytest.approx((0.5, 0.1, 0.29))


def test_without_points_there_is_no_nearest() -> None:
    assert nearest_point(np.empty((0, 2)), np.zeros(3), 0.0, *OUTLINE)[2] == math.inf


class TestWithinTheMargin:
    """A robot that stands within the margin of a wall."""

    AHEAD = np.column_stack((np.full(41, 0.21 + 0.01), np.linspace(-0.5, 0.5, 41)))
    LEFT = np.column_stack((np.linspace(-1.0, 1.0, 201), np.full(201, 0.125 + 0.01)))

    def test_may_back_away(self) -> None:
        assert sweep(arc(-0.3, 0.0), self.AHEAD).min() == 0.0

    def test_may_not_go_on(self) -> None:
        assert (sweep(arc(0.3, 0.0), self.AHEAD)[1:] < 0.0).all()

    def test_may_not_turn_its_corner_into_the_wall(self) -> None:
        assert (sweep(arc(0.0, 0.5), self.LEFT)[1:5] < 0.0).all()

    def test_may_drive_along_the_wall(self) -> None:
        assert sweep(arc(0.3, 0.0), self.LEFT).min() == 0.0

    def test_may_leave_the_wall_on_a_gentle_arc(self) -> None:
        clearance = sweep(arc(0.5, -0.1), self.LEFT)
        assert clearance.min() == 0.0

    def test_keeps_the_full_margin_from_what_it_is_not_near(self) -> None:
        points = np.concatenate(
            (self.AHEAD - (0.6, 0.0), [[0.5, 0.0]])
        )  # a wall across its middle, as after a jump of the pose
        assert sweep(arc(0.6, 0.0), points)[-1] < 0.0
