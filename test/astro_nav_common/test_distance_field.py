"""The distance transform against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp
from scipy.ndimage import distance_transform_edt

from astro_nav_common.distance_field import distance_field, interpolate
from astro_nav_common.jit import kernel


def distances(occupied: np.ndarray, resolution: float, cap: float) -> np.ndarray:
    out = np.full(occupied.shape, np.nan, np.float32)
    distance_field(occupied, resolution, cap, out)
    return out


@settings(max_examples=100, deadline=None)
@given(occupied=hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=25)))
def test_distance_is_scipys(occupied: np.ndarray) -> None:
    expected = distance_transform_edt(~occupied) * 0.05 if occupied.any() else np.full(occupied.shape, np.inf)
    np.testing.assert_allclose(distances(occupied, 0.05, 0.6), np.minimum(expected, 0.6), rtol=1e-5)


@pytest.mark.parametrize("density", [0.0001, 0.01, 0.5])
def test_distance_is_scipys_on_a_large_grid(density: float) -> None:
    occupied = np.random.default_rng(1).random((300, 200)) < density
    occupied[123, 45] = True
    np.testing.assert_allclose(distances(occupied, 1.0, 1e4), distance_transform_edt(~occupied), rtol=1e-5)


def test_an_empty_grid_is_far_from_everything() -> None:
    assert (distances(np.zeros((7, 9), np.uint8), 0.05, 2.5) == 2.5).all()


@kernel
def at(field: np.ndarray, u: float, v: float) -> float:
    return interpolate(field, u, v)


def test_interpolation_is_bilinear_and_clamped_to_the_grid() -> None:
    field = np.array([(0.0, 1.0, 2.0), (10.0, 11.0, 12.0)])  # value = col + 10 row
    assert at(field, 0.5, 0.25) == pytest.approx(3.0)
    assert at(field, 1.0, 0.0) == pytest.approx(1.0)
    assert at(field, -5.0, -5.0) == 0.0
    assert at(field, 9.0, 9.0) == pytest.approx(12.0, abs=0.02)
