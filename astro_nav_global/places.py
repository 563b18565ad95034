"""Memory of places in the open: squares of about 0.2 m that the map shows as free, and that have been found occupied.

Squares beside what the map shows as occupied are left out: there a wall seen through a wrong pose of 0.1 m would count as news.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.beliefs import Counts, Pace, added, as_of, is_change, probability_open, weight
from astro_nav_global.passages import MAPPED_OPEN

_SIZE = 0.2  # m
#: m from what the map shows as occupied, within which nothing is remembered
_MARGIN = 0.25
#: an observation that counts less is left out; counts that have faded to this are forgotten
_LEAST_WEIGHT, _FADED = 0.25, 0.05
_PREFIX = "cell"


class PlaceMemory:
    """Counts (rows, cols) of the squares of a map; only squares found occupied at least once are remembered."""

    def __init__(self, grid: Grid) -> None:
        """Args: grid: the map."""
        self._map = grid
        self._factor = max(1, round(_SIZE / grid.resolution))
        rows, cols = (-(-n // self._factor) for n in grid.shape)
        self.size = self._factor * grid.resolution
        self._grid = Grid(np.full((rows, cols), UNKNOWN, np.int8), self.size, grid.origin_x, grid.origin_y)
        reach = int(np.ceil(_MARGIN / grid.resolution))
        near = ndimage.maximum_filter(grid.data != 0, 2 * reach + 1)
        near = np.pad(near, [(0, n * self._factor - m) for n, m in zip((rows, cols), grid.shape)], constant_values=True)
        self._watched = ~np.any(near.reshape(rows, self._factor, cols, self._factor), axis=(1, 3))
        self._clear()

    def observe(
        self, local_map: Grid, now: float, T_map_local: Pose, independence: float, habit: float
    ) -> list[tuple[str, bool, float, float]]:
        """Count what is seen; returns the (name, is open, weight, time) of the squares that it was news of.

        Args:
            independence, habit: half-lives of news and of the counts, s.
        """
        rows, cols = self._seen_window(local_map, T_map_local)
        if rows.stop <= rows.start or cols.stop <= cols.start:
            return []
        is_open, is_blocked = self._seen(local_map, T_map_local, rows, cols)
        counts = self._counts(rows, cols)
        weights = weight(counts, is_open, now, independence)
        remembered = np.asarray(counts.blocked) > _FADED
        notable = (weights >= _LEAST_WEIGHT) | is_change(counts, is_open)
        news = self._watched[rows, cols] & (is_blocked | (is_open & remembered)) & notable
        if not news.any():
            return []
        after = added(counts, is_open, weights, now, habit)
        for mine, new in zip(self._all, after):
            mine[rows, cols][news] = np.broadcast_to(np.asarray(new), news.shape)[news]
        return [
            (f"{_PREFIX} {row + rows.start} {col + cols.start}", bool(is_open[row, col]), float(weights[row, col]), now)
            for row, col in np.argwhere(news)
        ]

    def load(self, loaded: Mapping[str, Counts]) -> None:
        """Take over the counts of squares by name."""
        self._clear()
        for name, counts in loaded.items():
            prefix, *numbers = name.split(" ")
            if prefix != _PREFIX or len(numbers) != 2:
                continue
            row, col = map(int, numbers)
            if 0 <= row < self._grid.shape[0] and 0 <= col < self._grid.shape[1]:
                for mine, value in zip(self._all, counts):
                    mine[row, col] = value

    def rebase(self, now: float) -> None:
        """Take times that lie ahead by mistake as now."""
        for mine, new in zip(self._all, as_of(Counts(*self._all), now)):
            mine[...] = new

    def likely_blocked(self, now: float, pace: Pace, prior: float) -> tuple[np.ndarray, np.ndarray]:
        """(N, 2) row, col of cells of the map, and (N,) how much likelier they are blocked than the map says, above 0."""
        squares, excess = self._excess(now, pace, prior)
        inner = np.argwhere(np.ones((self._factor, self._factor), bool))
        cells = (squares[:, None, :] * self._factor + inner[None, :, :]).reshape(-1, 2)
        inside = (cells < self._map.shape).all(axis=1)
        return cells[inside], np.repeat(excess, len(inner))[inside]

    def layer(self, now: float, pace: Pace, prior: float) -> Grid:
        """Percentage of being blocked, int8, -1 where nothing is remembered."""
        layer = Grid(np.full(self._grid.shape, UNKNOWN, np.int8), self.size, self._grid.origin_x, self._grid.origin_y)
        squares, excess = self._excess(now, pace, prior)
        layer.data[squares[:, 0], squares[:, 1]] = np.rint(100.0 * np.minimum(excess + 1.0 - MAPPED_OPEN, 1.0))
        return layer

    def _excess(self, now: float, pace: Pace, prior: float) -> tuple[np.ndarray, np.ndarray]:
        squares = np.argwhere(self._all[1] > 0.0)
        counts = Counts(*(array[squares[:, 0], squares[:, 1]] for array in self._all))
        excess = MAPPED_OPEN - probability_open(counts, now, pace, MAPPED_OPEN, prior)
        notable = excess > _FADED
        return squares[notable], excess[notable]

    def _clear(self) -> None:
        shape = self._grid.shape
        opened, blocked = np.zeros((2, *shape), np.float32)
        seen_at, open_at, blocked_at = np.full((3, *shape), -np.inf)
        #: in the order of `Counts`
        self._all: list[np.ndarray] = [opened, blocked, seen_at, np.ones(shape, bool), open_at, blocked_at]

    def _counts(self, rows: slice, cols: slice) -> Counts:
        return Counts(*(array[rows, cols] for array in self._all))

    def _seen_window(self, local_map: Grid, T_map_local: Pose) -> tuple[slice, slice]:
        """The squares that a local map may show."""
        size = np.array(local_map.shape[::-1]) * local_map.resolution
        corners = np.array(((0, 0), (1, 0), (1, 1), (0, 1))) * size + (local_map.origin_x, local_map.origin_y)
        corners = (transform_points(T_map_local, corners) - (self._grid.origin_x, self._grid.origin_y)) / self.size
        low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(corners.max(axis=0)).astype(int), self._grid.shape[::-1])
        return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))

    def _seen(self, local_map: Grid, T_map_local: Pose, rows: slice, cols: slice) -> tuple[np.ndarray, np.ndarray]:
        """(rows, cols) bool each: all of a square is seen to be free; something is seen in it."""
        offsets = (np.arange(self._factor) + 0.5) / self._factor
        x = self._grid.origin_x + self.size * (np.arange(cols.start, cols.stop)[:, None] + offsets).ravel()
        y = self._grid.origin_y + self.size * (np.arange(rows.start, rows.stop)[:, None] + offsets).ravel()
        points = transform_points(inverse(T_map_local), np.stack(np.meshgrid(x, y), axis=-1))
        cells = np.floor((points - (local_map.origin_x, local_map.origin_y)) / local_map.resolution).astype(int)
        inside = np.all((cells >= 0) & (cells < local_map.shape[::-1]), axis=-1)
        values = np.full((len(y), len(x)), UNKNOWN, np.int8)
        values[inside] = local_map.data[cells[inside, 1], cells[inside, 0]]
        squares = values.reshape(rows.stop - rows.start, self._factor, cols.stop - cols.start, self._factor)
        free = np.all((squares >= 0) & (squares <= OCCUPIED // 2), axis=(1, 3))
        occupied = np.any(squares > OCCUPIED // 2, axis=(1, 3))
        return free, occupied
