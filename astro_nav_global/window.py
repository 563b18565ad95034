"""Rectangles of cells."""

from __future__ import annotations

from typing import NamedTuple


class Window(NamedTuple):
    """Cells [row_low, row_high) x [col_low, col_high); empty if a high is not above its low."""

    row_low: int
    row_high: int
    col_low: int
    col_high: int

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols), not negative."""
        return max(self.row_high - self.row_low, 0), max(self.col_high - self.col_low, 0)

    @property
    def is_empty(self) -> bool:
        """True if there is no cell in it."""
        return 0 in self.shape

    def grown(self, cells: int) -> Window:
        """Larger by so many cells on every side."""
        return Window(self.row_low - cells, self.row_high + cells, self.col_low - cells, self.col_high + cells)

    def intersection(self, other: Window) -> Window:
        """The cells in both."""
        return Window(
            max(self.row_low, other.row_low), min(self.row_high, other.row_high),
            max(self.col_low, other.col_low), min(self.col_high, other.col_high),
        )  # fmt: skip

    def union(self, other: Window) -> Window:
        """The smallest window that holds both; an empty one adds nothing."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return Window(
            min(self.row_low, other.row_low), max(self.row_high, other.row_high),
            min(self.col_low, other.col_low), max(self.col_high, other.col_high),
        )  # fmt: skip

    def slices(self, within: Window | None = None) -> tuple[slice, slice]:
        """Index of these cells in an array whose [0, 0] is cell (0, 0), or that holds the cells of `within`."""
        row, col = (within.row_low, within.col_low) if within else (0, 0)
        return slice(self.row_low - row, self.row_high - row), slice(self.col_low - col, self.col_high - col)


def whole(shape: tuple[int, int]) -> Window:
    """All cells of an array (rows, cols)."""
    return Window(0, shape[0], 0, shape[1])
