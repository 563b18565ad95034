"""One grid of `bench astar`: time, memory and cost of the searches on it."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from astro_nav_common.grid import Grid
from astro_nav_global.costmap import LETHAL, PASSABLE, Costmap
from astro_nav_global.params import GlobalParams
from astro_nav_tools.bench.grid_maps import far_apart, largest_part
from astro_nav_tools.bench.grid_searches import OWN, PEERS, SEARCHES, Cell, Solve, available
from astro_nav_tools.bench.search_memory import first_search
from astro_nav_tools.bench.step_graph import least_costs

SEED = 1
#: of the inflated costs: cell size, m, and half the width of the robot, m
RESOLUTION, HALF_WIDTH = 0.05, 0.125


class GridCase(NamedTuple):
    """A grid to search.

    blocked: makes it, (rows, cols) bool. inflated: whether costs are as the planner's, or all the same.
    limit: how long the search may take, as a share of pyastar2d's time; None: nothing is asked of it.
    """

    name: str
    blocked: Callable[[np.random.Generator], np.ndarray]
    inflated: bool
    limit: float | None = None


def measure(case: GridCase, goals: int, repeats: int) -> dict[str, Any]:
    """The row of a case: medians over the goals and repeats; for the first goal the time and memory of a new process, of skimage only those.

    Where costs are inflated, the costs of the paths are compared with Dijkstra's.
    """
    rng = np.random.default_rng(SEED)
    levels, factors = costs(case.blocked(rng), case.inflated)
    start, ends = ends_of(levels <= PASSABLE, goals, rng)
    timed = [name for name in (OWN, "pyastar2d") if available(name)]
    times = median_ms({name: SEARCHES[name](levels, factors) for name in timed}, start, ends, repeats)
    first = {name: first_search(name, levels, factors, start, ends[0]) for name in SEARCHES if available(name)}
    peer = times.get("pyastar2d")
    return {
        "name": case.name,
        "costs": "inflated" if case.inflated else "uniform",
        "cells": levels.size,
        "time_ms": times[OWN],
        "first_ms": first[OWN].time_ms,
        "pyastar2d_ms": peer,
        "ratio": times[OWN] / peer if peer else None,
        "limit": case.limit,
        "skimage_ms": first["skimage"].time_ms if "skimage" in first else None,
        "bytes_per_cell": first[OWN].bytes_a_cell,
        **{f"{name}_bytes_per_cell": first[name].bytes_a_cell if name in first else None for name in PEERS},
        "cost_excess": cost_excess(levels, factors, start, ends) if case.inflated else None,
    }


def costs(blocked: np.ndarray, inflated: bool) -> tuple[np.ndarray, np.ndarray]:
    """Levels (rows, cols) and factors as the search takes them."""
    if not inflated:
        return np.where(blocked, LETHAL, 0).astype(np.uint8), np.ones(PASSABLE + 1)
    costmap = Costmap(Grid((100 * blocked).astype(np.int8), RESOLUTION, 0.0, 0.0), GlobalParams(), HALF_WIDTH, None)
    return costmap.levels, costmap.factors


def ends_of(free: np.ndarray, goals: int, rng: np.random.Generator) -> tuple[Cell, list[Cell]]:
    """A start near one corner, and goals: one near the opposite corner, the others at random, half the map away at least."""
    start, corner = far_apart(free)
    cells = largest_part(free)
    far = cells[np.hypot(*(cells - start).T) >= 0.5 * min(free.shape)]
    others = far[rng.integers(len(far), size=goals - 1)].tolist()
    return start, [corner, *((row, col) for row, col in others)]


def median_ms(searches: Mapping[str, Solve], start: Cell, goals: Sequence[Cell], repeats: int) -> dict[str, float]:
    """Median time of each search over goals and repeats, ms, taken in turn; one run of each before is not counted."""
    times: dict[str, list[float]] = {name: [] for name in searches}
    for solve in searches.values():
        solve(start, goals[0])
    for goal in [*goals] * repeats:
        for name, solve in searches.items():
            began = time.perf_counter()
            solve(start, goal)
            times[name].append(1e3 * (time.perf_counter() - began))
    return {name: statistics.median(values) for name, values in times.items()}


def cost_excess(levels: np.ndarray, factors: np.ndarray, start: Cell, goals: Sequence[Cell]) -> float:
    """The relative difference between the cost of the found path and Dijkstra's that is largest; infinite if none was found."""
    search = SEARCHES[OWN](levels, factors)
    least = least_costs(levels, factors, start)
    found = [search(start, goal) for goal in goals]
    excesses = [math.inf if path is None else path.cost / least[goal] - 1.0 for path, goal in zip(found, goals)]
    return max(excesses, key=abs)
