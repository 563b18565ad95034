"""Navigability memory of one map: which passages and places have been found open or blocked, and what follows for the costs.

A passage that is closed costs the way round it, so one that may be closed costs that much times the probability: it is avoided
when the way round is short, and tried when it is long. A place in the open that is often occupied costs a little more. A place that the
map shows as occupied stays so: to the memory nothing is open that the map does not show.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.beliefs import Counts, Pace, added, as_of, is_ahead, is_change, probability_open, weight
from astro_nav_global.memory_store import MemoryStore, Observation
from astro_nav_global.params import GlobalParams
from astro_nav_global.passage_view import is_open
from astro_nav_global.passages import DOOR, HALF_DEPTH, MAPPED_OPEN, Passage, passages_of
from astro_nav_global.places import PlaceMemory

#: an observation that counts less is not worth a write
_LEAST_WEIGHT = 0.25
#: observations kept, the newest, while they cannot be written
_PENDING_MAX = 20_000
#: observations in a row that must agree
_AGREEING = 2
#: a passage that is this much likelier to be closed than the map says costs something
_NOTABLE = 0.01


class PassageState(NamedTuple):
    """A passage as it is remembered: how likely it is open, and what going through costs extra, in metres of open space."""

    passage: Passage
    open_probability: float
    extra: float
    counts: Counts


class Navigability:
    """The memory of one map. `store` keeps it, read and written by `flush`; without one it lasts as long as this object."""

    def __init__(
        self,
        params: GlobalParams,
        grid: Grid,
        half_width: float,
        named: Sequence[Passage] = (),
        store: MemoryStore | None = None,
    ) -> None:
        """Args: grid: the map. half_width: of the footprint, m. named: passages that have names; those off the map are ignored."""
        self._store = store
        self._needed = 2.0 * half_width
        self.key, self._words = map_key(grid), _in_words(grid)
        self.passages = passages_of(grid, named, self._needed)
        self.ignored = tuple(passage.name for passage in named if not passage.is_on(grid))
        self._places = PlaceMemory(grid)
        self._known: dict[str, Counts] = {}
        self._agreed: dict[str, tuple[bool, int]] = {}  # what was seen last, and how often in a row
        self._pending: list[Observation] = []
        self._file_version = -1
        self._latest = -math.inf  # the latest time of all that is known, s
        self.changes = 0  # goes up whenever something new is remembered
        self.retune(params)

    def retune(self, params: GlobalParams) -> None:
        """Go on with other parameters; what is remembered stays."""
        self._params = params
        self._paces = {
            passage.name: Pace(params.door_habit, params.door_state)
            if passage.kind == DOOR
            else Pace(params.narrow_habit, params.narrow_state)
            for passage in self.passages
        }
        self._detours: dict[str, float] = {}
        self.changes += 1

    def observe(self, local_map: Grid, now: float, T_map_local: Pose) -> None:
        """Take in the local layer's map, seen at `now` s from the frame `T_map_local`."""
        if is_ahead(self._latest, now):
            self._known = {name: as_of(counts, now).scalar() for name, counts in self._known.items()}
            self._places.rebase(now)
            self._latest = now
        self._latest = max(self._latest, now)
        reach = math.hypot(*local_map.shape) * local_map.resolution
        for passage in self.passages:
            if math.dist(passage.middle, T_map_local[:2]) > reach + math.hypot(local_map.origin_x, local_map.origin_y):
                continue
            seen = is_open(passage, local_map, T_map_local, self._needed)
            if seen is not None:
                before, count = self._agreed.get(passage.name, (seen, 0))
                count = count + 1 if before == seen else 1
                self._agreed[passage.name] = seen, count
                if count >= _AGREEING:
                    self._note(passage, seen, now)
        habit = self._params.place_habit
        seen_places = self._places.observe(local_map, now, T_map_local, self._params.memory_independence, habit)
        self._pending += [Observation(*item, habit) for item in seen_places]
        self.changes += bool(seen_places)

    def note_blocked(self, x: float, y: float, now: float) -> str:
        """The robot could not pass at (x, y). Returns the name of the passage that is there, '' if there is none."""
        point = np.array(((x, y),))
        for passage in self.passages:
            if passage.holds(point, margin=HALF_DEPTH)[0]:
                self._agreed[passage.name] = False, _AGREEING
                self._note(passage, False, now)
                return passage.name
        return ""

    def states(self, now: float) -> list[PassageState]:
        """Every passage as it is remembered; to look at."""
        return [self._state(passage, now) for passage in self.passages]

    def layer(self, now: float) -> Grid:
        """Percentage of being blocked, int8, -1 where nothing is remembered, in cells of about 0.2 m; to look at."""
        layer = self._places.layer(now, self._place_pace, self._params.memory_prior)
        for passage in self.passages:
            if passage.name in self._known:
                inside = passage.holds(layer.centers(np.argwhere(np.ones(layer.shape, bool)))).reshape(layer.shape)
                layer.data[inside] = round(100.0 * (1.0 - self._probability(passage, now)))
        return layer

    def extra_costs(self, now: float, detour: Callable[[Passage], float]) -> list[tuple[Passage, float]]:
        """The passages that may be closed, and what going through each costs extra, m.

        Args:
            detour: the cost of the way round a passage, m, infinite if there is none; asked once a passage.
        """
        costs = []
        for passage in self.passages:
            if passage.name in self._known or passage.usually_open < MAPPED_OPEN:
                state = self._state(passage, now, detour)
                if state.extra > 0.0:
                    costs.append((passage, state.extra))
        return costs

    def place_costs(self, now: float) -> tuple[np.ndarray, np.ndarray]:
        """(N, 2) row, col of cells of the map that are often occupied, and (N,) what a metre costs extra there, m."""
        cells, blocked = self._places.likely_blocked(now, self._place_pace, self._params.memory_prior)
        return cells, self._params.place_weight * blocked

    def flush(self) -> None:
        """Commit what is new, and take over what other processes have remembered. Raises MemoryFileError."""
        if self._store is None:
            self._pending.clear()
            return
        if self._pending:
            del self._pending[:-_PENDING_MAX]
            self._store.add(self.key, self._pending, self._words)
            self._pending.clear()
        if self._store.version() != self._file_version:
            self._load(self._store)

    def _load(self, store: MemoryStore) -> None:
        self._file_version = store.version()
        loaded = store.load(self.key)
        known = {passage.name: loaded[passage.name] for passage in self.passages if passage.name in loaded}
        self.changes += known != self._known
        self._known = known
        self._places.load(loaded)
        self._latest = max((float(counts.seen_at) for counts in loaded.values()), default=-math.inf)

    def _note(self, passage: Passage, seen: bool, now: float) -> None:
        counts = self._known.get(passage.name, Counts())
        news = float(weight(counts, seen, now, self._params.memory_independence))
        if news < _LEAST_WEIGHT and not is_change(counts, seen):
            return
        habit = self._paces[passage.name].habit
        after = added(counts, seen, news, now, habit)
        self._known[passage.name] = after.scalar()
        self._pending.append(Observation(passage.name, seen, news, now, habit))
        self.changes += 1

    def _state(self, passage: Passage, now: float, detour: Callable[[Passage], float] | None = None) -> PassageState:
        probability = self._probability(passage, now)
        closed, extra = 1.0 - probability, 0.0
        if closed > 1.0 - MAPPED_OPEN + _NOTABLE:
            if passage.name not in self._detours and detour is not None:
                self._detours[passage.name] = min(detour(passage), self._params.detour_max)
            extra = closed * self._detours.get(passage.name, 0.0)
        return PassageState(passage, probability, extra, self._known.get(passage.name, Counts()))

    def _probability(self, passage: Passage, now: float) -> float:
        counts = self._known.get(passage.name, Counts())
        pace = self._paces[passage.name]
        return float(probability_open(counts, now, pace, passage.usually_open, self._params.memory_prior))

    @property
    def _place_pace(self) -> Pace:
        return Pace(self._params.place_habit, self._params.place_state)


def _in_words(grid: Grid) -> str:
    rows, cols = grid.shape
    return f"{cols * grid.resolution:.1f} x {rows * grid.resolution:.1f} m, {grid.resolution:g} m a cell"


def map_key(grid: Grid) -> str:
    """The same for maps of the same content: cells, resolution and origin."""
    digest = hashlib.sha256(f"{grid.shape} {grid.resolution!r} {grid.origin_x!r} {grid.origin_y!r}".encode())
    digest.update(grid.data.tobytes())
    return digest.hexdigest()[:16]
