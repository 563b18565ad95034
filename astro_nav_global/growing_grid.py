"""What the local layer has observed, as a grid that grows where the robot goes.

Without a map it is the map. With one it lies over it: newer than the map, and forgotten after a while.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.conventions import FREE, OCCUPIED, UNKNOWN
from astro_nav_common.errors import InputError
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.window import Window

#: m, the grid grows by at least this much, so that it does not grow at every observation
_CHUNK = 10.0
#: m, further than anything; its cells can still be counted
_FAR = 1e9
_IDENTITY = Pose(0.0, 0.0, 0.0)
_NOWHERE = Window(0, 0, 0, 0)


class GrowingGrid:
    """Occupancy observed, cell by cell, and when.

    Cells are counted from an anchor, (row, col) = (0, 0) having its lower left corner there, and may be negative; so the cells of
    a map are the same here when the anchor is the map's origin. `window` holds the cells stored; outside all is unknown.
    """

    def __init__(self, resolution: float, extent: float, anchor: tuple[float, float] = (0.0, 0.0)) -> None:
        """Args: resolution: m a cell. extent: largest width and height, m. anchor: x, y, m."""
        self.resolution = resolution
        self.anchor = anchor
        self._cells_max = math.ceil(extent / resolution)
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.window = _NOWHERE
        self._values = np.empty((0, 0), np.int8)
        self._seen_at = np.empty((0, 0), np.float32)  # s since `_epoch`: float32 has no room for seconds since 1970
        self._epoch = 0.0

    def integrate(self, local_map: Grid, now: float, T_world_local: Pose = _IDENTITY) -> Window:
        """Take over what is known in a local map; its unknown cells change nothing.

        Args:
            local_map: occupancy, int8, in its own frame.
            now: time of the observation, s.
            T_world_local: that frame in this grid's frame.

        Returns:
            The cells that may have changed.
        """
        if not all(math.isfinite(value) for value in (now, *T_world_local)):
            raise InputError(f"an observation at t = {now} s, frame at {tuple(T_world_local)}, must be finite")
        if self.window.is_empty:
            self._epoch = now
        size = np.array(local_map.shape[::-1]) * local_map.resolution
        corners = np.array(((0, 0), (1, 0), (1, 1), (0, 1))) * size + (local_map.origin_x, local_map.origin_y)
        window = self._window_of(transform_points(T_world_local, corners))
        self._make_room(window)
        window = window.intersection(self.window)
        seen = _resample(local_map, T_world_local, self._grid_of(window))
        inside = window.slices(self.window)
        self._values[inside][seen != UNKNOWN] = seen[seen != UNKNOWN]
        self._seen_at[inside][seen != UNKNOWN] = now - self._epoch
        return window

    def block(self, x: float, y: float, radius: float, now: float) -> Window:
        """Note a disc, m, as occupied: a place that turned out to be impassable. Returns the cells that may have changed."""
        cells = 2 * math.ceil(radius / self.resolution) + 1
        low = -0.5 * cells * self.resolution
        offsets = low + (np.arange(cells) + 0.5) * self.resolution
        disc = np.hypot(offsets[:, None], offsets[None, :]) <= max(radius, 0.5 * self.resolution)
        values = np.where(disc, OCCUPIED, UNKNOWN).astype(np.int8)
        return self.integrate(Grid(values, self.resolution, x + low, y + low), now)

    def forget(self, before: float) -> Window:
        """Make cells last seen before that time, s, unknown. Returns the cells that may have changed."""
        old = (self._seen_at < before - self._epoch) & (self._values != UNKNOWN)
        self._values[old] = UNKNOWN
        return self.window if old.any() else _NOWHERE

    def forget_since(self, after: float) -> Window:
        """Make cells last seen at that time, s, or later unknown. Returns the cells that may have changed."""
        new = (self._seen_at >= after - self._epoch) & (self._values != UNKNOWN)
        self._values[new] = UNKNOWN
        return self.window if new.any() else _NOWHERE

    def forget_around(self, x: float, y: float, radius: float) -> Window:
        """Make the cells in the square of half-width `radius` m around a point unknown. Returns them."""
        square = self._window_of(np.array(((x - radius, y - radius), (x + radius, y + radius))))
        square = square.intersection(self.window)
        if not square.is_empty:
            self._values[square.slices(self.window)] = UNKNOWN
        return square

    def forget_outside(self, x: float, y: float, radius: float) -> Window:
        """Make all cells but those in the square of half-width `radius` m around a point unknown. Returns what may have changed."""
        square = self._window_of(np.array(((x - radius, y - radius), (x + radius, y + radius))))
        square = square.intersection(self.window)
        kept = None if square.is_empty else self._values[square.slices(self.window)].copy()
        self._values[:] = UNKNOWN
        if kept is not None:
            self._values[square.slices(self.window)] = kept
        return self.window

    def view(self, window: Window) -> Grid:
        """Those cells as a grid of their own, unknown where nothing is stored."""
        grid = self._grid_of(window)
        stored = window.intersection(self.window)
        if not stored.is_empty:
            grid.data[stored.slices(window)] = self._values[stored.slices(self.window)]
        return grid

    def view_around(self, points: np.ndarray, margin: float) -> Grid:
        """All cells stored and the places (N, 2), with `margin` m around, as one grid.

        Places further than the extent from what is stored (or, while that is nothing, from the first of them) are left out, so that
        no request can ask for more memory than there is.
        """
        reach = (self._window_of(points[:1]) if self.window.is_empty else self.window).grown(self._cells_max)
        cells = self._cells_of(points)
        near = (cells >= (reach.col_low, reach.row_low)) & (cells < (reach.col_high, reach.row_high))
        window = self._window_of(points[near.all(axis=1)]).union(self.window)
        return self.view(window.grown(math.ceil(margin / self.resolution)))

    def _window_of(self, points: np.ndarray) -> Window:
        """The cells that hold the bounding box of points (N, 2); none for no points."""
        if not len(points):
            return Window(0, 0, 0, 0)
        cells = self._cells_of(points)
        (col_low, row_low), (col_high, row_high) = cells.min(axis=0), cells.max(axis=0)
        return Window(int(row_low), int(row_high) + 1, int(col_low), int(col_high) + 1)

    def _cells_of(self, points: np.ndarray) -> np.ndarray:
        """(N, 2) col, row of the cells that hold points (N, 2); those beyond all bounds are brought to where they can be counted."""
        return np.floor(np.clip(points - self.anchor, -_FAR, _FAR) / self.resolution).astype(int)

    def _grid_of(self, window: Window) -> Grid:
        """A grid of those cells, all unknown."""
        x, y = (self.anchor[0] + window.col_low * self.resolution, self.anchor[1] + window.row_low * self.resolution)
        return Grid(np.full(window.shape, UNKNOWN, np.int8), self.resolution, x, y)

    def _make_room(self, wanted: Window) -> None:
        """Store the wanted cells too, as far as the extent allows; then the side away from them is given up."""
        old = self.window
        if wanted.intersection(old) == wanted:
            return
        chunk = math.ceil(_CHUNK / self.resolution)
        every = wanted.grown(chunk).union(old)
        new = Window(
            *_at_most(self._cells_max, every.row_low, every.row_high, wanted.row_low, wanted.row_high),
            *_at_most(self._cells_max, every.col_low, every.col_high, wanted.col_low, wanted.col_high),
        )
        values, seen_at = self.view(new).data, np.zeros(new.shape, np.float32)
        kept = old.intersection(new)
        if not kept.is_empty:
            seen_at[kept.slices(new)] = self._seen_at[kept.slices(old)]
        self.window, self._values, self._seen_at = new, values, seen_at


def _at_most(limit: int, low: int, high: int, wanted_low: int, wanted_high: int) -> tuple[int, int]:
    """The part of [low, high) of at most `limit` cells that has the wanted ones nearest to its middle."""
    low = max(low, min((wanted_low + wanted_high - limit) // 2, high - limit))
    return low, min(high, low + limit)


def _resample(local_map: Grid, T_world_local: Pose, target: Grid) -> np.ndarray:
    """(rows, cols) int8 of the target's cells: free, occupied or unknown, as the local map has them at their centres.

    Where the target is coarser or turned, an occupied cell could fall between the centres: it marks the cell it lies in as well.
    """
    rows, cols = target.shape
    centers = target.centers(np.argwhere(np.ones((rows, cols), bool)))
    row, col = _cells(local_map, transform_points(inverse(T_world_local), centers))
    inside = (row >= 0) & (row < local_map.shape[0]) & (col >= 0) & (col < local_map.shape[1])
    found = np.full(rows * cols, UNKNOWN, np.int8)
    found[inside] = local_map.data[row[inside], col[inside]]
    seen = np.where(found < 0, UNKNOWN, FREE).astype(np.int8).reshape(rows, cols)
    obstacles = local_map.centers(np.argwhere(local_map.occupied()))
    row, col = _cells(target, transform_points(T_world_local, obstacles))
    inside = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
    seen[row[inside], col[inside]] = OCCUPIED
    seen[(found > OCCUPIED // 2).reshape(rows, cols)] = OCCUPIED
    return seen


def _cells(grid: Grid, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (N,) of points (N, 2); they may lie outside."""
    cells = np.floor((points - (grid.origin_x, grid.origin_y)) / grid.resolution).astype(int)
    return cells[:, 1], cells[:, 0]
