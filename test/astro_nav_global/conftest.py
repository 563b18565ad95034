"""Shared by the tests of the global layer."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.grid import Grid

DATA = Path(os.environ.get("ASTRO_NAV_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Callable[[str], Path]:
    """Path of a data file; the test is skipped where it is absent."""

    def find(name: str) -> Path:
        if not (DATA / name).exists():
            pytest.skip(f"{DATA / name} is absent; set ASTRO_NAV_DATA to the folder of the data sets")
        return DATA / name

    return find


@pytest.fixture(scope="session")
def drawn() -> Callable[..., Grid]:
    """Grids drawn as text, top row first: '#' occupied, '.' free, '?' unknown."""

    def draw(*rows: str, resolution: float = 1.0, scale: int = 1) -> Grid:
        value = {"#": OCCUPIED, ".": 0, "?": UNKNOWN}
        cells = np.array([[value[char] for char in row] for row in reversed(rows)], np.int8)
        return Grid(np.kron(cells, np.ones((scale, scale), np.int8)), resolution, 0.0, 0.0)

    return draw
