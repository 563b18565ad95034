"""The grid that grows from observations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.errors import InputError
from astro_nav_common.geometry import transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.growing_grid import GrowingGrid
from astro_nav_global.window import Window


def local_map(x: float, y: float, size: int = 20, resolution: float = 0.05, fill: int = 0) -> Grid:
    """A square of `size` cells with its lower left corner at (x, y)."""
    return Grid(np.full((size, size), fill, np.int8), resolution, x, y)


def value_at(grid: Grid, x: float, y: float) -> int:
    """Occupancy at a place."""
    return int(grid.data[grid.cell(x, y)])


def test_known_cells_are_taken_over_and_unknown_ones_change_nothing() -> None:
    growing = GrowingGrid(0.05, 50.0)
    first, second = local_map(0.0, 0.0), local_map(0.0, 0.0, fill=UNKNOWN)
    first.data[3, 4] = OCCUPIED
    second.data[0, 0] = OCCUPIED
    growing.integrate(first, 0.0)
    growing.integrate(second, 1.0)
    seen = growing.view(Window(0, 20, 0, 20)).data
    expected = first.data.copy()
    expected[0, 0] = OCCUPIED
    np.testing.assert_array_equal(seen, expected)


def test_newer_observations_replace_older_ones() -> None:
    growing = GrowingGrid(0.05, 50.0)
    growing.integrate(local_map(0.0, 0.0, fill=OCCUPIED), 0.0)
    growing.integrate(local_map(0.0, 0.0), 1.0)
    assert (growing.view(Window(0, 20, 0, 20)).data == 0).all()


def test_it_grows_to_hold_what_is_seen_and_is_unknown_between() -> None:
    growing = GrowingGrid(0.05, 100.0)
    growing.integrate(local_map(0.0, 0.0), 0.0)
    growing.integrate(local_map(-30.0, 20.0), 1.0)
    grid = growing.view_around(np.array([(5.0, 5.0)]), 1.0)
    assert value_at(grid, 0.5, 0.5) == 0 and value_at(grid, -29.5, 20.5) == 0
    assert value_at(grid, -15.0, 10.0) == UNKNOWN
    assert grid.contains(-30.9, 20.0) and grid.contains(5.9, 5.0)


def test_at_the_largest_extent_the_far_side_is_forgotten() -> None:
    growing = GrowingGrid(0.05, 20.0)
    for x in range(0, 60, 2):
        growing.integrate(local_map(float(x), 0.0), float(x))
    assert max(growing.window.shape) <= 400
    assert value_at(growing.view_around(np.empty((0, 2)), 0.0), 58.5, 0.5) == 0
    assert growing.view(Window(10, 11, 10, 11)).data == UNKNOWN


def test_old_observations_are_forgotten_and_newer_ones_kept() -> None:
    growing = GrowingGrid(0.05, 50.0)
    epoch = 1.7e9  # as on a real clock
    growing.integrate(local_map(0.0, 0.0), epoch)
    growing.integrate(local_map(3.0, 0.0), epoch + 1.0)
    assert growing.forget(epoch).is_empty
    assert not growing.forget(epoch + 0.5).is_empty
    grid = growing.view_around(np.array([(0.0, 0.0)]), 0.0)
    assert value_at(grid, 0.5, 0.5) == UNKNOWN and value_at(grid, 3.5, 0.5) == 0


def test_forgetting_around_a_place_leaves_the_rest() -> None:
    growing = GrowingGrid(0.05, 50.0)
    growing.integrate(local_map(0.0, 0.0, size=100), 0.0)
    growing.forget_around(1.0, 1.0, 0.5)
    grid = growing.view_around(np.array([(0.0, 0.0)]), 0.0)
    assert value_at(grid, 1.0, 1.0) == UNKNOWN and value_at(grid, 2.0, 2.0) == 0
    assert growing.forget_around(500.0, 500.0, 1.0).is_empty


def test_a_blocked_disc() -> None:
    growing = GrowingGrid(0.05, 50.0)
    growing.block(1.0, 2.0, 0.2, 0.0)
    grid = growing.view_around(np.array([(0.0, 0.0)]), 0.0)
    occupied = grid.centers(np.argwhere(grid.occupied()))
    assert np.hypot(*(occupied - (1.0, 2.0)).T).max() <= 0.25
    assert len(occupied) * 0.05**2 == pytest.approx(math.pi * 0.2**2, rel=0.2)


@settings(max_examples=50, deadline=None)
@given(
    st.floats(-5.0, 5.0),
    st.floats(-5.0, 5.0),
    st.floats(-3.1, 3.1),
    st.sampled_from((0.02, 0.05, 0.1)),
    st.integers(0, 2**32 - 1),
)
def test_no_obstacle_is_lost_when_moved_turned_or_resampled(
    x: float, y: float, yaw: float, resolution: float, seed: int
) -> None:
    pose = Pose(x, y, yaw)
    local = local_map(-1.0, -1.0, size=round(2.0 / resolution), resolution=resolution)
    local.data[np.random.default_rng(seed).random(local.shape) < 0.01] = OCCUPIED
    growing = GrowingGrid(0.05, 50.0)
    window = growing.integrate(local, 0.0, pose)
    grid = growing.view(window)
    for place in transform_points(pose, local.centers(np.argwhere(local.occupied()))):
        assert value_at(grid, *place) == OCCUPIED
    # and nothing is invented: an occupied cell has an obstacle of the local map within a cell or two
    obstacles = transform_points(pose, local.centers(np.argwhere(local.occupied())))
    for place in grid.centers(np.argwhere(grid.occupied())):
        assert np.hypot(*(obstacles - place).T).min() <= 0.71 * (resolution + 0.05)


@pytest.mark.parametrize("first", [0.0, 3e4, 1e300])
def test_a_view_does_not_reach_further_than_the_extent(first: float) -> None:
    points = np.array([(first, 0.0), (first + 5.0, 5.0), (1e9, -1e9), (-1e300, 1e300)])
    growing = GrowingGrid(0.05, 50.0)
    assert max(growing.view_around(points, 1.0).shape) <= 200
    growing.integrate(local_map(0.0, 0.0), 0.0)
    grid = growing.view_around(points, 1.0)
    assert max(grid.shape) <= 600
    assert grid.contains(first, 0.0) == (first == 0.0)


@pytest.mark.parametrize("pose", [Pose(math.nan, 0.0, 0.0), Pose(0.0, math.inf, 0.0)])
def test_poses_that_are_not_finite_are_refused(pose: Pose) -> None:
    with pytest.raises(InputError, match="must be finite"):
        GrowingGrid(0.05, 50.0).integrate(local_map(0.0, 0.0), 0.0, pose)
