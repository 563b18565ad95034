"""Grids."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.conventions import FREE, OCCUPIED, UNKNOWN
from astro_nav_common.errors import MapError
from astro_nav_common.grid import Grid


@pytest.fixture
def grid() -> Grid:
    """3 rows of 4 cells, 0.5 m each, lower left corner at (-1, 2)."""
    return Grid(np.zeros((3, 4), np.int8), 0.5, -1.0, 2.0)


def test_rows_are_y_and_columns_are_x(grid: Grid) -> None:
    assert grid.shape == (3, 4)
    assert grid.cell(0.9, 2.1) == (0, 3)
    assert grid.center(0, 3) == (0.75, 2.25)


def test_the_centre_of_a_cell_is_in_it(grid: Grid) -> None:
    cells = np.argwhere(grid.data == 0)
    for (row, col), center in zip(cells, grid.centers(cells)):
        assert grid.cell(*center) == (row, col)
        assert grid.center(row, col) == pytest.approx(tuple(center))


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [
        (-1.0, 2.0, True),
        (0.999, 3.499, True),
        (1.0, 3.0, False),
        (0.0, 3.5, False),
        (-1.001, 3.0, False),
        (0.0, 1.9, False),
    ],
)
def test_the_lower_edges_belong_to_the_grid_and_the_upper_do_not(grid: Grid, x: float, y: float, inside: bool) -> None:
    assert grid.contains(x, y) is inside


def test_unknown_is_not_occupied() -> None:
    grid = Grid(np.array([[FREE, UNKNOWN, OCCUPIED, 50, 51]], np.int8), 0.05, 0.0, 0.0)
    assert grid.occupied().tolist() == [[False, False, True, False, True]]


@pytest.mark.parametrize(
    ("shape", "resolution", "origin", "message"),
    [
        ((0, 3), 0.05, 0.0, "non-empty 2-d array"),
        ((3,), 0.05, 0.0, "non-empty 2-d array"),
        ((3, 3), 0.0, 0.0, "resolution 0.0 of a grid must be a positive number"),
        ((3, 3), math.nan, 0.0, "resolution nan"),
        ((3, 3), -0.1, 0.0, "resolution -0.1"),
        ((3, 3), 0.05, math.inf, "origin"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(
    shape: tuple[int, ...], resolution: float, origin: float, message: str
) -> None:
    with pytest.raises(MapError, match=message):
        Grid(np.zeros(shape, np.int8), resolution, origin, 0.0)
