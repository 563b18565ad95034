"""Costs of cells: what is open, what is blocked, what lies between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import ndimage

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.grid import Grid
from astro_nav_global.costmap import INSCRIBED, LETHAL, NO_INFORMATION, PASSABLE, Costmap, nav2_occupancy
from astro_nav_global.params import GlobalParams
from astro_nav_global.window import Window

PARAMS = GlobalParams()
ASTRO, JACKAL = 0.125, 0.208  # half widths, m


def costmap_of(occupancy: np.ndarray, half_width: float = ASTRO, unknown_weight: float | None = 4.0) -> Costmap:
    """Costs at 0.05 m."""
    return Costmap(Grid(occupancy.astype(np.int8), 0.05, 0.0, 0.0), PARAMS, half_width, unknown_weight)


def corridor(width: float, length: int = 40) -> np.ndarray:
    """Two walls, `width` m of free cells apart, along x."""
    free = round(width / 0.05)
    occupancy = np.full((free + 20, length), OCCUPIED)
    occupancy[10 : 10 + free] = 0
    return occupancy


@pytest.mark.parametrize(("half_width", "width"), [(ASTRO, 0.55), (ASTRO, 0.25), (JACKAL, 0.75), (JACKAL, 0.45)])
def test_a_passage_that_the_footprint_fits_is_open(half_width: float, width: float) -> None:
    levels = costmap_of(corridor(width), half_width).levels
    assert (levels.min(axis=0) <= PASSABLE).all()


@pytest.mark.parametrize(("half_width", "width"), [(ASTRO, 0.15), (JACKAL, 0.35)])
def test_a_passage_two_cells_too_narrow_is_closed(half_width: float, width: float) -> None:
    assert costmap_of(corridor(width), half_width).levels.min() > PASSABLE


@pytest.mark.parametrize("width", [0.55, 0.8, 1.5])
def test_cost_falls_from_the_walls_to_the_middle(width: float) -> None:
    across = costmap_of(corridor(width)).levels[:, 20].astype(int)
    free = across[across <= PASSABLE]
    half = free[: (len(free) + 1) // 2]
    assert (np.diff(half) < 0).all()
    np.testing.assert_array_equal(free, free[::-1])


def test_factors_follow_the_formula() -> None:
    occupancy = np.zeros((5, 60))
    occupancy[:, 0] = OCCUPIED
    costmap = costmap_of(occupancy, unknown_weight=0.0)
    gap = 0.05 * np.arange(3, 60) - ASTRO
    expected = (
        1.0
        + PARAMS.clearance_weight * np.exp(-gap / PARAMS.clearance_scale)
        + PARAMS.tight_weight * np.exp(-gap / PARAMS.tight_scale)
    )
    np.testing.assert_allclose(costmap.factors[costmap.levels[2, 3:]], expected, rtol=0.012)
    assert costmap.factors[0] == 1.0


def test_unknown_costs_more_and_is_no_wall_unless_told() -> None:
    occupancy = np.zeros((5, 10))
    occupancy[:, 5:] = UNKNOWN
    costly, walled = costmap_of(occupancy, unknown_weight=3.0), costmap_of(occupancy, unknown_weight=None)
    np.testing.assert_allclose(costly.factors[costly.levels[2]], [1.0] * 5 + [4.0] * 5, rtol=0.01)
    np.testing.assert_array_equal(walled.levels[2], [0] * 5 + [NO_INFORMATION] * 5)


def test_nav2_values() -> None:
    occupancy = np.zeros((9, 60))
    occupancy[:, 0] = OCCUPIED
    occupancy[:, 50:] = UNKNOWN
    costs = costmap_of(occupancy).nav2_costs().data[4]
    assert list(costs[:3]) == [LETHAL, INSCRIBED, INSCRIBED]
    assert 200 < costs[3] <= 252 and costs[45] == 0
    assert (np.diff(costs[2:50].astype(int)) <= 0).all()
    assert (costs[50:] == NO_INFORMATION).all()


def test_nav2_occupancy_is_translated_as_nav2_does() -> None:
    costs = Grid(np.array([[0, 1, 126, 252, 253, 254, 255]], np.uint8), 0.05, 0.0, 0.0)
    np.testing.assert_array_equal(nav2_occupancy(costs).data, [[0, 1, 49, 98, 99, 100, -1]])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_blocked_cells_are_those_nearer_than_half_the_width(seed: int) -> None:
    occupied = np.random.default_rng(seed).random((25, 31)) < 0.02
    occupied[0, 0] = True
    levels = costmap_of(np.where(occupied, OCCUPIED, 0), JACKAL).levels
    clearance = 0.05 * ndimage.distance_transform_edt(~occupied)
    np.testing.assert_array_equal(levels > PASSABLE, clearance < JACKAL)
    np.testing.assert_array_equal(levels == LETHAL, occupied)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_an_updated_window_equals_a_new_costmap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    occupancy = rng.choice([0, 0, 0, 0, UNKNOWN, OCCUPIED], (90, 110)).astype(np.int8)
    costmap = costmap_of(occupancy)
    row, col = rng.integers(0, 80, 2)
    window = Window(int(row), int(row) + 9, int(col), int(col) + 7)
    costmap.grid.data[window.slices()] = rng.choice([0, OCCUPIED], (9, 7))
    costmap.update(window)
    np.testing.assert_array_equal(costmap.levels, costmap_of(costmap.grid.data).levels)
