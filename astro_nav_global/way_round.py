"""The way round a passage that is closed."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_global.astar import GridSearch
from astro_nav_global.costmap import LETHAL, PASSABLE, Costmap
from astro_nav_global.passages import HALF_DEPTH, Passage

#: m from the middle of a passage at which its two sides are looked for
_BEFORE = np.arange(HALF_DEPTH + 0.1, 1.0, 0.05)


def way_round(costmap: Costmap, search: GridSearch, passage: Passage) -> float:
    """Cost, in metres of open space, from one side of a passage to the other without going through; infinite if there is no way."""
    grid = costmap.grid
    sides = [
        _passable(costmap, passage.place(np.full(len(_BEFORE), 0.5 * passage.width), sign * _BEFORE))
        for sign in (1, -1)
    ]
    if sides[0] is None or sides[1] is None:
        return math.inf
    levels = costmap.levels.copy()
    cells = cells_of(costmap, passage, margin=grid.resolution)
    levels[cells[:, 0], cells[:, 1]] = LETHAL
    if levels[sides[0]] > PASSABLE or levels[sides[1]] > PASSABLE:
        return math.inf
    found = search.run(levels, costmap.factors, sides[0], sides[1])
    return math.inf if found is None else found.cost * grid.resolution


def cells_of(costmap: Costmap, passage: Passage, margin: float = 0.0) -> np.ndarray:
    """(N, 2) row, col of the cells of a passage and `margin` m around it."""
    grid = costmap.grid
    row, col = grid.cell(*passage.middle)
    reach = math.ceil((0.5 * passage.width + HALF_DEPTH + 2.0 * margin) / grid.resolution) + 1
    rows = np.arange(max(row - reach, 0), min(row + reach + 1, grid.shape[0]))
    cols = np.arange(max(col - reach, 0), min(col + reach + 1, grid.shape[1]))
    cells = np.stack(np.meshgrid(rows, cols, indexing="ij"), axis=-1).reshape(-1, 2)
    return cells[passage.holds(grid.centers(cells), margin)]


def _passable(costmap: Costmap, points: np.ndarray) -> tuple[int, int] | None:
    """The cell of the first of points (N, 2) that is passable."""
    free = np.flatnonzero(costmap.levels_at(points) <= PASSABLE)
    return None if len(free) == 0 else costmap.grid.cell(*points[free[0]])
