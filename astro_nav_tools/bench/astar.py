"""`bench astar`: is the global search exact, and how long does it take?

Exactness: the MovingAI problems with uniform costs, against their published lengths. Time: costs inflated around obstacles, on a
city of 1024 x 1024 and on rooms of 4000 x 4000 cells, from corner to corner, against pyastar2d in the same run where it is
installed. pyastar2d counts a diagonal step as long as a straight one, so its problem is easier and its paths are longer.
"""

from __future__ import annotations

import importlib
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from astro_nav_common.errors import MapError
from astro_nav_common.grid import Grid
from astro_nav_global.astar import GridSearch
from astro_nav_global.costmap import LETHAL, PASSABLE, Costmap
from astro_nav_global.params import GlobalParams
from astro_nav_tools.bench.moving_ai import Problem, read_map, read_problems
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.installation import data_folder
from astro_nav_tools.results import provenance

#: the published lengths have six significant digits
TOLERANCE = 2e-5
RESOLUTION = 0.05
HALF_WIDTH = 0.125
ROOMS_SEED = 1


def astar(
    maps: Annotated[Path | None, typer.Option(help="Folder of MovingAI maps and problems.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Timed runs of each large grid.")] = 5,
    out: Annotated[Path, OUT] = Path("out/bench/astar.json"),
) -> int:
    """Global search: exactness on MovingAI's problems, time on large grids."""
    folder = maps or data_folder() / "movingai"
    exact = exactness(folder)
    grids = [
        timed("Berlin_0_1024", read_map(folder / "Berlin_0_1024.map"), repeats),
        timed("rooms_4000", rooms(4000, 80, np.random.default_rng(ROOMS_SEED)), repeats),
    ]
    summary = {**exact, "grids": grids}
    lines = [f"{exact['optimal']} of {exact['problems']} optimal, largest excess {exact['max_excess']:.2e}"]
    for grid in grids:
        peer = (
            "no pyastar2d"
            if grid["pyastar2d_ms"] is None
            else f"pyastar2d {grid['pyastar2d_ms']:.1f} ms, ratio {grid['ratio']:.2f}"
        )
        lines.append(f"{grid['name']}: {grid['time_ms']:.1f} ms ({peer})")
    return finish(out, summary, provenance({"rooms": ROOMS_SEED}), lines, passed=exact["optimal"] == exact["problems"])


def exactness(folder: Path) -> dict[str, Any]:
    """Problems, how many were solved optimally, and the largest relative excess of a path's length."""
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
        "max_excess": max(excesses),
    }


def excess(search: GridSearch, levels: np.ndarray, problem: Problem) -> float:
    """Relative excess of the found path's length over the published one; infinite if none was found."""
    found = search.run(levels, np.ones(PASSABLE + 1), problem.start, problem.goal)
    return (
        math.inf if found is None else found.cost / max(problem.length, 1.0) - problem.length / max(problem.length, 1.0)
    )


def timed(name: str, blocked: np.ndarray, repeats: int) -> dict[str, Any]:
    """Times of one search across a grid with inflated costs, ms, ours and pyastar2d's."""
    grid = Grid((100 * blocked).astype(np.int8), RESOLUTION, 0.0, 0.0)
    costmap = Costmap(grid, GlobalParams(), HALF_WIDTH, None)
    start, goal = far_apart(costmap.levels <= PASSABLE)
    search = GridSearch(blocked.shape)
    own = median_ms(lambda: search.run(costmap.levels, costmap.factors, start, goal), repeats)
    peer = pyastar2d_ms(costmap, start, goal, repeats)
    return {
        "name": name,
        "cells": blocked.size,
        "time_ms": own,
        "pyastar2d_ms": peer,
        "ratio": own / peer if peer else None,
    }


def pyastar2d_ms(costmap: Costmap, start: tuple[int, int], goal: tuple[int, int], repeats: int) -> float | None:
    """pyastar2d's time on the same costs, ms; None where it is not installed."""
    try:
        pyastar2d = importlib.import_module("pyastar2d")
    except ImportError:
        return None
    factors = np.full(256, np.inf, np.float32)
    factors[: PASSABLE + 1] = costmap.factors
    weights = factors[costmap.levels]
    return median_ms(lambda: pyastar2d.astar_path(weights, start, goal, allow_diagonal=True), repeats)


def median_ms(run: Callable[[], object], repeats: int) -> float:
    """Median time of a call, ms, after one that is not counted."""
    run()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - began))
    return statistics.median(times)


def far_apart(free: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """The free cells nearest to the top left and bottom right corners of the part that is connected to most others."""
    from scipy.ndimage import label

    parts, _ = label(free)
    largest = parts == np.argmax(np.bincount(parts[free]))
    cells = np.argwhere(largest)
    order = cells.sum(axis=1)
    return tuple(cells[np.argmin(order)].tolist()), tuple(cells[np.argmax(order)].tolist())


def rooms(size: int, room: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size) bool, blocked: square rooms with walls two cells thick, a door of a quarter of a wall in most of them."""
    blocked = np.zeros((size, size), bool)
    for at in range(0, size, room):
        blocked[at : at + 2, :] = blocked[:, at : at + 2] = True
    for row in range(0, size, room):
        for col in range(0, size, room):
            door = 4 + int(rng.integers(room - room // 4 - 6))
            if rng.random() < 0.9:
                blocked[row + door : row + door + room // 4, col : col + 2] = False
            if rng.random() < 0.9:
                blocked[row : row + 2, col + door : col + door + room // 4] = False
    blocked[:2, :] = blocked[-2:, :] = blocked[:, :2] = blocked[:, -2:] = True
    return blocked
