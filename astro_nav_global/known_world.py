"""What is known of the world: the map, if there is one, over it what has been observed since, and what is remembered."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from astro_nav_common.conventions import UNKNOWN
from astro_nav_common.errors import MapError
from astro_nav_common.grid import MAX_CELLS, Grid
from astro_nav_common.masks import KeepoutMask
from astro_nav_common.types import Pose
from astro_nav_global.astar import GridSearch
from astro_nav_global.costmap import Costmap
from astro_nav_global.growing_grid import GrowingGrid
from astro_nav_global.jumps import JumpWatch
from astro_nav_global.memory_store import MemoryFileError, MemoryStore
from astro_nav_global.navigability import Navigability
from astro_nav_global.params import GlobalParams
from astro_nav_global.passages import HALF_DEPTH, Passage
from astro_nav_global.way_round import cells_of, way_round
from astro_nav_global.window import Window, whole

#: m of unexplored space around everything where there is no map: room for ways round what has been observed
_MARGIN = 5.0
#: s between writes of what is to be remembered, between tries after one has failed, and between looks at how it fades
_WRITE_PERIOD, _RETRY_PERIOD, _FADE_PERIOD = 1.0, 60.0, 60.0
#: s by which the clock may go back before all observations are of another time
_BACK = 1.0
#: extra costs are rounded to powers of this, so that costs do not change all the time
_ROUNDING = 1.1


class KnownWorld:
    """Keeps the costs of the cells up to date with map and observations, computing anew only what changed."""

    def __init__(self, params: GlobalParams, half_width: float, store: MemoryStore | None = None) -> None:
        """Args: half_width: of the footprint, m. store: keeps what is remembered of maps."""
        self._params = params
        self._half_width = half_width
        self._map: Grid | None = None
        self._observed = GrowingGrid(params.growing_resolution, params.growing_extent)
        self._costmap: Costmap | None = None
        self._changed = Window(0, 0, 0, 0)  # cells observed since the costmap was made
        self._now = -np.inf
        self._forget_at = -np.inf
        self._jumps = JumpWatch()
        self._store = store
        self.memory: Navigability | None = None  # of the map
        self.memory_problem = ""  # why nothing is written at present
        self._write_at = self._fade_at = -np.inf
        self._remembered = -1  # changes of the memory that the costs contain
        self.keepout: KeepoutMask | None = None

    @property
    def has_map(self) -> bool:
        """False while everything known is observed."""
        return self._map is not None

    def set_map(self, grid: Grid, named: Sequence[Passage] = ()) -> None:
        """Replace the map; what was observed over another one is forgotten. Raises MapError.

        Args:
            named: passages that have names; those off the map are ignored.
        """
        if grid.data.size > MAX_CELLS:
            raise MapError(
                f"a map of {grid.shape[0]} x {grid.shape[1]} cells is too large; at most {MAX_CELLS} are supported"
            )
        self.save()
        self._map = grid
        self.memory = Navigability(self._params, grid, self._half_width, named, self._store)
        self.save()  # reads what the file has of it
        self._remembered = -1
        self._jumps = JumpWatch()
        self._observed = GrowingGrid(grid.resolution, max(grid.shape) * grid.resolution, (grid.origin_x, grid.origin_y))
        self._costmap = None

    def retune(self, params: GlobalParams) -> None:
        """Go on with other parameters; nothing known is lost, but a growing grid of another resolution or extent begins anew."""
        before, self._params = self._params, params
        if self._map is None and (params.growing_resolution, params.growing_extent) != (
            before.growing_resolution,
            before.growing_extent,
        ):
            self._observed = GrowingGrid(params.growing_resolution, params.growing_extent)
        if self.memory is not None:
            self.memory.retune(params)
        self._costmap = None

    def save(self) -> None:
        """Commit what is to be remembered, now, and take over what others have remembered since."""
        if self.memory is None:
            return
        try:
            self.memory.flush()
            self.memory_problem = ""
        except MemoryFileError as error:
            self.memory_problem = str(error)

    def observe(self, local_map: Grid, now: float, T_world_local: Pose) -> None:
        """Take in the occupancy grid of the local layer, given in the frame `T_world_local`, seen at `now`.

        A jump of that frame is one of the localisation: what was observed shortly before is forgotten. Where the clock has gone back, as when
        a recording is played again, nobody knows how old observations are: those over a map are forgotten.
        """
        if now < self._now - _BACK:
            if self._map is not None:
                self.clear_observations()
            self._jumps = JumpWatch()
            self._now = self._forget_at = -np.inf
        seen = self._observed.integrate(local_map, now, T_world_local)  # refuses what is not finite
        doubted = self._jumps.doubted_since(local_map, now, T_world_local)
        if doubted < now:
            self._note(self._observed.forget_since(doubted), now)
            seen = self._observed.integrate(local_map, now, T_world_local)
        self._note(seen, now)
        if self.memory is not None:
            self.memory.observe(local_map, now, T_world_local)
            self._write(now)

    def forget_before(self, t: float) -> bool:
        """Forget what was observed before that time, s; True if there was anything."""
        changed = self._observed.forget(t)
        self._changed = self._changed.union(changed)
        return not changed.is_empty

    def block(self, x: float, y: float, radius: float, now: float) -> None:
        """Note that a disc turned out to be impassable."""
        self._note(self._observed.block(x, y, radius, now), now)
        self.remember_blocked(x, y, now)

    def remember_blocked(self, x: float, y: float, now: float) -> str:
        """Note that the passage at a place, if there is one, could not be passed; returns its name."""
        if self.memory is None:
            return ""
        name = self.memory.note_blocked(x, y, now)
        self._write(now)
        return name

    def set_keepout(self, mask: KeepoutMask | None) -> None:
        """Keep out of what a mask forbids; None: no more. It holds for maps to come, too."""
        self.keepout = mask
        self._costmap = None

    def clear_observations(self, around: Pose | None = None, radius: float = 0.0, outside: bool = False) -> None:
        """Forget all observations, or those in the square of half-width `radius` m around a pose, or those outside of it."""
        if around is None:
            self._observed.clear()
            self._costmap = None
            return
        forget = self._observed.forget_outside if outside else self._observed.forget_around
        self._changed = self._changed.union(forget(around.x, around.y, radius))

    def costmap(self, points: np.ndarray, now: float | None = None) -> Costmap:
        """The costs as they are known now.

        Args:
            points: (N, 2) x, y of places asked about; without a map the costs reach as far as these and what was observed, but not
                to places further than `growing_extent` from that.
            now: the time, s; None: that of the newest observation.
        """
        if self._map is None:
            return self._unexplored(points)
        self._forget(self._now if now is None else now)
        if self._costmap is None:
            grid = Grid(self._map.data.copy(), self._map.resolution, self._map.origin_x, self._map.origin_y)
            self._overlay(grid, whole(grid.shape))
            self._costmap = self._mapped(grid)
            self._remembered = -1
        changed = self._changed.intersection(whole(self._map.shape))
        if not changed.is_empty:
            self._overlay(self._costmap.grid, changed)
            self._costmap.update(changed)
        self._changed = Window(0, 0, 0, 0)
        self._remember(self._costmap, self._now if now is None else now)
        return self._costmap

    def mapped_costs(self) -> Costmap:
        """The costs as map and masks have them, whatever was observed or is remembered. There must be a map."""
        assert self._map is not None
        return self._mapped(self._map)

    def _mapped(self, grid: Grid) -> Costmap:
        costmap = self._costs_of(grid, self._unknown_weight)
        if self.keepout is not None:
            costmap.forbid(self.keepout.forbidden(grid, self._half_width))
        return costmap

    def _write(self, now: float) -> None:
        """Commit what is to be remembered, if it is time."""
        if abs(now - self._write_at) >= (_RETRY_PERIOD if self.memory_problem else _WRITE_PERIOD):
            self._write_at = now
            self.save()

    def _remember(self, costmap: Costmap, now: float) -> None:
        """Put what is remembered into the costs."""
        if self.memory is None or (self._remembered == self.memory.changes and abs(now - self._fade_at) < _FADE_PERIOD):
            return
        self._remembered, self._fade_at = self.memory.changes, now
        detours: list[tuple[Costmap, GridSearch]] = []  # made when first needed, dropped at the end

        def detour(passage: Passage) -> float:
            if not detours:
                assert self._map is not None
                detours.append((self._costs_of(self._map, self._unknown_weight), GridSearch(self._map.shape)))
            return way_round(*detours[0], passage)

        parts = [self.memory.place_costs(now)]
        if self.keepout is not None:
            parts.append(self.keepout.discouraged(costmap.grid, self._params.clearance_weight))
        for passage, cost in self.memory.extra_costs(now, detour):
            cells = cells_of(costmap, passage)
            parts.append((cells, np.full(len(cells), cost / (2.0 * HALF_DEPTH))))
        extra = np.concatenate([part for _, part in parts])
        extra = _ROUNDING ** np.rint(np.log(np.maximum(extra, 1e-3)) / math.log(_ROUNDING))
        costmap.set_extra(np.concatenate([part for part, _ in parts]), extra)

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

    @property
    def _unknown_weight(self) -> float | None:
        return self._params.unknown_weight if self._params.allow_unknown else None

    def _costs_of(self, grid: Grid, unknown_weight: float | None) -> Costmap:
        return Costmap(grid, self._params, self._half_width, unknown_weight)
