"""Passages: the places that a door, or a thing left standing, opens and closes. Named in a file, or found in the map.

    passages:                         # a YAML file beside the map's
      kitchen_door: {from: [6.4, 5.4], to: [7.25, 5.4], kind: door, usually_open: 0.8}

`from` and `to` are the two sides, m in the map's frame; kind and usually_open may be left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from astro_nav_common.errors import MapError
from astro_nav_common.grid import Grid
from astro_nav_global.narrow_places import narrow_places

#: kinds of passages; they differ in how long things stay as they were seen
DOOR, NARROW = "door", "narrow"
KINDS = (DOOR, NARROW)
#: probability of being open that the map's showing it open is worth
MAPPED_OPEN = 0.95
#: half the length of a passage along the way through, m: walls are 0.1 to 0.2 m thick, and maps are not exact
HALF_DEPTH = 0.2
#: m, the widest passage that a file may name: a double door
_WIDEST_NAMED = 5.0


@dataclass(frozen=True)
class Passage:
    """A way through between the points a and b, m in the map. usually_open: before anything was observed of it."""

    name: str
    kind: str
    ax: float
    ay: float
    bx: float
    by: float
    usually_open: float = MAPPED_OPEN

    @property
    def width(self) -> float:
        """m."""
        return math.hypot(self.bx - self.ax, self.by - self.ay)

    @property
    def middle(self) -> tuple[float, float]:
        """x, y, m."""
        return 0.5 * (self.ax + self.bx), 0.5 * (self.ay + self.by)

    def place(self, along: np.ndarray, across: np.ndarray) -> np.ndarray:
        """(..., 2) x, y of points `along` m from a towards b and `across` m through the passage, to the left of that."""
        c, s = (self.bx - self.ax) / self.width, (self.by - self.ay) / self.width
        return np.stack((self.ax + c * along - s * across, self.ay + s * along + c * across), axis=-1)

    def holds(self, points: np.ndarray, margin: float = 0.0) -> np.ndarray:
        """(N,) bool: which of points (N, 2) lie in the passage, or within `margin` m of it."""
        c, s = (self.bx - self.ax) / self.width, (self.by - self.ay) / self.width
        x, y = points[:, 0] - self.ax, points[:, 1] - self.ay
        along, across = c * x + s * y, c * y - s * x
        inside: np.ndarray = (
            (along >= -margin) & (along <= self.width + margin) & (np.abs(across) <= HALF_DEPTH + margin)
        )
        return inside

    def is_on(self, grid: Grid) -> bool:
        """True if both sides lie on the grid."""
        return grid.contains(self.ax, self.ay) and grid.contains(self.bx, self.by)


def passages_of(grid: Grid, named: Sequence[Passage], narrowest: float) -> list[Passage]:
    """The passages of a map: the named ones that lie on it, and the narrow places of the map that none of them is at.

    Args:
        narrowest: m, what the robot needs.
    """
    passages = [passage for passage in named if passage.is_on(grid)]
    taken = [(*passage.middle, passage.width) for passage in passages]
    for place in narrow_places(grid, narrowest):
        x, y = place.middle
        if all(math.hypot(x - mx, y - my) > 0.5 * width for mx, my, width in taken):
            passages.append(Passage(f"at_{x:.2f}_{y:.2f}", NARROW, *place))
    return passages


def load_passages(path: str | Path) -> tuple[Passage, ...]:
    """The passages of a file. Raises MapError, one sentence, for whatever is wrong with it."""
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MapError(f"passages file '{path}' does not exist") from None
    except OSError as error:
        raise MapError(f"passages file '{path}' cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError):
        raise MapError(f"passages file '{path}' is not a YAML file") from None
    entries = content.get("passages") if isinstance(content, dict) else None
    if not isinstance(entries, dict):
        raise MapError(f"passages file '{path}' must hold 'passages', a mapping from names to places")
    return tuple(_passage(path, str(name), entry) for name, entry in entries.items())


def _passage(path: Path, name: str, entry: Any) -> Passage:
    what = f"passages file '{path}', '{name}'"
    if not isinstance(entry, dict):
        raise MapError(f"{what}: must hold from: [x, y] and to: [x, y]")
    unknown = set(entry) - {"from", "to", "kind", "usually_open"}
    if unknown:
        raise MapError(f"{what}: unknown '{min(map(str, unknown))}'; known: from, to, kind, usually_open")
    kind = entry.get("kind", DOOR)
    if kind not in KINDS:
        raise MapError(f"{what}: kind = {kind!r} must be one of: {', '.join(KINDS)}")
    usually = entry.get("usually_open", MAPPED_OPEN)
    if isinstance(usually, bool) or not isinstance(usually, (int, float)) or not 0.0 <= usually <= 1.0:
        raise MapError(f"{what}: usually_open = {usually!r} must be a number from 0 to 1")
    (ax, ay), (bx, by) = _point(what, "from", entry.get("from")), _point(what, "to", entry.get("to"))
    if not 0.1 <= math.hypot(bx - ax, by - ay) <= _WIDEST_NAMED:
        raise MapError(f"{what}: 'from' and 'to' must be its two sides, 0.1 to {_WIDEST_NAMED:g} m apart")
    return Passage(name, kind, ax, ay, bx, by, float(usually))


def _point(what: str, key: str, value: Any) -> tuple[float, float]:
    numbers = [float(v) for v in value if isinstance(v, (int, float))] if isinstance(value, list) else []
    if len(numbers) != 2 or not all(math.isfinite(v) for v in numbers):
        raise MapError(f"{what}: {key} = {value!r} must be [x, y], finite numbers in m")
    return numbers[0], numbers[1]
