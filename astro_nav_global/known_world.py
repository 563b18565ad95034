"""What is known of the world: the map, if there is one, and over it what has been observed since."""

from __future__ import annotations

import numpy as np

from astro_nav_common.conventions import UNKNOWN
from astro_nav_common.errors import MapError
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.costmap import Costmap
from astro_nav_global.growing_grid import GrowingGrid
from astro_nav_global.map_io import MAX_CELLS
from astro_nav_global.params import GlobalParams
from astro_nav_global.window import Window, whole

#: m of unexplored space around everything where there is no map: room for ways round what has been observed
_MARGIN = 5.0


class KnownWorld:
    """Keeps the costs of the cells up to date with map and observations, computing anew only what changed."""

    def __init__(self, params: GlobalParams, half_width: float) -> None:
        """Args: half_width: of the footprint, m."""
        self._params = params
        self._half_width = half_width
        self._map: Grid | None = None
        self._observed = GrowingGrid(params.growing_resolution, params.growing_extent)
        self._costmap: Costmap | None = None
        self._changed = Window(0, 0, 0, 0)  # cells observed since the costmap was made
        self._now = -np.inf
        self._forget_at = -np.inf

    @property
    def has_map(self) -> bool:
        """False while everything known is observed."""
        return self._map is not None

    def set_map(self, grid: Grid) -> None:
        """Replace the map; what was observed over another one is forgotten. Raises MapError."""
        if grid.data.size > MAX_CELLS:
            raise MapError(
                f"a map of {grid.shape[0]} x {grid.shape[1]} cells is too large; at most {MAX_CELLS} are supported"
            )
        self._map = grid
        self._observed = GrowingGrid(grid.resolution, max(grid.shape) * grid.resolution, (grid.origin_x, grid.origin_y))
        self._costmap = None

    def observe(self, local_map: Grid, now: float, T_world_local: Pose) -> None:
        """Take in the occupancy grid of the local layer, given in the frame `T_world_local`, seen at `now`."""
        self._note(self._observed.integrate(local_map, now, T_world_local), now)

    def block(self, x: float, y: float, radius: float, now: float) -> None:
        """Note that a disc turned out to be impassable."""
        self._note(self._observed.block(x, y, radius, now), now)

    def clear_observations(self, around: Pose | None = None, radius: float = 0.0) -> None:
        """Forget all observations, or those in the square of half-width `radius` m around a pose."""
        if around is None:
            self._observed.clear()
            self._costmap = None
        else:
            self._changed = self._changed.union(self._observed.forget_around(around.x, around.y, radius))

    def costmap(self, points: np.ndarray, now: float | None = None) -> Costmap:
        """The costs as they are known now.

        Args:
            points: (N, 2) x, y of places asked about; without a map the costs reach as far as these and what was observed.
            now: the time, s; None: that of the newest observation.
        """
        if self._map is None:
            return self._unexplored(points)
        self._forget(self._now if now is None else now)
        if self._costmap is None:
            grid = Grid(self._map.data.copy(), self._map.resolution, self._map.origin_x, self._map.origin_y)
            self._overlay(grid, whole(grid.shape))
            self._costmap = self._costs_of(grid, self._params.unknown_weight if self._params.allow_unknown else None)
        changed = self._changed.intersection(whole(self._map.shape))
        if not changed.is_empty:
            self._overlay(self._costmap.grid, changed)
            self._costmap.update(changed)
        self._changed = Window(0, 0, 0, 0)
        return self._costmap

    def _note(self, changed: Window, now: float) -> None:
        self._changed = self._changed.union(changed)
        self._now = max(self._now, now)

    def _forget(self, now: float) -> None:
        """Drop old observations; looked for only now and then."""
        if now >= self._forget_at:
            self._changed = self._changed.union(self._observed.forget(now - self._params.observation_memory))
            self._forget_at = now + 0.02 * self._params.observation_memory

    def _overlay(self, grid: Grid, window: Window) -> None:
        """Put the map and what was observed of it into those cells of `grid`."""
        assert self._map is not None
        seen = self._observed.view(window).data
        grid.data[window.slices()] = np.where(seen == UNKNOWN, self._map.data[window.slices()], seen)

    def _unexplored(self, points: np.ndarray) -> Costmap:
        """Costs of all that was observed, and of the unexplored space around it and the points."""
        if not len(points) and self._observed.window.is_empty:
            points = np.zeros((1, 2))  # where the robot was switched on
        covered = self._costmap is not None and all(self._costmap.grid.contains(x, y) for x, y in points)
        if self._costmap is None or not self._changed.is_empty or not covered:
            self._costmap = self._costs_of(self._observed.view_around(points, _MARGIN), self._params.unexplored_weight)
            self._changed = Window(0, 0, 0, 0)
        return self._costmap

    def _costs_of(self, grid: Grid, unknown_weight: float | None) -> Costmap:
        return Costmap(grid, self._params, self._half_width, unknown_weight)
