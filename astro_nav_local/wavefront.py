"""The navigation function: the way still to go from every cell of the local map, by fast marching.

Solves |grad N| = cost with an upwind Eikonal update, so distances are those of the plane and not of a grid's eight directions.
The queue is a ring of buckets (an "untidy" priority queue; Yatziv, Bartesaghi and Sapiro, 2006): linear in the number of cells.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import inline_kernel, lean_kernel

#: Value of cells the wave did not reach, m.
UNREACHED = np.float32(1.0e4)
BUCKETS = 4096


class WayCost(NamedTuple):
    """What a metre of way costs by its distance to obstacles, as `march` takes it."""

    costs: np.ndarray
    step: float

    @classmethod
    def of(cls, scale: float, gain: float, collision_cost: float, sigma: float, length: float) -> WayCost:
        """The cost by clearance beyond the robot's half width: detour worth taking for comfort, and the risk that the objective will see.

        A robot of `length` m passing between two obstacles with clearance c on either side touches one with probability
        2 Phi(-c / sigma), which the objective prices at `collision_cost` m; spread over the passage, that is a cost a metre.
        """
        step = 0.01
        clearance = step * (np.arange(int(4.0 * scale / step)) + 0.5)
        risk = np.array([math.erfc(c / (math.sqrt(2.0) * sigma)) for c in clearance])
        return cls(1.0 + gain * np.exp(-clearance / scale) + collision_cost / length * risk, step)


class WaveWork(NamedTuple):
    """Work space of `march`: the grid with a rim of one closed cell around it, row after row, and the queue.

    value: float32 N, m. step: what crossing a cell costs, m; 0 where the wave must not go. state: 0 open, else as `reached`; the rim
    is closed. cell, next: entries of the queue, chained by bucket from head.
    """

    value: np.ndarray
    step: np.ndarray
    state: np.ndarray
    cell: np.ndarray
    next: np.ndarray
    head: np.ndarray

    @classmethod
    def of(cls, rows: int, cols: int) -> WaveWork:
        """For grids of that size."""
        n = (rows + 2) * (cols + 2)
        return cls(
            np.empty(n, np.float32), np.empty(n), np.empty(n, np.uint8), np.empty(8 * n, np.int32),
            np.empty(8 * n, np.int32), np.full(BUCKETS, -1, np.int32),
        )  # fmt: skip


#: Values of `doubt`, and what a cell's way is multiplied by for 0, 1, 2.
UNSEEN, DOUBTFUL = 1, 2
_FACTORS = (1.0, 1.5, 4.0)
#: States of cells in `WaveWork`: open, of the first wave, of the second, of the first with the second begun from there, and of the rim.
_OPEN, _FIRST, _SECOND, _BOTH, _RIM = range(5)


@lean_kernel
def march(
    distance: np.ndarray, doubt: np.ndarray, resolution: float, passable: float, costs: np.ndarray, cost_step: float,
    seeds: np.ndarray, out: np.ndarray, reached: np.ndarray, work: WaveWork,
) -> None:  # fmt: skip
    """Fill `out` with the navigation function.

    First through the cells with at least `passable` m to the nearest obstacle; then, from those on, into the cells beside obstacles at
    three times the way, so that the function has a slope everywhere but never leads through a gap the robot does not fit.

    Args:
        distance: (rows, cols) float32, distance to the nearest obstacle, m.
        doubt: (rows, cols) uint8: 0 for cells that have been seen, UNSEEN, or DOUBTFUL; what is doubted costs more.
        resolution: m a cell.
        passable: least distance to an obstacle of a centre that can be driven, m.
        costs: (C,) what a metre costs at distance passable + i cost_step to the nearest obstacle; beyond the last, a metre.
        cost_step: m.
        seeds: (S, 3) row, col, value.
        out: (rows, cols) float32, overwritten; UNREACHED where no wave comes.
        reached: (rows * cols,) uint8, overwritten: 1 where the first wave came, 2 where only the second did, 0 elsewhere.
        work: of that size.
    """
    rows, cols = distance.shape
    stride = cols + 2
    value, step, state, cell, following, head = work
    value[:] = UNREACHED
    state[:] = _RIM
    for r in range(rows):
        for c in range(cols):
            i = (r + 1) * stride + c + 1
            state[i] = _OPEN
            step[i] = 0.0
            clearance = distance[r, c] - passable
            if distance[r, c] >= passable:
                band = int(clearance / cost_step)
                cost = costs[band] if band < costs.shape[0] else 1.0
                step[i] = cost * _FACTORS[doubt[r, c]] * resolution
    entries = 0
    base = np.inf
    for i in range(seeds.shape[0]):
        base = min(base, seeds[i, 2])
    for i in range(seeds.shape[0]):
        r = int(seeds[i, 0])
        c = int(seeds[i, 1])
        at = (r + 1) * stride + c + 1
        if 0 <= r < rows and 0 <= c < cols and seeds[i, 2] < value[at]:
            value[at] = seeds[i, 2]
            entries = push(at, _bucket(value[at], base, resolution), cell, following, head, entries)
    _spread(_FIRST, stride, base, resolution, value, step, state, cell, following, head, entries)

    beside = max(3.0, costs[0]) * resolution  # no way there is cheaper than the tightest one that can be driven
    entries = 0
    base = np.inf
    for r in range(rows):
        for c in range(cols):
            i = (r + 1) * stride + c + 1
            step[i] = beside * _FACTORS[doubt[r, c]]
            if state[i] == _FIRST:
                base = min(base, value[i])
    for r in range(rows):
        for c in range(cols):
            i = (r + 1) * stride + c + 1
            if state[i] == _FIRST and (
                state[i - 1] == _OPEN
                or state[i + 1] == _OPEN
                or state[i - stride] == _OPEN
                or state[i + stride] == _OPEN
            ):
                entries = push(i, _bucket(value[i], base, resolution), cell, following, head, entries)
    _spread(_SECOND, stride, base, resolution, value, step, state, cell, following, head, entries)
    for r in range(rows):
        for c in range(cols):
            i = (r + 1) * stride + c + 1
            out[r, c] = value[i]
            reached[r * cols + c] = _FIRST if state[i] == _BOTH else state[i]


@inline_kernel
def _bucket(value: float, base: float, resolution: float) -> int:
    """Number, from the first one on, of the bucket that a value belongs in."""
    return min(int((value - base) / (0.7 * resolution)), 1 << 30)


@inline_kernel
def push(at: int, bucket: int, cell: np.ndarray, following: np.ndarray, head: np.ndarray, entries: int) -> int:
    """Queue a cell; the number of entries ever queued with it."""
    b = bucket & (BUCKETS - 1)
    cell[entries] = at
    following[entries] = head[b]
    head[b] = entries
    return entries + 1


@inline_kernel
def pop(bucket: int, cell: np.ndarray, following: np.ndarray, head: np.ndarray) -> tuple[int, int]:
    """Take a cell out of the lowest bucket, from `bucket` on, that has one; there must be one. Returns the cell and its bucket."""
    e = head[bucket & (BUCKETS - 1)]
    while e < 0:
        bucket += 1
        e = head[bucket & (BUCKETS - 1)]
    head[bucket & (BUCKETS - 1)] = following[e]
    return cell[e], bucket


@lean_kernel
def _spread(
    phase: int, stride: int, base: float, resolution: float, value: np.ndarray, step: np.ndarray, state: np.ndarray,
    cell: np.ndarray, following: np.ndarray, head: np.ndarray, entries: int,
) -> None:  # fmt: skip
    """Let the wave of a phase run from what is queued until nothing is."""
    pending = entries
    bucket = 0
    while pending > 0:
        at, bucket = pop(bucket, cell, following, head)
        pending -= 1
        if state[at] >= phase:
            continue
        state[at] = phase if state[at] == _OPEN else _BOTH
        here = value[at]
        for side in range(4):
            near = at + (stride if side == 0 else (-stride if side == 1 else (1 if side == 2 else -1)))
            if state[near] != _OPEN or value[near] <= here or step[near] <= 0.0:
                continue
            a = min(value[near - 1], value[near + 1])
            o = min(value[near - stride], value[near + stride])
            gap = abs(a - o)
            across = step[near]
            slope = 0.5 * (a + o + math.sqrt(max(2.0 * across * across - gap * gap, 0.0)))
            found = slope if gap < across else min(a, o) + across
            if found < value[near] - 1e-5 and entries < cell.shape[0]:
                value[near] = found
                entries = push(near, max(_bucket(found, base, resolution), bucket), cell, following, head, entries)
                pending += 1
