"""A world from an occupancy map: its occupied cells, as few boxes as a greedy merging makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from astro_nav_common.conventions import FREE
from astro_nav_common.distance_field import distance_field
from astro_nav_common.errors import MapError
from astro_nav_common.grid import Grid
from astro_nav_common.jit import kernel
from astro_nav_common.types import Pose
from astro_nav_global.map_io import load_map
from astro_nav_sim.world import Box, World

_HEIGHT = 0.8  # m; a flat map does not say
_ROOMY = 0.6  # m of clearance beyond which one start is as good as another


def map_world(path: Path) -> World:
    """The world that a map_server map shows; the robot is given the map. Start: a roomy place near its middle.

    Raises:
        MapError: the map cannot be used, or has no free cell.
    """
    grid = load_map(path)
    return grid_world(path.stem, grid)


def grid_world(name: str, grid: Grid) -> World:
    """The world of an occupancy grid; raises MapError if nothing of it is free."""
    h = grid.resolution
    boxes = []
    for i, (row, col, rows, cols) in enumerate(rectangles(grid.occupied())):
        x, y = grid.origin_x + (col + 0.5 * cols) * h, grid.origin_y + (row + 0.5 * rows) * h
        boxes.append(Box(f"map_{i}", float(x), float(y), 0.0, float(cols * h), float(rows * h), 0.0, _HEIGHT, "map"))
    return World(name, tuple(boxes), roomy_place(name, grid), map=grid)


def rectangles(occupied: np.ndarray) -> np.ndarray:
    """(N, 4) int row, col, rows, cols of disjoint rectangles that cover the True cells of a (rows, cols) array, and no others.

    Greedy: each rectangle starts at the first cell not yet covered, is made as wide as possible, then as high.
    """
    left = np.ascontiguousarray(occupied, np.uint8).copy()
    out = np.empty((int(left.sum()), 4), np.int64)
    return out[: _merge(left, out)]


def roomy_place(name: str, grid: Grid) -> Pose:
    """A free place with much clearance, the one nearest the middle of all free cells; heading along x."""
    free = grid.data == FREE
    if not free.any():
        raise MapError(f"map '{name}' has no free cell to start from")
    clearance = np.empty(grid.shape, np.float32)
    distance_field(~free, grid.resolution, _ROOMY, clearance)
    cells = np.argwhere(clearance >= clearance.max() - 1e-3)
    middle = np.argwhere(free).mean(axis=0)
    row, col = cells[np.argmin(np.hypot(*(cells - middle).T))]
    x, y = grid.center(int(row), int(col))
    return Pose(float(x), float(y), 0.0)


@kernel
def _merge(left: np.ndarray, out: np.ndarray) -> int:
    """Clears `left` while filling `out`; the number of rectangles."""
    rows, cols = left.shape
    count = 0
    for row in range(rows):
        for col in range(cols):
            if not left[row, col]:
                continue
            width = 1
            while col + width < cols and left[row, col + width]:
                width += 1
            height = 1
            full = True
            while full and row + height < rows:
                for c in range(col, col + width):
                    if not left[row + height, c]:
                        full = False
                        break
                if full:
                    height += 1
            left[row : row + height, col : col + width] = 0
            out[count, 0], out[count, 1], out[count, 2], out[count, 3] = row, col, height, width
            count += 1
    return count
