"""Generated maps for the global search: (size, size) bool, blocked, the same for a seed, with a wall around."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree


def open_field(size: int, _rng: np.random.Generator) -> np.ndarray:
    """Nothing but the wall around."""
    return _walled(np.zeros((size, size), bool))


def rooms(size: int, rng: np.random.Generator, room: int = 80) -> np.ndarray:
    """Square rooms with walls two cells thick, a door of a quarter of a wall in most of them."""
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
    return _walled(blocked)


def maze(size: int, rng: np.random.Generator, corridor: int = 8, wall: int = 2) -> np.ndarray:
    """A maze with exactly one way between any two places: the least spanning tree of places with random weights."""
    pitch = corridor + wall
    count = (size - wall) // pitch
    place = np.arange(count * count).reshape(count, count)
    ends = [
        np.concatenate((place[:, :-1].ravel(), place[:-1].ravel())),
        np.concatenate((place[:, 1:].ravel(), place[1:].ravel())),
    ]
    weights = 1.0 + rng.random(len(ends[0]))
    cells = (ends[0].astype(np.int32), ends[1].astype(np.int32))
    tree = minimum_spanning_tree(coo_array((weights, cells), shape=(count * count, count * count)).tocsr()).tocoo()
    blocked = np.ones((size, size), bool)
    for first, second in zip([*tree.row, *place.flat], [*tree.col, *place.flat]):
        low, high = sorted((divmod(int(first), count), divmod(int(second), count)))
        blocked[
            wall + low[0] * pitch : wall + high[0] * pitch + corridor,
            wall + low[1] * pitch : wall + high[1] * pitch + corridor,
        ] = False
    return blocked


def random_cells(size: int, rng: np.random.Generator) -> np.ndarray:
    """A quarter of all cells, each by itself."""
    return _walled(rng.random((size, size)) < 0.25)


def clutter(size: int, rng: np.random.Generator) -> np.ndarray:
    """Discs and boxes of 3 to 30 cells anywhere, a sixth of the area if they did not overlap."""
    blocked = np.zeros((size, size), bool)
    rows, cols = np.ogrid[:size, :size]
    left = size * size / 6.0
    while left > 0.0:
        row, col = rng.integers(size, size=2).tolist()
        half = (1 + rng.integers(15, size=2)).tolist()
        window = (slice(max(row - half[0], 0), row + half[0] + 1), slice(max(col - half[1], 0), col + half[1] + 1))
        if rng.random() < 0.5:
            blocked[window] = True
            left -= 4.0 * half[0] * half[1]
        else:
            radius = min(half)
            blocked[window] |= (rows[window[0]] - row) ** 2 + (cols[:, window[1]] - col) ** 2 <= radius**2
            left -= math.pi * radius**2
    return _walled(blocked)


def far_apart(free: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """The cells nearest to the top left and bottom right corners of the largest connected part of `free`."""
    cells = largest_part(free)
    order = cells.sum(axis=1)
    return tuple(cells[np.argmin(order)].tolist()), tuple(cells[np.argmax(order)].tolist())


def largest_part(free: np.ndarray) -> np.ndarray:
    """(N, 2) row, col of the cells of the largest part of `free` that is connected by straight steps."""
    parts, _ = label(free)
    return np.argwhere(parts == np.argmax(np.bincount(parts[free])))


def _walled(blocked: np.ndarray) -> np.ndarray:
    blocked[:2, :] = blocked[-2:, :] = blocked[:, :2] = blocked[:, -2:] = True
    return blocked
