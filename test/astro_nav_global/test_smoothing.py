"""Shortened paths stay free and do not cost noticeably more."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_global.astar import GridSearch
from astro_nav_global.costmap import LETHAL, PASSABLE
from astro_nav_global.smoothing import line_cost, polyline_cost, shorten

FACTORS = 1.0 + 8.0 * np.arange(PASSABLE + 1) / PASSABLE


def cost(levels: np.ndarray, a: tuple[float, float], b: tuple[float, float], budget: float = math.inf) -> float:
    """Cost of the line from (u, v) a to b."""
    return float(line_cost(*a, *b, levels, FACTORS, budget))


def sampled_cost(levels: np.ndarray, a: np.ndarray, b: np.ndarray, samples: int = 20000) -> float:
    """The same by dense sampling."""
    points = a + (b - a) * ((np.arange(samples) + 0.5) / samples)[:, None]
    cells = np.floor(points).astype(int)
    inside = levels[cells[:, 1], cells[:, 0]]
    return math.inf if (inside > PASSABLE).any() else float(FACTORS[inside].mean() * np.hypot(*(b - a)))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_line_cost_equals_dense_sampling(seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, PASSABLE + 1, (12, 9)).astype(np.uint8)
    a, b = rng.uniform(0, (9, 12), (2, 2))
    assert cost(levels, tuple(a), tuple(b)) == pytest.approx(sampled_cost(levels, a, b), rel=2e-3, abs=1e-3)
    levels[rng.random(levels.shape) < 0.2] = LETHAL
    if math.isinf(sampled_cost(levels, a, b)):
        assert math.isinf(cost(levels, tuple(a), tuple(b)))


def test_a_line_through_a_corner_needs_both_cells_beside_it() -> None:
    levels = np.zeros((4, 4), np.uint8)
    assert cost(levels, (0.5, 0.5), (3.5, 3.5)) == pytest.approx(3 * math.sqrt(2.0))
    for blocked in ((1, 2), (2, 1)):
        beside = levels.copy()
        beside[blocked] = LETHAL
        assert math.isinf(cost(beside, (0.5, 0.5), (3.5, 3.5)))


@pytest.mark.parametrize(
    ("a", "b"), [((1.0, 0.5), (3.0, 0.5)), ((3.0, 0.5), (1.0, 0.5)), ((1.0, 1.0), (3.0, 3.0)), ((2.0, 3.0), (2.0, 1.0))]
)
def test_lines_along_and_from_cell_borders_have_their_length(a: tuple[float, float], b: tuple[float, float]) -> None:
    assert cost(np.zeros((4, 4), np.uint8), a, b) == pytest.approx(math.dist(a, b))


@pytest.mark.parametrize("end", [(-0.5, 1.5), (4.5, 1.5), (1.5, -0.5), (1.5, 4.5)])
def test_a_line_off_the_grid_is_blocked(end: tuple[float, float]) -> None:
    assert math.isinf(cost(np.zeros((4, 4), np.uint8), (1.5, 1.5), end))


def test_a_line_over_budget_is_refused() -> None:
    levels = np.zeros((1, 6), np.uint8)
    assert cost(levels, (0.5, 0.5), (5.5, 0.5), 5.01) == pytest.approx(5.0)
    assert math.isinf(cost(levels, (0.5, 0.5), (5.5, 0.5), 4.99))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_shortened_paths_are_free_and_within_the_margin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, 60, (40, 40)).astype(np.uint8)
    levels[rng.random(levels.shape) < 0.25] = LETHAL
    levels[0, 0] = levels[-1, -1] = 0
    found = GridSearch(levels.shape).run(levels, FACTORS, (0, 0), (39, 39))
    if found is None:
        return
    points = found.cells[:, ::-1] + 0.5
    kept = shorten(points, levels, FACTORS, 0.02)
    assert (kept[0], kept[-1]) == (0, len(points) - 1) and (np.diff(kept) > 0).all()
    short = points[kept]
    assert polyline_cost(short, levels, FACTORS) <= 1.02 * polyline_cost(points, levels, FACTORS) + 1e-9
    assert all(math.isfinite(sampled_cost(levels, a, b, 2000)) for a, b in itertools.pairwise(short))


def test_in_the_open_one_line_is_left() -> None:
    levels = np.zeros((60, 90), np.uint8)
    found = GridSearch(levels.shape).run(levels, FACTORS, (3, 2), (50, 80))
    assert found is not None
    assert len(shorten(found.cells[:, ::-1] + 0.5, levels, FACTORS, 0.02)) == 2


def test_a_dear_shortcut_is_not_taken() -> None:
    levels = np.zeros((20, 40), np.uint8)
    levels[:12, 12:28] = PASSABLE
    found = GridSearch(levels.shape).run(levels, FACTORS, (2, 2), (2, 37))
    assert found is not None
    short = (found.cells[:, ::-1] + 0.5)[shorten(found.cells[:, ::-1] + 0.5, levels, FACTORS, 0.02)]
    assert short[:, 1].max() > 12
