"""Maps and problems of the MovingAI benchmark (N. Sturtevant, "Benchmarks for Grid-Based Pathfinding", 2012)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from astro_nav_common.errors import MapError


class Problem(NamedTuple):
    """start, goal: (row, col). length: of the shortest path, in straight steps."""

    start: tuple[int, int]
    goal: tuple[int, int]
    length: float


def read_map(path: Path) -> np.ndarray:
    """(rows, cols) bool: blocked. Raises MapError."""
    try:
        lines = path.read_text().splitlines()
        rows, cols = int(lines[1].split()[1]), int(lines[2].split()[1])
        cells = np.array([list(line) for line in lines[4 : 4 + rows]])
        if cells.shape != (rows, cols):
            raise ValueError(f"its rows are not {rows} of {cols} characters")
    except (OSError, ValueError, IndexError) as error:
        raise MapError(f"'{path}' is not a MovingAI map: {error}") from None
    return ~np.isin(cells, (".", "G"))


def read_problems(path: Path) -> list[Problem]:
    """The problems of a .scen file. Raises MapError."""
    try:
        rows = [line.split("\t") for line in path.read_text().splitlines()[1:] if line.strip()]
        return [Problem((int(r[5]), int(r[4])), (int(r[7]), int(r[6])), float(r[8])) for r in rows]
    except (OSError, ValueError, IndexError) as error:
        raise MapError(f"'{path}' is not a file of MovingAI problems: {error}") from None
