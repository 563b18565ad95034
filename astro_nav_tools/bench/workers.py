"""Independent pieces of work, in this process or in several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import typer

_T = TypeVar("_T")
_R = TypeVar("_R")

#: the option `--workers` of benchmarks whose results do not depend on it
WORKERS = typer.Option(min=1, help="Processes.")


def in_processes(work: Callable[[_T], _R], items: Sequence[_T], workers: int) -> list[_R]:
    """work(item) of each item, in order; both must be picklable if there are several workers."""
    if workers == 1:
        return [work(item) for item in items]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(work, items, chunksize=max(1, len(items) // (16 * workers))))
