"""Distance field of points that lie anywhere in their cells: finer than the grid they are kept in.

Source: P.-E. Danielsson, "Euclidean distance mapping", 1980: each cell takes over its neighbours' nearest point in two sweeps. The few
cells whose nearest point no neighbour shares come out too large by a fraction of a cell.
"""

from __future__ import annotations

import numpy as np

from astro_nav_common.jit import kernel

#: Column and row of a point that is nowhere.
_NOWHERE, _FAR = np.float32(1.0e6), np.float32(1.0e12)


@kernel
def point_distance_field(
    occupied: np.ndarray, points: np.ndarray, resolution: float, cap: float, nearest: np.ndarray, out: np.ndarray
) -> None:
    """Distance from each cell's centre to the nearest point, m, at most `cap`.

    Args:
        occupied: (rows, cols) bool or uint8: the cells that hold a point.
        points: (2, rows, cols) float32 x and y of the point in a cell, from the cell's centre, in cells.
        resolution: m a cell.
        cap: distances are clipped to this, m.
        nearest: (2, rows, cols) float32 work space: column and row of each cell's nearest point.
        out: (rows, cols) float32, overwritten.
    """
    rows, cols = occupied.shape
    at_u = nearest[0]
    at_v = nearest[1]
    for row in range(rows):
        for col in range(cols):
            if occupied[row, col] != 0:
                u = points[0, row, col]
                v = points[1, row, col]
                at_u[row, col] = u + col
                at_v[row, col] = v + row
                out[row, col] = u * u + v * v
            else:
                at_u[row, col] = _NOWHERE
                at_v[row, col] = _NOWHERE
                out[row, col] = _FAR
    _along(at_u, at_v, out, 0)
    for i in range(1, rows):
        _take_over(at_u, at_v, out, i, i - 1)
        _along(at_u, at_v, out, i)
    for i in range(rows - 2, -1, -1):
        _take_over(at_u, at_v, out, i, i + 1)
        _along(at_u, at_v, out, i)
    for row in range(rows):
        for col in range(cols):
            out[row, col] = min(np.sqrt(out[row, col]) * np.float32(resolution), np.float32(cap))


@kernel
def _take_over(at_u: np.ndarray, at_v: np.ndarray, out: np.ndarray, row: int, other: int) -> None:
    """Nearest points of one row from those of the row beside it."""
    cols = out.shape[1]
    for shift in range(-1, 2):
        for col in range(1, cols - 1):  # without the two at the rim, this is done several at a time
            u = at_u[other, col + shift]
            v = at_v[other, col + shift]
            du = u - np.float32(col)
            dv = v - np.float32(row)
            squared = du * du + dv * dv
            if squared < out[row, col]:
                out[row, col] = squared
                at_u[row, col] = u
                at_v[row, col] = v
    for shift in range(2):
        _offer(at_u[other, shift], at_v[other, shift], at_u, at_v, out, row, 0)
        _offer(at_u[other, cols - 1 - shift], at_v[other, cols - 1 - shift], at_u, at_v, out, row, cols - 1)


@kernel
def _offer(
    u: np.float32, v: np.float32, at_u: np.ndarray, at_v: np.ndarray, out: np.ndarray, row: int, col: int
) -> None:
    """Take the point (u, v) for a cell if it is nearer than the cell's own."""
    du = u - np.float32(col)
    dv = v - np.float32(row)
    squared = du * du + dv * dv
    if squared < out[row, col]:
        out[row, col] = squared
        at_u[row, col] = u
        at_v[row, col] = v


@kernel
def _along(at_u: np.ndarray, at_v: np.ndarray, out: np.ndarray, row: int) -> None:
    """Nearest points of a row from its own, in both directions."""
    cols = out.shape[1]
    for way in range(2):
        step = 1 - 2 * way
        first = 0 if way == 0 else cols - 1
        u = at_u[row, first]
        v = at_v[row, first]
        for i in range(1, cols):
            col = first + step * i
            du = u - np.float32(col)
            dv = v - np.float32(row)
            squared = du * du + dv * dv
            if squared < out[row, col]:
                out[row, col] = squared
                at_u[row, col] = u
                at_v[row, col] = v
            else:
                u = at_u[row, col]
                v = at_v[row, col]
