"""Occupancy grids as [row = y, col = x] arrays with a resolution and the position of their lower left corner."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.errors import MapError

#: of a map or mask: 8000 x 8000; at 0.05 m a square of 400 m. More is a mistake, or a case for several maps.
MAX_CELLS = 64_000_000
#: of a map or mask, m a cell
RESOLUTION_MIN, RESOLUTION_MAX = 0.001, 10.0


@dataclass(frozen=True, slots=True)
class Grid:
    """data (rows, cols); resolution m a cell; (origin_x, origin_y) of cell [0, 0]'s lower left corner, axes along the frame's.

    Occupancy grids hold int8: 0 free ... 100 occupied, -1 unknown.
    """

    data: np.ndarray
    resolution: float
    origin_x: float
    origin_y: float

    def __post_init__(self) -> None:
        if self.data.ndim != 2 or self.data.size == 0:
            raise MapError(f"a grid needs a non-empty 2-d array, got shape {self.data.shape}")
        if not math.isfinite(self.resolution) or self.resolution <= 0.0:
            raise MapError(f"the resolution {self.resolution} of a grid must be a positive number of metres")
        if not (math.isfinite(self.origin_x) and math.isfinite(self.origin_y)):
            raise MapError(f"the origin ({self.origin_x}, {self.origin_y}) of a grid must be finite")

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""
        return self.data.shape[0], self.data.shape[1]

    def contains(self, x: float, y: float) -> bool:
        """True if the point lies on the grid."""
        rows, cols = self.shape
        u, v = (x - self.origin_x) / self.resolution, (y - self.origin_y) / self.resolution
        return 0.0 <= u < cols and 0.0 <= v < rows

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """(row, col) of the cell that holds the point; it may lie outside the grid."""
        return math.floor((y - self.origin_y) / self.resolution), math.floor((x - self.origin_x) / self.resolution)

    def center(self, row: int, col: int) -> tuple[float, float]:
        """(x, y) of a cell's centre, m."""
        return self.origin_x + (col + 0.5) * self.resolution, self.origin_y + (row + 0.5) * self.resolution

    def centers(self, cells: np.ndarray) -> np.ndarray:
        """(N, 2) x, y of the centres of cells (N, 2) row, col."""
        return (cells[:, ::-1] + 0.5) * self.resolution + np.array((self.origin_x, self.origin_y))

    def occupied(self, threshold: int = OCCUPIED // 2) -> np.ndarray:
        """(rows, cols) bool: occupancy above the threshold (unknown is not)."""
        return self.data > threshold
