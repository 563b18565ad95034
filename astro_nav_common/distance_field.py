"""Exact Euclidean distance transform of a boolean grid.

Source: P. Felzenszwalb and D. Huttenlocher, "Distance transforms of sampled functions", 2012: one lower envelope of
parabolas a row, after one two-sided sweep a column. Linear in the number of cells.
"""

from __future__ import annotations

import numpy as np

from astro_nav_common.jit import inline_kernel, kernel

FAR = 1.0e6


@kernel
def distance_field(occupied: np.ndarray, resolution: float, cap: float, out: np.ndarray) -> None:
    """Distance from each cell's centre to the nearest occupied cell's centre, m, at most `cap`.

    Args:
        occupied: (rows, cols) bool or uint8.
        resolution: m a cell.
        cap: distances are clipped to this, m.
        out: (rows, cols) float32, overwritten.
    """
    rows, cols = occupied.shape
    for col in range(cols):
        gap = np.float32(FAR)
        for row in range(rows):
            gap = np.float32(0.0) if occupied[row, col] else gap + np.float32(1.0)
            out[row, col] = gap
    for row in range(rows - 2, -1, -1):
        for col in range(cols):
            below = out[row + 1, col] + np.float32(1.0)
            if below < out[row, col]:
                out[row, col] = below
    vertex = np.empty(cols, np.int32)
    start = np.empty(cols + 1, np.float64)
    height = np.empty(cols, np.float64)
    for row in range(rows):
        for col in range(cols):
            g = np.float64(out[row, col])
            height[col] = g * g + col * col
        last = 0
        vertex[0] = 0
        start[0] = -np.inf
        for col in range(1, cols):
            meet = (height[col] - height[vertex[last]]) / (2.0 * (col - vertex[last]))
            while meet <= start[last]:
                last -= 1
                meet = (height[col] - height[vertex[last]]) / (2.0 * (col - vertex[last]))
            last += 1
            vertex[last] = col
            start[last] = meet
        at = 0
        for col in range(cols):
            while at < last and start[at + 1] < col:
                at += 1
            v = vertex[at]
            squared = height[v] - 2.0 * v * col + np.float64(col) * col
            out[row, col] = min(np.sqrt(max(squared, 0.0)) * resolution, cap)


@inline_kernel
def interpolate(field: np.ndarray, u: float, v: float) -> float:
    """Bilinear value at (u, v) = ((x - origin_x)/resolution - 0.5, (y - origin_y)/resolution - 0.5), clamped to the grid."""
    rows, cols = field.shape
    u = min(max(u, 0.0), cols - 1.001)
    v = min(max(v, 0.0), rows - 1.001)
    col = np.uint32(u)  # unsigned: no check whether it counts from the end
    row = np.uint32(v)
    fu = u - col
    fv = v - row
    low = field[row, col] + fu * (field[row, col + 1] - field[row, col])
    high = field[row + 1, col] + fu * (field[row + 1, col + 1] - field[row + 1, col])
    return low + fv * (high - low)
