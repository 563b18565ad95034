"""The navigation function: the way still to go from every cell of the local map, by fast marching.

Solves |grad N| = cost with an upwind Eikonal update, so distances are those of the plane and not of a grid's eight directions.
The queue is a ring of buckets (an "untidy" priority queue; Yatziv, Bartesaghi and Sapiro, 2006): linear in the number of cells.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import kernel

#: Value of cells the wave did not reach, m.
UNREACHED = np.float32(1.0e4)
_BUCKETS = 4096


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


@kernel
def march(
    distance: np.ndarray, unseen: np.ndarray, resolution: float, passable: float, costs: np.ndarray, cost_step: float,
    seeds: np.ndarray, out: np.ndarray, reached: np.ndarray,
) -> None:  # fmt: skip
    """Fill `out` with the navigation function.

    First through the cells with at least `passable` m to the nearest obstacle; then, from those on, into the cells beside obstacles, at
    three times the way or what the tightest passage costs: so the function has a slope everywhere, but never leads through a gap the
    robot does not fit, nor along the walls of one that it just fits.

    Args:
        distance: (rows, cols) float32, distance to the nearest obstacle, m.
        unseen: (rows, cols) uint8; unseen cells cost half as much again.
        resolution: m a cell.
        passable: least distance to an obstacle of a centre that can be driven, m.
        costs: (C,) what a metre costs at distance passable + i cost_step to the nearest obstacle; beyond the last, a metre.
        cost_step: m.
        seeds: (S, 3) row, col, value.
        out: (rows, cols) float32, overwritten; UNREACHED where no wave comes.
        reached: (rows * cols,) uint8, overwritten: 1 where the first wave came, 2 where only the second did, 0 elsewhere.
    """
    rows, cols = distance.shape
    n = rows * cols
    width = 0.7 * resolution
    seeded = np.zeros(n, np.bool_)
    beside = max(3.0, costs[0])  # no way there is cheaper than the tightest one that can be driven
    state = reached
    state[:] = 0
    head = np.full(_BUCKETS, -1, np.int32)
    entry_cell = np.empty(8 * n, np.int32)
    entry_next = np.empty(8 * n, np.int32)
    for phase in range(1, 3):
        entries = 0
        lowest = np.inf
        if phase == 1:
            out[:, :] = UNREACHED
            for i in range(seeds.shape[0]):
                r = int(seeds[i, 0])
                c = int(seeds[i, 1])
                if 0 <= r < rows and 0 <= c < cols and seeds[i, 2] < out[r, c]:
                    out[r, c] = seeds[i, 2]
                    seeded[r * cols + c] = True
                    lowest = min(lowest, seeds[i, 2])
            if lowest == np.inf:
                return
        else:
            for cell in range(n):
                if state[cell] == 1:
                    lowest = min(lowest, out[cell // cols, cell % cols])
            if lowest == np.inf:
                return
        base = lowest
        for cell in range(n):
            r = cell // cols
            c = cell % cols
            ready = out[r, c] < UNREACHED and (phase == 1 or state[cell] == 1)
            if ready and phase == 2:
                inside = (
                    (r == 0 or state[cell - cols] == 1) and (r == rows - 1 or state[cell + cols] == 1)
                    and (c == 0 or state[cell - 1] == 1) and (c == cols - 1 or state[cell + 1] == 1)
                )  # fmt: skip
                ready = not inside
            if ready:
                b = min(int((out[r, c] - base) / width), 1 << 30) % _BUCKETS
                entry_cell[entries] = cell
                entry_next[entries] = head[b]
                head[b] = entries
                entries += 1
        pending = entries
        bucket = 0
        while pending > 0:
            b = bucket % _BUCKETS
            e = head[b]
            if e < 0:
                bucket += 1
                continue
            head[b] = entry_next[e]
            pending -= 1
            cell = entry_cell[e]
            r = cell // cols
            c = cell % cols
            if state[cell] >= phase:
                continue
            if state[cell] == 0:
                # a seed may stand beside an obstacle; nothing else may in the first phase
                if phase == 1 and distance[r, c] < passable and not seeded[cell]:
                    continue
                state[cell] = phase
            else:
                state[cell] = 3  # of the first wave, and the second has begun from here
            here = out[r, c]
            for side in range(4):
                rr = r + (1 if side == 0 else (-1 if side == 1 else 0))
                cc = c + (1 if side == 2 else (-1 if side == 3 else 0))
                if rr < 0 or rr >= rows or cc < 0 or cc >= cols:
                    continue
                near = rr * cols + cc
                if state[near] != 0 or out[rr, cc] <= here:
                    continue
                d = distance[rr, cc]
                if phase == 1 and d < passable:
                    continue
                cost = beside
                if phase == 1:
                    i = int((d - passable) / cost_step)
                    cost = costs[i] if i < costs.shape[0] else 1.0
                if unseen[rr, cc] != 0:
                    cost *= 1.5
                step = cost * resolution
                a = UNREACHED
                if cc > 0:
                    a = min(a, out[rr, cc - 1])
                if cc < cols - 1:
                    a = min(a, out[rr, cc + 1])
                o = UNREACHED
                if rr > 0:
                    o = min(o, out[rr - 1, cc])
                if rr < rows - 1:
                    o = min(o, out[rr + 1, cc])
                gap = abs(a - o)
                value = min(a, o) + step if gap >= step else 0.5 * (a + o + math.sqrt(2.0 * step * step - gap * gap))
                if value < out[rr, cc] - 1e-5 and entries < 8 * n:
                    out[rr, cc] = value
                    nb = max(int((value - base) / width), bucket) % _BUCKETS
                    entry_cell[entries] = near
                    entry_next[entries] = head[nb]
                    head[nb] = entries
                    entries += 1
                    pending += 1
    for cell in range(n):
        if state[cell] == 3:
            state[cell] = 1
