"""Masks over a map, as Nav2's costmap filters have them: where not to drive, and how fast.

A mask is an occupancy grid of its own size, resolution and origin, in the map's frame. Its values, 0 to 100, are turned into what they
mean by a `base` and a `multiplier`: base + multiplier * value. Unknown, and everything beyond the mask, says nothing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.distance_field import distance_field
from astro_nav_common.errors import MapError
from astro_nav_common.grid import MAX_CELLS, Grid

#: types of nav2_msgs/CostmapFilterInfo
KEEPOUT, SPEED_PERCENT, SPEED_ABSOLUTE = 0, 1, 2


class SpeedLimit(NamedTuple):
    """As nav2_msgs/SpeedLimit: `value` is per cent of the largest speed or, if not `percentage`, m/s; 0 for no limit."""

    value: float
    percentage: bool


NO_LIMIT = SpeedLimit(0.0, False)


class KeepoutMask:
    """Value 100 forbids: no part of the robot's width may be there. Values between discourage."""

    def __init__(self, mask: Grid, base: float = 0.0, multiplier: float = 1.0) -> None:
        """Raises MapError for a mask that is too large, or a base or multiplier that is not finite."""
        self._values = _meanings(mask, base, multiplier)
        self._mask = mask

    def forbidden(self, grid: Grid, half_width: float) -> np.ndarray:
        """(rows, cols) bool: the cells of a map where the centre of a robot must not be. half_width: of the footprint, m."""
        out = np.empty(grid.shape, np.float32)
        distance_field(self._over(grid) >= OCCUPIED, grid.resolution, half_width + grid.resolution, out)
        return out < half_width

    def forbids(self, points: np.ndarray) -> np.ndarray:
        """(N,) bool: which of points (N, 2), m, are forbidden themselves; what lies between them may be missed."""
        cells = np.floor((points - (self._mask.origin_x, self._mask.origin_y)) / self._mask.resolution).astype(int)
        inside = ((cells >= 0) & (cells < self._mask.shape[::-1])).all(axis=1)
        forbidden = np.zeros(len(points), bool)
        forbidden[inside] = self._values[cells[inside, 1], cells[inside, 0]] >= OCCUPIED
        return forbidden

    def discouraged(self, grid: Grid, weight: float) -> tuple[np.ndarray, np.ndarray]:
        """(N, 2) row, col of the cells of a map that are discouraged, and (N,) the extra cost of a metre, at most `weight` m."""
        values = self._over(grid)
        cells = np.argwhere((values > 0.0) & (values < OCCUPIED))
        return cells, weight / OCCUPIED * values[cells[:, 0], cells[:, 1]]

    def _over(self, grid: Grid) -> np.ndarray:
        """(rows, cols) the mask's values at the centres of a map's cells, 0 where it says nothing.

        Where the mask's cells are smaller than the map's, a cell between the centres must not be lost: it marks its map cell, too.
        """
        rows, cols = grid.shape
        x, y = (
            grid.origin_x + (np.arange(cols) + 0.5) * grid.resolution,
            grid.origin_y + (np.arange(rows) + 0.5) * grid.resolution,
        )
        col = np.floor((x - self._mask.origin_x) / self._mask.resolution).astype(int)
        row = np.floor((y - self._mask.origin_y) / self._mask.resolution).astype(int)
        inside_row, inside_col = (row >= 0) & (row < self._mask.shape[0]), (col >= 0) & (col < self._mask.shape[1])
        values = np.zeros(grid.shape, np.float32)
        values[np.ix_(inside_row, inside_col)] = self._values[np.ix_(row[inside_row], col[inside_col])]
        if self._mask.resolution < grid.resolution:
            marked = np.argwhere(self._values > 0.0)
            cells = np.floor((self._mask.centers(marked) - (grid.origin_x, grid.origin_y)) / grid.resolution).astype(
                int
            )
            on = ((cells >= 0) & (cells < grid.shape[::-1])).all(axis=1)
            np.maximum.at(values, (cells[on, 1], cells[on, 0]), self._values[marked[on, 0], marked[on, 1]])
        return values


class SpeedMask:
    """Limits of speed by place."""

    def __init__(self, mask: Grid, base: float, multiplier: float, percentage: bool) -> None:
        """Args: percentage: the limits are per cent of the largest speed, else m/s. Raises MapError as KeepoutMask does."""
        self._limits = _meanings(mask, base, multiplier)
        self._mask, self._percentage = mask, percentage

    def limit_at(self, x: float, y: float) -> SpeedLimit:
        """The limit at a place of the map, m; NO_LIMIT where the mask says nothing, or nothing that makes sense as a limit."""
        if not (math.isfinite(x) and math.isfinite(y) and self._mask.contains(x, y)):
            return NO_LIMIT
        cell = self._mask.cell(x, y)
        limit = float(self._limits[cell])
        if self._mask.data[cell] in (0, UNKNOWN) or limit <= 0.0 or (self._percentage and limit >= 100.0):
            return NO_LIMIT
        return SpeedLimit(limit, self._percentage)


def _meanings(mask: Grid, base: float, multiplier: float) -> np.ndarray:
    """(rows, cols) float32 what the values of a mask mean, 0 where it says nothing."""
    if not (math.isfinite(base) and math.isfinite(multiplier)):
        raise MapError(f"a mask's base = {base} and multiplier = {multiplier} must be finite")
    if mask.data.size > MAX_CELLS:
        raise MapError(
            f"a mask of {mask.shape[0]} x {mask.shape[1]} cells is too large; at most {MAX_CELLS} are supported"
        )
    return np.where(mask.data == UNKNOWN, 0.0, base + multiplier * mask.data).astype(np.float32)
