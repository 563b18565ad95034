"""Narrow places of a map: where two wider places meet, and a door, or a box left standing, would part them.

The clearance of the map is flooded from above, like mountains as water falls: a cell that comes out of the water between two banks
that were there before is a saddle, the widest point of a way between wider ones. It counts as a narrow place if the line from
obstacle to obstacle through it parts the map around it, with something wider on both sides. Source: S. Beucher and F. Meyer, "The
morphological approach to segmentation", 1993, for the flooding in the order of level and distance.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.distance_field import distance_field
from astro_nav_common.grid import Grid
from astro_nav_common.jit import kernel

#: m, the widest narrow place: more is not closed by a door or a box
WIDEST = 1.2
#: m around a narrow place that it must part: whoever can go round it within this does not need to remember it
_AROUND = 1.25
#: m of clearance, and m^2 with more clearance than it, that a narrow place must have on both sides
_PROMINENCE, _AREA = 0.08, 0.1
#: steps of clearance a cell; finer is below the grid's own error
_STEPS = 4
#: how far from the opposite of the nearest obstacle the other side is looked for: the cosine of 60 degrees
_FACING = 0.5
#: m between the middles of two narrow places, at least
_APART = 0.5


class NarrowPlace(NamedTuple):
    """A line from side to side, m: from the cell of one obstacle to that of another."""

    ax: float
    ay: float
    bx: float
    by: float

    @property
    def width(self) -> float:
        """m, between the obstacles' cells' centres."""
        return math.hypot(self.bx - self.ax, self.by - self.ay)

    @property
    def middle(self) -> tuple[float, float]:
        """x, y, m."""
        return 0.5 * (self.ax + self.bx), 0.5 * (self.ay + self.by)


def narrow_places(grid: Grid, narrowest: float) -> list[NarrowPlace]:
    """The narrow places of an occupancy grid, from `narrowest` m to WIDEST wide; narrowest first, the same for the same grid.

    Unknown cells are as closed as occupied ones here: a door leads from a known place to another.
    """
    open_cells = (grid.data >= 0) & (grid.data <= OCCUPIED // 2)
    clearance = np.empty(grid.shape, np.float32)
    distance_field(~open_cells, grid.resolution, 0.5 * WIDEST + _PROMINENCE + grid.resolution, clearance)
    steps = (clearance * np.float32(_STEPS / grid.resolution) + np.float32(0.5)).astype(np.int16)
    order = np.empty(int(np.count_nonzero(steps)), np.int32)
    _by_clearance(steps.reshape(-1), int(steps.max(initial=0)), order)
    saddles = np.zeros(grid.shape, np.bool_)
    _flood(order, steps, saddles)
    saddles &= (2.0 * clearance >= narrowest) & (2.0 * clearance <= WIDEST + grid.resolution)
    found = []
    for row, col in np.argwhere(saddles):
        place = _across(grid, open_cells, *grid.center(int(row), int(col)))
        if place is not None and narrowest <= place.width <= WIDEST and _parts(grid, clearance, place):
            found.append(place)
    return _apart(sorted(found, key=lambda place: (place.width, place)))


def _apart(places: list[NarrowPlace]) -> list[NarrowPlace]:
    """Of places that are almost the same one, the first."""
    kept: list[NarrowPlace] = []
    middles = np.empty((len(places), 2))
    for place in places:
        gaps = np.hypot(*(middles[: len(kept)] - place.middle).T)
        if gaps.min(initial=np.inf) > _APART:
            middles[len(kept)] = place.middle
            kept.append(place)
    return kept


def _across(grid: Grid, open_cells: np.ndarray, x: float, y: float) -> NarrowPlace | None:
    """From the obstacle nearest to a point to the nearest one that faces it, or None."""
    window, low = _window(grid, x, y, 0.75 * WIDEST)
    cells = np.argwhere(~open_cells[window]) + low
    if len(cells) == 0:
        return None
    offsets = grid.centers(cells) - (x, y)
    far = np.hypot(*offsets.T)
    first = int(np.argmin(far))
    cosines = offsets @ offsets[first] / (far * far[first])
    facing = np.flatnonzero(cosines < -_FACING)
    if len(facing) == 0:
        return None
    second = facing[int(np.argmin(far[facing]))]
    (ax, ay), (bx, by) = offsets[first] + (x, y), offsets[second] + (x, y)
    return NarrowPlace(float(ax), float(ay), float(bx), float(by))


def _parts(grid: Grid, clearance: np.ndarray, place: NarrowPlace) -> bool:
    """True if closing the place parts what is around it into two sides that are both wider than it."""
    x, y = place.middle
    window, low = _window(grid, x, y, _AROUND)
    near = clearance[window]
    centers = grid.centers(np.argwhere(np.ones(near.shape, bool)) + low) - (x, y)
    c, s = (place.bx - place.ax) / place.width, (place.by - place.ay) / place.width
    along, across = centers @ (c, s), centers @ (-s, c)
    line = (np.abs(along) <= 0.5 * place.width) & (np.abs(across) <= grid.resolution)
    regions, _ = ndimage.label((near > 0.0) & ~line.reshape(near.shape), np.ones((3, 3)))
    beside = (np.abs(along) <= grid.resolution) & (np.abs(across) <= 3.0 * grid.resolution) & ~line
    left, right = (set(regions.ravel()[beside & (sign * across > 0.0)].tolist()) - {0} for sign in (1, -1))
    if not left or not right or left & right:
        return False
    wider = near > 0.5 * place.width
    peak = 0.5 * place.width + _PROMINENCE
    area = _AREA / grid.resolution**2
    sides = (np.isin(regions, list(side)) for side in (left, right))
    return all(near[side].max() >= peak and np.count_nonzero(wider & side) >= area for side in sides)


def _window(grid: Grid, x: float, y: float, reach: float) -> tuple[tuple[slice, slice], np.ndarray]:
    """The cells within `reach` m of a point, as slices, and the first of them."""
    row, col = grid.cell(x, y)
    cells = math.ceil(reach / grid.resolution)
    low = max(row - cells, 0), max(col - cells, 0)
    return (slice(low[0], row + cells + 1), slice(low[1], col + cells + 1)), np.array(low)


@kernel
def _by_clearance(steps: np.ndarray, most: int, order: np.ndarray) -> None:
    """Write the indices of the cells above zero into `order` (N,), by falling steps (M,), none above `most`, then by index."""
    begins = np.zeros(most + 2, np.int64)
    for i in range(steps.size):
        if steps[i] > 0:
            begins[steps[i] - 1] += 1
    total = 0
    for level in range(most, 0, -1):
        count = begins[level - 1]
        begins[level - 1] = total
        total += count
    for i in range(steps.size):
        if steps[i] > 0:
            order[begins[steps[i] - 1]] = i
            begins[steps[i] - 1] += 1


@kernel
def _flood(order: np.ndarray, steps: np.ndarray, saddles: np.ndarray) -> None:
    """Mark saddles (rows, cols) bool of clearance steps (rows, cols) int16.

    Args:
        order: (N,) flat indices of the open cells, by falling clearance.
    """
    rows, cols = steps.shape
    # clockwise, so that banks are runs in a ring
    ring_row = (-1, -1, 0, 1, 1, 1, 0, -1)
    ring_col = (0, 1, 1, 1, 0, -1, -1, -1)
    dry = np.zeros(steps.shape, np.bool_)
    queued = np.zeros(steps.shape, np.bool_)
    queue = np.empty(order.size, np.int32)
    start = 0
    while start < order.size:
        # one level of clearance: along the banks there are, in the order of the distance from them, so that they meet half-way
        level = steps[order[start] // cols, order[start] % cols]
        head, tail, stop = 0, 0, start
        while stop < order.size and steps[order[stop] // cols, order[stop] % cols] == level:
            row, col = order[stop] // cols, order[stop] % cols
            if dry[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2].any():
                queue[tail] = order[stop]
                queued[row, col] = True
                tail += 1
            stop += 1
        rest = start
        while True:
            while head < tail:
                row, col = queue[head] // cols, queue[head] % cols
                head += 1
                banks = 0
                before = row > 0 and col > 0 and dry[row - 1, col - 1]
                for k in range(8):
                    near_row, near_col = row + ring_row[k], col + ring_col[k]
                    if not (0 <= near_row < rows and 0 <= near_col < cols):
                        before = False
                        continue
                    now = dry[near_row, near_col]
                    if now and not before:
                        banks += 1
                    before = now
                    if not now and steps[near_row, near_col] == level and not queued[near_row, near_col]:
                        queue[tail] = near_row * cols + near_col
                        queued[near_row, near_col] = True
                        tail += 1
                dry[row, col] = True
                saddles[row, col] = banks > 1
            while rest < stop and queued[order[rest] // cols, order[rest] % cols]:
                rest += 1
            if rest == stop:
                break
            queue[tail] = order[rest]
            queued[order[rest] // cols, order[rest] % cols] = True
            tail += 1
        start = stop
