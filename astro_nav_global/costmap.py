"""Costs of the cells of an occupancy grid, from their clearance.

A cell nearer to an obstacle than half of the footprint's width is blocked. Beyond that, a metre costs

    1 + clearance_weight * exp(-(clearance - half width) / clearance_scale) + unknown_weight * [unknown]

metres of open space: smooth, so paths keep to the middle where there is room, and finite, so they still pass where the
footprint just fits. Clearance is taken between cell centres; the obstacle's surface is somewhere in its cell, so this is right
on average, and a passage is not closed by where the grid lines happen to fall.

The costs are stored as levels, a byte a cell: 0 ... 252 linearly from 1 to the largest factor, then 253 and 254 as in Nav2.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.distance_field import distance_field
from astro_nav_common.grid import Grid
from astro_nav_common.jit import kernel
from astro_nav_global.params import GlobalParams
from astro_nav_global.window import Window, whole

#: the largest level of a passable cell, and Nav2's values for the others
PASSABLE, INSCRIBED, LETHAL, NO_INFORMATION = 252, 253, 254, 255


class Costmap:
    """Levels (rows, cols) uint8 of the occupancy grid `grid`, kept up to date window by window."""

    def __init__(self, grid: Grid, params: GlobalParams, half_width: float, unknown_weight: float | None) -> None:
        """Args: half_width: of the footprint, m. unknown_weight: see the module; None: unknown cells are blocked."""
        self.grid = grid
        self.levels = np.empty(grid.shape, np.uint8)
        self._params = params
        #: least clearance of a passable cell, m
        self.blocked_below = half_width + params.clearance_margin
        top = params.clearance_weight + (unknown_weight or 0.0)
        #: (253,) cost of a metre at each passable level, in metres of open space
        self.factors = 1.0 + top * np.arange(PASSABLE + 1) / PASSABLE
        self._clearance_levels = PASSABLE * params.clearance_weight / max(top, 1e-9)
        self._unknown_levels = (
            float(NO_INFORMATION) if unknown_weight is None else PASSABLE * unknown_weight / max(top, 1e-9)
        )
        # clearance that is worth less than half a level is as good as open space
        self._reach = self.blocked_below + params.clearance_scale * math.log(max(2.0 * self._clearance_levels, 1.0))
        self.update(whole(grid.shape))

    def update(self, changed: Window) -> None:
        """Take in that the occupancy of the cells in `changed` is another one."""
        reach = math.ceil(self._reach / self.grid.resolution) + 1
        affected = changed.grown(reach).intersection(whole(self.grid.shape))
        seen = affected.grown(reach).intersection(whole(self.grid.shape))
        occupancy = np.ascontiguousarray(self.grid.data[seen.slices()], np.int8)
        clearance = np.empty(occupancy.shape, np.float32)
        cap = self._reach + self.grid.resolution  # beyond the reach even after rounding
        distance_field(occupancy > OCCUPIED // 2, self.grid.resolution, cap, clearance)
        levels = np.empty(occupancy.shape, np.uint8)
        _fill_levels(
            occupancy, clearance, self.blocked_below, self._reach, 1.0 / self._params.clearance_scale,
            self._clearance_levels, self._unknown_levels, levels,
        )  # fmt: skip
        self.levels[affected.slices()] = levels[affected.slices(seen)]

    def level(self, row: int, col: int) -> int:
        """Level of a cell; outside the grid LETHAL."""
        rows, cols = self.levels.shape
        return int(self.levels[row, col]) if 0 <= row < rows and 0 <= col < cols else LETHAL

    def levels_at(self, points: np.ndarray) -> np.ndarray:
        """(N,) levels of points (N, 2+) x, y, ...; outside the grid LETHAL."""
        cells = np.floor((points[:, :2] - (self.grid.origin_x, self.grid.origin_y)) / self.grid.resolution).astype(int)
        inside = ((cells >= 0) & (cells < self.levels.shape[::-1])).all(axis=1)
        levels = np.full(len(points), LETHAL, np.uint8)
        levels[inside] = self.levels[cells[inside, 1], cells[inside, 0]]
        return levels

    def obstacles_near(self, x: float, y: float, radius: float) -> np.ndarray:
        """(N, 2) x, y of the centres of the occupied cells in the square of half-width `radius` m around a point."""
        row, col = self.grid.cell(x, y)
        window = Window(row, row + 1, col, col + 1).grown(math.ceil(radius / self.grid.resolution))
        window = window.intersection(whole(self.grid.shape))
        cells = np.argwhere(self.levels[window.slices()] == LETHAL)
        return self.grid.centers(cells + np.array((window.row_low, window.col_low)))

    def nav2_costs(self) -> Grid:
        """As nav2_msgs/Costmap has it: 0 free ... 252, 253 inscribed, 254 lethal, 255 unknown."""
        scale = PASSABLE / max(self._clearance_levels, 1e-9)
        table = np.rint(np.minimum(np.arange(256) * scale, PASSABLE)).astype(np.uint8)
        table[INSCRIBED:] = np.arange(INSCRIBED, 256)
        costs = table[self.levels]
        costs[(self.grid.data == UNKNOWN) & (self.levels <= PASSABLE)] = NO_INFORMATION
        return Grid(costs, self.grid.resolution, self.grid.origin_x, self.grid.origin_y)


def nav2_occupancy(costs: Grid) -> Grid:
    """Nav2's costs as nav_msgs/OccupancyGrid has them: 253 as 99, 254 as 100, 255 as -1, 1 ... 252 as 1 ... 98."""
    table = np.zeros(256, np.int8)
    table[1:INSCRIBED] = 1 + (97 * (np.arange(1, INSCRIBED) - 1)) // 251
    table[INSCRIBED:] = (99, 100, UNKNOWN)
    return Grid(table[costs.data], costs.resolution, costs.origin_x, costs.origin_y)


@kernel
def _fill_levels(
    occupancy: np.ndarray, clearance: np.ndarray, blocked_below: float, reach: float, decay: float,
    clearance_levels: float, unknown_levels: float, out: np.ndarray,
) -> None:  # fmt: skip
    """Levels (rows, cols) uint8 of occupancy int8 and clearance float32; see the module."""
    for row in range(occupancy.shape[0]):
        for col in range(occupancy.shape[1]):
            gap = clearance[row, col]
            if gap == 0.0:
                out[row, col] = LETHAL
            elif gap < blocked_below:
                out[row, col] = INSCRIBED
            else:
                level = clearance_levels * math.exp(-(gap - blocked_below) * decay) if gap < reach else 0.0
                if occupancy[row, col] < 0:
                    level += unknown_levels
                # only unknown space that may not be crossed is above the passable levels
                out[row, col] = int(level + 0.5) if level < 254.5 else NO_INFORMATION
