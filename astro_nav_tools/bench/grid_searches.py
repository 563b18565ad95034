"""The global search and its peers from PyPI behind one shape, so that all are measured by the same lines.

The peers solve easier problems: both cut corners. pyastar2d counts a diagonal step as long as a straight one, and skimage's
MCP_Geometric charges a step the mean of the two cells' costs. So their times are compared, and their paths are not.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from astro_nav_common.errors import InputError
from astro_nav_global.astar import GridSearch
from astro_nav_global.costmap import PASSABLE

Cell = tuple[int, int]
#: solves from start to goal; what it returns is its own
Solve = Callable[[Cell, Cell], Any]
OWN = "astro_nav"


def own(levels: np.ndarray, factors: np.ndarray) -> Solve:
    """This project's; its working arrays are made when it is first asked, and kept."""
    search: list[GridSearch] = []

    def solve(start: Cell, goal: Cell) -> Any:
        if not search:
            search.append(GridSearch(levels.shape))
        return search[0].run(levels, factors, start, goal)

    return solve


def pyastar2d(levels: np.ndarray, factors: np.ndarray) -> Solve:
    """A* in C++ with a binary heap. Raises ImportError."""
    module = importlib.import_module("pyastar2d")
    weights = step_factors(levels, factors.astype(np.float32))
    return lambda start, goal: module.astar_path(weights, start, goal, allow_diagonal=True)


def skimage(levels: np.ndarray, factors: np.ndarray) -> Solve:
    """Dijkstra's search in Cython with a binary heap, which ends at the goal. Raises ImportError."""
    module = importlib.import_module("skimage.graph")
    weights = step_factors(levels, factors)
    return lambda start, goal: module.route_through_array(weights, start, goal, fully_connected=True, geometric=True)


SEARCHES: dict[str, Callable[[np.ndarray, np.ndarray], Solve]] = {OWN: own, "pyastar2d": pyastar2d, "skimage": skimage}
PEERS = tuple(name for name in SEARCHES if name != OWN)
#: what they are called on PyPI
_PACKAGES = {"pyastar2d": "pyastar2d", "skimage": "scikit-image"}


def step_factors(levels: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """(rows, cols) what a straight step into each cell costs; infinite for blocked ones."""
    table = np.full(256, np.inf, factors.dtype)
    table[: PASSABLE + 1] = factors
    return table[levels]


def missing() -> list[str]:
    """A sentence for each peer that is not installed."""
    return [
        f"{name} is not installed, so nothing is compared with it: pip install {_PACKAGES[name]}"
        for name in PEERS
        if not available(name)
    ]


def available(name: str) -> bool:
    """Whether a search of SEARCHES can be used."""
    try:
        SEARCHES[name](np.zeros((1, 1), np.uint8), np.ones(PASSABLE + 1))
    except ImportError:
        return False
    except KeyError:
        raise InputError(f"there is no search '{name}'; there are: {', '.join(SEARCHES)}") from None
    return True
