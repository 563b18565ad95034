"""Costs of the cells of an occupancy grid, from their clearance.

A cell nearer to an obstacle than half of the footprint's width is blocked. With `gap`, the clearance beyond that, a metre costs

    1 + clearance_weight * exp(-gap / clearance_scale) + tight_weight * exp(-gap / tight_scale) + unknown_weight * [unknown]

metres of open space: smooth, so paths keep to the middle where there is room, and finite, so they still pass where the
footprint just fits. Clearance is taken between cell centres; the obstacle's surface is somewhere in its cell, so this is right
on average, and a passage is not closed by where the grid lines happen to fall.

The costs are stored as levels, a byte a cell: 0 ... 240 for factors from 1 to the largest, finer at the low end (the factor rises
with the level's square), 241 ... 252 for what costs more than that (see `set_extra`), each a fifth more than the one before, then
253 and 254 as in Nav2.
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
#: the largest level that clearance and the unknown make; above it factors grow by this much a level
_ORDINARY, _GROWTH = 240, 1.2
#: an extra cost that is as good as none; where it has fallen to this, clearance counts no more
_NEGLIGIBLE = 0.01


class Costmap:
    """Levels (rows, cols) uint8 of the occupancy grid `grid`, kept up to date window by window."""

    def __init__(self, grid: Grid, params: GlobalParams, half_width: float, unknown_weight: float | None) -> None:
        """Args: half_width: of the footprint, m. unknown_weight: see the module; None: unknown cells are blocked."""
        self.grid = grid
        self.levels = np.empty(grid.shape, np.uint8)
        self._params = params
        #: least clearance of a passable cell, m
        self.blocked_below = half_width + params.clearance_margin
        clearance_top = params.clearance_weight + params.tight_weight
        self._unknown_extra = math.inf if unknown_weight is None else unknown_weight
        self._top = max(clearance_top + (unknown_weight or 0.0), 1e-9)
        rising = 1.0 + self._top * (np.arange(_ORDINARY + 1) / _ORDINARY) ** 2
        above = rising[-1] * _GROWTH ** np.arange(1, PASSABLE - _ORDINARY + 1)
        self._all_factors = np.concatenate((rising, above))
        self._ordinary_factors = np.minimum(self._all_factors, rising[-1])
        self._extra_cells: np.ndarray = np.empty((0, 2), np.int64)
        self._extra: np.ndarray = np.empty(0)
        self._forbidden: np.ndarray | None = None
        self._clearance_levels = _ORDINARY * math.sqrt(clearance_top / self._top)  # largest where nothing is unknown
        self._reach = self.blocked_below + max(
            scale * math.log(max(weight / _NEGLIGIBLE, 1.0))
            for weight, scale in (
                (params.clearance_weight, params.clearance_scale),
                (params.tight_weight, params.tight_scale),
            )
        )
        self.update(whole(grid.shape))

    @property
    def factors(self) -> np.ndarray:
        """(253,) cost of a metre at each passable level, in metres of open space."""
        # levels that nothing has need not widen the range of costs that a search prepares for
        return self._all_factors if len(self._extra) else self._ordinary_factors

    def set_extra(self, cells: np.ndarray, extra: np.ndarray) -> None:
        """Let a metre cost `extra` (N,) metres of open space more in cells (N, 2) row, col, and no more in any other cell.

        Of a cell that is given twice the larger counts; factors beyond the table's are cut to its end.
        """
        order = np.argsort(extra, kind="stable")
        cells, extra = cells[order], extra[order]
        if np.array_equal(cells, self._extra_cells) and np.array_equal(extra, self._extra):
            return
        affected = _bounds(np.concatenate((self._extra_cells, cells)))
        self._extra_cells, self._extra = cells, extra
        self.update(affected)

    def forbid(self, forbidden: np.ndarray | None) -> None:
        """Block the cells of a mask (rows, cols) bool, whatever their occupancy; None: no cells."""
        self._forbidden = forbidden
        self.update(whole(self.grid.shape))

    def update(self, changed: Window) -> None:
        """Take in that the occupancy of the cells in `changed` is another one."""
        reach = math.ceil(self._reach / self.grid.resolution) + 1
        affected = changed.grown(reach).intersection(whole(self.grid.shape))
        if affected.is_empty:
            return
        seen = affected.grown(reach).intersection(whole(self.grid.shape))
        occupancy = np.ascontiguousarray(self.grid.data[seen.slices()], np.int8)
        clearance = np.empty(occupancy.shape, np.float32)
        cap = self._reach + self.grid.resolution  # beyond the reach even after rounding
        distance_field(occupancy > OCCUPIED // 2, self.grid.resolution, cap, clearance)
        levels = np.empty(occupancy.shape, np.uint8)
        weights = np.array((self._params.clearance_weight, self._params.tight_weight))
        decays = 1.0 / np.array((self._params.clearance_scale, self._params.tight_scale))
        _fill_levels(
            occupancy,
            clearance,
            self.blocked_below,
            self._reach,
            weights,
            decays,
            self._unknown_extra,
            self._top,
            levels,
        )
        self.levels[affected.slices()] = levels[affected.slices(seen)]
        self._raise(affected)

    def _raise(self, window: Window) -> None:
        """Add the extra costs and block what is forbidden, in cells whose levels say nothing of either yet."""
        rows, cols = self._extra_cells.T
        inside = (
            (rows >= window.row_low) & (rows < window.row_high) & (cols >= window.col_low) & (cols < window.col_high)
        )
        rows, cols, extra = rows[inside], cols[inside], self._extra[inside]
        levels = self.levels[rows, cols]
        passable = levels <= PASSABLE
        rows, cols, wanted = rows[passable], cols[passable], self._all_factors[levels[passable]] + extra[passable]
        self.levels[rows, cols] = np.minimum(np.searchsorted(self._all_factors, wanted), PASSABLE)
        if self._forbidden is not None:
            levels = self.levels[window.slices()]
            levels[self._forbidden[window.slices()] & (levels <= PASSABLE)] = INSCRIBED

    def level(self, row: int, col: int) -> int:
        """Level of a cell; outside the grid LETHAL."""
        rows, cols = self.levels.shape
        return int(self.levels[row, col]) if 0 <= row < rows and 0 <= col < cols else LETHAL

    def levels_at(self, points: np.ndarray) -> np.ndarray:
        """(N,) levels of points (N, 2+) x, y, ...; outside the grid LETHAL."""
        cells = np.floor((points[:, :2] - (self.grid.origin_x, self.grid.origin_y)) / self.grid.resolution)
        inside = ((cells >= 0.0) & (cells < self.levels.shape[::-1])).all(
            axis=1
        )  # before integers, which 1e300 is none of
        levels = np.full(len(points), LETHAL, np.uint8)
        col, row = cells[inside].astype(int).T
        levels[inside] = self.levels[row, col]
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


def _bounds(cells: np.ndarray) -> Window:
    """The smallest window that holds cells (N, 2)."""
    if len(cells) == 0:
        return Window(0, 0, 0, 0)
    (row_low, col_low), (row_high, col_high) = cells.min(axis=0), cells.max(axis=0)
    return Window(int(row_low), int(row_high) + 1, int(col_low), int(col_high) + 1)


@kernel
def _fill_levels(
    occupancy: np.ndarray, clearance: np.ndarray, blocked_below: float, reach: float, weights: np.ndarray, decays: np.ndarray,
    unknown_extra: float, top: float, out: np.ndarray,
) -> None:  # fmt: skip
    """Levels (rows, cols) uint8 of occupancy int8 and clearance float32, m; weights and decays (2,), 1 and 1/m: see the module."""
    for row in range(occupancy.shape[0]):
        for col in range(occupancy.shape[1]):
            if clearance[row, col] == 0.0:
                out[row, col] = LETHAL
                continue
            gap = clearance[row, col] - blocked_below
            if gap < 0.0:
                out[row, col] = INSCRIBED
                continue
            extra = 0.0
            if clearance[row, col] < reach:
                extra = weights[0] * math.exp(-gap * decays[0]) + weights[1] * math.exp(-gap * decays[1])
            if occupancy[row, col] < 0:
                extra += unknown_extra
            out[row, col] = (
                NO_INFORMATION if extra == math.inf else int(_ORDINARY * math.sqrt(min(extra / top, 1.0)) + 0.5)
            )
