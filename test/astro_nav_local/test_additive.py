"""The additive sequence fills the cube more evenly than chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from astro_nav_local.additive import additive_sequence


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_discrepancy_is_well_below_that_of_random_points(dimensions: int) -> None:
    rng = np.random.default_rng(3)
    found = [qmc.discrepancy(additive_sequence(128, dimensions, rng)) for _ in range(10)]
    chance = [qmc.discrepancy(rng.random((128, dimensions))) for _ in range(10)]
    assert max(found) < 0.6 * np.mean(chance)


def test_points_lie_in_the_cube_and_depend_on_the_draw_only() -> None:
    first, same, other = (additive_sequence(500, 5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (500, 5)
    assert ((first >= 0.0) & (first < 1.0)).all()
    assert np.array_equal(first, same)
    assert not np.allclose(first, other)
