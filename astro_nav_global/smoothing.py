"""Shortening: straight lines instead of a grid path's steps, wherever they are free and cost hardly more.

A line costs the sum over the cells it crosses of length times factor: the same measure that A* minimises, so a shortcut is taken
only where the path that keeps its distance from walls does not lose by it. Where a line passes exactly through the corner of
a cell, both cells beside it must be free, as for A*'s diagonal steps.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_global.costmap import PASSABLE


def shorten(points: np.ndarray, levels: np.ndarray, factors: np.ndarray, margin: float) -> np.ndarray:
    """Indices (M,) of the points to keep of a polyline, the ends among them.

    Args:
        points: (N, 2) u = column, v = row, in cells (cell k spans k ... k + 1); every line between neighbours is free.
        levels: (rows, cols) uint8 cost levels. factors: (PASSABLE + 1,) cost of a cell's length at each.
        margin: a shortcut may cost this fraction more than what it replaces of `points`.
    """
    points = np.ascontiguousarray(points, float)
    spent = np.empty(len(points))
    _running_cost(points, levels, factors, spent)
    kept: np.ndarray = np.arange(len(points))
    while True:  # every pass but the last drops points
        chosen = np.empty(len(kept), np.int64)
        count = _shorten_once(points[kept], spent[kept], levels, factors, margin, chosen)
        if count == len(kept):
            return kept
        kept = kept[chosen[:count]]


def polyline_cost(points: np.ndarray, levels: np.ndarray, factors: np.ndarray) -> float:
    """Cost of a polyline (N, 2) u, v, in cells; infinite if a part of it is blocked."""
    spent = np.empty(len(points))
    _running_cost(np.ascontiguousarray(points, float), levels, factors, spent)
    return float(spent[-1])


@kernel
def line_cost(
    u0: float, v0: float, u1: float, v1: float, levels: np.ndarray, factors: np.ndarray, budget: float
) -> float:
    """Cost of the straight line (u0, v0) to (u1, v1), in cells; infinite if it is blocked or costs more than `budget`."""
    rows, cols = levels.shape
    col, row = math.floor(u0), math.floor(v0)
    last_col, last_row = math.floor(u1), math.floor(v1)
    if min(row, last_row) < 0 or max(row, last_row) >= rows or min(col, last_col) < 0 or max(col, last_col) >= cols:
        return np.inf
    du, dv = u1 - u0, v1 - v0
    length = math.hypot(du, dv)
    col_step, row_step = (1 if du > 0.0 else -1), (1 if dv > 0.0 else -1)
    # fractions of the line at which it leaves the present column and row, and between one column (row) and the next
    col_every = 1.0 / abs(du) if du != 0.0 else np.inf
    row_every = 1.0 / abs(dv) if dv != 0.0 else np.inf
    col_next = (col + (du > 0.0) - u0) / du if du != 0.0 else np.inf
    row_next = (row + (dv > 0.0) - v0) / dv if dv != 0.0 else np.inf
    spent: float = 0.0
    at = 0.0
    for _ in range(abs(last_col - col) + abs(last_row - row) + 1):
        level = levels[row, col]
        if level > PASSABLE:
            return np.inf
        leave = min(col_next, row_next, 1.0)
        spent += (leave - at) * length * factors[level]
        if spent > budget:
            return np.inf
        if row == last_row and col == last_col:
            return spent
        at = leave
        if abs(col_next - row_next) < 1e-9 and row != last_row and col != last_col:
            if levels[row + row_step, col] > PASSABLE or levels[row, col + col_step] > PASSABLE:
                return np.inf
            row += row_step
            col += col_step
            row_next += row_every
            col_next += col_every
        elif (col_next < row_next and col != last_col) or row == last_row:
            col += col_step
            col_next += col_every
        else:
            row += row_step
            row_next += row_every
    return np.inf


@kernel
def _running_cost(points: np.ndarray, levels: np.ndarray, factors: np.ndarray, spent: np.ndarray) -> None:
    """Write the cost of a polyline (N, 2) up to each of its points into `spent` (N,)."""
    spent[0] = 0.0
    for i in range(1, points.shape[0]):
        step = line_cost(points[i - 1, 0], points[i - 1, 1], points[i, 0], points[i, 1], levels, factors, np.inf)
        spent[i] = spent[i - 1] + step


@kernel
def _shorten_once(
    points: np.ndarray, spent: np.ndarray, levels: np.ndarray, factors: np.ndarray, margin: float, chosen: np.ndarray
) -> int:
    """Write the indices kept by one pass from the first point on into `chosen`; returns how many. spent: (N,) to each point."""
    last = points.shape[0] - 1
    chosen[0] = 0
    count = 1
    here = 0
    while here < last:
        # bisect for a far point in reach: being in reach is nearly monotone, and any point found is right
        near, far = here + 1, last + 1
        ahead = last
        while near + 1 < far:
            budget = (spent[ahead] - spent[here]) * (1.0 + margin)
            cost = line_cost(
                points[here, 0], points[here, 1], points[ahead, 0], points[ahead, 1], levels, factors, budget
            )
            if cost < np.inf:
                near = ahead
            else:
                far = ahead
            ahead = (near + far) // 2
        here = near
        chosen[count] = here
        count += 1
    return count
