"""The distance field of points within cells, against a search of all points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from astro_nav_common.point_distance import point_distance_field

RES, SIZE, CAP = 0.05, 60, 1.5


def field(occupied: np.ndarray, points: np.ndarray) -> np.ndarray:
    out = np.empty(occupied.shape, np.float32)
    point_distance_field(occupied, points, RES, CAP, np.empty((2, *occupied.shape), np.float32), out)
    return out


@pytest.mark.parametrize("density", [0.002, 0.02, 0.1])
def test_like_a_search_of_all_points(density: float) -> None:
    rng = np.random.default_rng(1)
    occupied = rng.random((SIZE, SIZE)) < density
    points = (rng.random((2, SIZE, SIZE)) - 0.5).astype(np.float32)
    rows, cols = np.nonzero(occupied)
    tree = cKDTree(np.column_stack((cols + points[0, rows, cols], rows + points[1, rows, cols])))
    v, u = np.mgrid[:SIZE, :SIZE]
    exact = np.minimum(RES * tree.query(np.column_stack((u.ravel(), v.ravel())))[0].reshape(SIZE, SIZE), CAP)
    error = field(occupied, points) - exact
    assert error.min() > -1e-5  # never nearer than anything is
    assert error.max() < RES  # where no neighbour shares the nearest point
    assert np.mean(error > 1e-5) < 0.005


def test_nothing_is_far_and_points_of_empty_cells_do_not_count() -> None:
    points = np.full((2, 8, 8), 0.3, np.float32)
    assert np.all(field(np.zeros((8, 8), bool), points) == np.float32(CAP))
