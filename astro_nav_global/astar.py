"""A* over a whole grid: exact, eight neighbours, no corner cutting, one byte of cost level a cell.

A step into a cell costs its length times the cell's factor. Costs are integers (985 for a straight step at factor 1 and 1393 for a
diagonal one: their ratio is the square root of two to 4e-7), so sums are exact and the path can be read back from them.

The open list is a ring of buckets of total cost f, each a doubly linked list threaded through the cells: constant time for every
operation, every cell in it at most once, no memory but the two links. Within a bucket the order is arbitrary, so a cell may be
expanded again when a cheaper way to it turns up; the search ends when no bucket below the goal's cost is left, which keeps it exact.
Source of the buckets: R. Dial, "Shortest-path forest with topological ordering", CACM 1969.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from astro_nav_common.errors import InputError
from astro_nav_common.jit import kernel
from astro_nav_global.costmap import LETHAL, PASSABLE

#: cost of a straight and of a diagonal step at factor 1
STRAIGHT, DIAGONAL = 985, 1393
#: a bucket spans 2^7 = 0.13 of a straight step: fewer and cells are expanded twice, more and the ring leaves the cache
_BUCKET_SHIFT = 7
_UNREACHED, _BLOCKED = 2**31 - 1, -1
_NONE, _NOT_LISTED = -1, -2


class SearchResult(NamedTuple):
    """cells (N, 2) row, col from start to goal; cost in straight steps at factor 1; cells expanded, some of them twice."""

    cells: np.ndarray
    cost: float
    expanded: int


class GridSearch:
    """A* on grids of one shape. Owns its working arrays, 13 bytes a cell, so searches allocate nothing large."""

    def __init__(self, shape: tuple[int, int]) -> None:
        """Args: shape: (rows, cols) of the levels to search."""
        padded = (shape[0] + 2, shape[1] + 2)
        self.shape = shape
        self._levels = np.full(padded, LETHAL, np.uint8)  # the border saves all bounds checks
        self._cost = np.empty(padded, np.int32)
        self._next = np.empty(padded, np.int32)
        self._previous = np.empty(padded, np.int32)

    def run(
        self, levels: np.ndarray, factors: np.ndarray, start: tuple[int, int], goal: tuple[int, int]
    ) -> SearchResult | None:
        """The cheapest path, or None if there is none.

        Args:
            levels: (rows, cols) uint8, passable up to PASSABLE.
            factors: (PASSABLE + 1,) cost of a unit of length at each level, at least `factors[0]` > 0 everywhere.
            start, goal: (row, col), both passable.
        """
        return self.run_to_all(levels, factors, start, [goal])[0]

    def run_to_all(
        self, levels: np.ndarray, factors: np.ndarray, start: tuple[int, int], goals: Sequence[tuple[int, int]]
    ) -> list[SearchResult | None]:
        """The cheapest path to each of at least one goal, by one search; as `run`. Each result counts all cells expanded."""
        if levels.shape != self.shape:
            raise InputError(f"this search is for grids of shape {self.shape}, got {levels.shape}")
        if not goals:
            raise InputError("a search needs at least one goal")
        for name, cell in (("start", start), *(("goal", goal) for goal in goals)):
            if not (0 <= cell[0] < self.shape[0] and 0 <= cell[1] < self.shape[1]) or levels[cell] > PASSABLE:
                raise InputError(f"the {name} cell {cell} of a search must be a passable cell of the grid")
        self._levels[1:-1, 1:-1] = levels
        straight = np.rint(STRAIGHT * factors).astype(np.int32)
        diagonal = np.rint(DIAGONAL * factors).astype(np.int32)
        stride = self.shape[1] + 2
        source, *targets = ((row + 1) * stride + col + 1 for row, col in (start, *goals))
        # f grows by at most a step and what that step adds to the heuristic, so this many buckets never overlap
        span = (int(diagonal.max()) + int(diagonal[0])) >> _BUCKET_SHIFT
        heads = np.empty(1 << math.ceil(math.log2(span + 3)), np.int32)
        row, col = np.divmod(targets, stride)
        box = None if len(targets) == 1 else np.array((row.min(), row.max(), col.min(), col.max()))
        expanded = _search(
            self._levels.reshape(-1), straight, diagonal, source, np.array(targets), box, stride,
            self._cost.reshape(-1), self._next.reshape(-1), self._previous.reshape(-1), heads,
        )  # fmt: skip
        return [self._result(straight, diagonal, source, target, expanded) for target in targets]

    def _result(
        self, straight: np.ndarray, diagonal: np.ndarray, source: int, target: int, expanded: int
    ) -> SearchResult | None:
        cost = int(self._cost.reshape(-1)[target])
        if cost == _UNREACHED:
            return None
        stride = self.shape[1] + 2
        path = self._next.reshape(-1)  # the links are not needed any more: they hold the path
        levels = self._levels.reshape(-1)
        count = _trace(levels, straight, diagonal, source, target, stride, self._cost.reshape(-1), path)
        if count == 0:
            raise AssertionError("the search's costs do not lead back to the start: a bug in _search")
        rows, cols = np.divmod(path[:count][::-1], stride)
        return SearchResult(np.column_stack((rows - 1, cols - 1)), cost / STRAIGHT, expanded)


@kernel
def _search(
    levels: np.ndarray, straight: np.ndarray, diagonal: np.ndarray, source: int, targets: np.ndarray,
    box: np.ndarray | None, stride: int, cost: np.ndarray, following: np.ndarray, previous: np.ndarray, heads: np.ndarray,
) -> int:  # fmt: skip
    """Fill `cost` (int32, from the source) as far as needed for those of all targets to be final; returns the cells expanded.

    The heuristic is the octile distance to the target or, where there are several, to the smallest rectangle that holds them:
    `box` (4,) its first and last row and column. For one target it is None, and the compiler leaves out what is about rectangles.
    """
    for i in range(levels.size):
        cost[i] = _UNREACHED if levels[i] <= PASSABLE else _BLOCKED
    heads[:] = _NONE
    mask = heads.size - 1
    col_step = (1, -1, 0, 0, 1, 1, -1, -1)
    row_step = (0, 0, 1, -1, 1, -1, 1, -1)
    offset = np.empty(8, np.int64)
    for k in range(8):
        offset[k] = row_step[k] * stride + col_step[k]
    along, across = straight[0], diagonal[0] - straight[0]  # the octile heuristic at the least factor
    target_row, target_col = targets[0] // stride, targets[0] % stride
    row_gap, col_gap = abs(source // stride - target_row), abs(source % stride - target_col)
    if box is not None:
        row_gap = max(box[0] - source // stride, source // stride - box[1], 0)
        col_gap = max(box[2] - source % stride, source % stride - box[3], 0)
    bucket = (along * max(col_gap, row_gap) + across * min(col_gap, row_gap)) >> _BUCKET_SHIFT
    cost[source] = 0
    heads[bucket & mask] = source
    following[source] = _NONE
    previous[source] = _NONE
    listed = 1
    expanded = 0
    best = _UNREACHED  # cost of the dearest target, once all are reached
    while listed > 0:
        cell = heads[bucket & mask]
        if cell < 0:
            best = 0
            for i in range(targets.size):
                best = max(best, cost[targets[i]])
            if best >> _BUCKET_SHIFT <= bucket:
                break
            bucket += 1
            continue
        after = following[cell]
        heads[bucket & mask] = after
        if after >= 0:
            previous[after] = _NONE
        previous[cell] = _NOT_LISTED
        listed -= 1
        here = int(cost[cell])
        if here >= best:
            continue
        expanded += 1
        row = cell // stride
        col = cell - row * stride
        for k in range(8):
            to = cell + offset[k]
            known = cost[to]
            if known <= here:  # blocked, or reached at no greater cost
                continue
            if k < 4:
                through = here + straight[levels[to]]
            else:
                if cost[cell + col_step[k]] < 0 or cost[cell + row_step[k] * stride] < 0:
                    continue
                through = here + diagonal[levels[to]]
            if through >= known:
                continue
            cost[to] = through
            if box is None:
                col_gap = abs(col + col_step[k] - target_col)
                row_gap = abs(row + row_step[k] - target_row)
            else:
                row_gap = max(box[0] - row - row_step[k], row + row_step[k] - box[1], 0)
                col_gap = max(box[2] - col - col_step[k], col + col_step[k] - box[3], 0)
            ahead = along * max(col_gap, row_gap) + across * min(col_gap, row_gap)
            new = ((through + ahead) >> _BUCKET_SHIFT) & mask
            if known != _UNREACHED and previous[to] != _NOT_LISTED:
                old = ((known + ahead) >> _BUCKET_SHIFT) & mask
                if old == new:
                    continue
                before, after = previous[to], following[to]
                if before >= 0:
                    following[before] = after
                else:
                    heads[old] = after
                if after >= 0:
                    previous[after] = before
                listed -= 1
            after = heads[new]
            following[to] = after
            previous[to] = _NONE
            if after >= 0:
                previous[after] = to
            heads[new] = to
            listed += 1
    return expanded


@kernel
def _trace(
    levels: np.ndarray, straight: np.ndarray, diagonal: np.ndarray, source: int, target: int, stride: int,
    cost: np.ndarray, path: np.ndarray,
) -> int:  # fmt: skip
    """Write the cells from target back to source into `path`; returns how many, 0 if the costs contradict each other.

    Of equally cheap ways the straighter one.
    """
    offsets = np.array((1, -1, stride, -stride, stride + 1, -stride + 1, stride - 1, -stride - 1))
    cell = target
    path[0] = cell
    count = 1
    last = 0
    while cell != source:
        found = False
        to = cell
        for i in range(9):
            k = last if i == 0 else i - 1
            to = cell - offsets[k]
            step = straight[levels[cell]] if k < 4 else diagonal[levels[cell]]
            if cost[to] < 0 or cost[cell] - cost[to] != step:
                continue
            if k >= 4:
                col_offset = offsets[0] if k < 6 else offsets[1]
                if cost[cell - col_offset] < 0 or cost[cell - (offsets[k] - col_offset)] < 0:
                    continue
            last = k
            found = True
            break
        if not found:
            return 0
        cell = to
        path[count] = cell
        count += 1
    return count
