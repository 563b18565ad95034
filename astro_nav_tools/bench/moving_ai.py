"""Maps and problems of the MovingAI benchmark (N. Sturtevant, "Benchmarks for Grid-Based Pathfinding", 2012), and how a search does on them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from astro_nav_common.errors import MapError
from astro_nav_global.astar import GridSearch
from astro_nav_global.costmap import LETHAL, PASSABLE

#: how far a found length may be from the published one, in straight steps: those have six significant digits
TOLERANCE = 0.01


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


def exactness(folder: Path) -> dict[str, Any]:
    """Problems, how many were solved optimally, and the largest difference from a published length, in straight steps. Raises MapError."""
    files = sorted(folder.glob("*.map"))
    if not files:
        raise MapError(f"there are no MovingAI maps in '{folder}'; give their folder with --maps")
    excesses: list[float] = []
    for file in files:
        blocked = read_map(file)
        levels = np.where(blocked, LETHAL, 0).astype(np.uint8)
        search = GridSearch(blocked.shape)
        excesses += [excess(search, levels, problem) for problem in read_problems(file.with_suffix(".map.scen"))]
    return {
        "problems": len(excesses),
        "optimal": sum(abs(value) <= TOLERANCE for value in excesses),
        "max_excess": max(map(abs, excesses), default=math.nan),
    }


def excess(search: GridSearch, levels: np.ndarray, problem: Problem) -> float:
    """How much longer the found path is than the published length, in straight steps; infinite if none was found."""
    found = search.run(levels, np.ones(PASSABLE + 1), problem.start, problem.goal)
    return math.inf if found is None else found.cost - problem.length
