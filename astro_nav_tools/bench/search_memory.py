"""What a search takes of memory: the growth of a process that does nothing else.

Counted are pages that are really there (peak of the resident set, less what was there with the costs in the form that the search takes and
its code compiled): libraries in C++ and Cython allocate past what Python's tracemalloc sees.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np

from astro_nav_tools.bench.grid_searches import SEARCHES, Cell


class FirstSearch(NamedTuple):
    """What a search took in a new process: bytes a cell beside its costs, and ms."""

    bytes_a_cell: float
    time_ms: float


def first_search(name: str, levels: np.ndarray, factors: np.ndarray, start: Cell, goal: Cell) -> FirstSearch:
    """Measure a search of SEARCHES."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        file = Path(folder, "levels")
        levels.tofile(file)
        return pool.submit(_measure, name, file, levels.shape, factors, start, goal).result()


def _measure(name: str, file: Path, shape: Cell, factors: np.ndarray, start: Cell, goal: Cell) -> FirstSearch:
    SEARCHES[name](np.zeros((8, 8), np.uint8), factors)((0, 0), (7, 7))
    levels: np.ndarray = np.fromfile(file, np.uint8).reshape(shape)
    solve = SEARCHES[name](levels, factors)
    with suppress(OSError):  # where it cannot be done, the peak counts from the start of the process
        Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
    before, began = _resident("VmRSS"), time.perf_counter()
    solve(start, goal)
    took = 1e3 * (time.perf_counter() - began)
    grown = _resident("VmHWM") - before
    return FirstSearch(grown / levels.size, took)


def _resident(which: str) -> int:
    """Bytes of this process in memory, now (VmRSS) or at its peak (VmHWM). The peak of `getrusage` begins with that of the parent."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(which))
    return 1024 * int(line.split()[1])
