"""The search is exact, whatever the costs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from astro_nav_common.errors import InputError
from astro_nav_global.astar import DIAGONAL, STRAIGHT, GridSearch
from astro_nav_global.costmap import LETHAL, PASSABLE

UNIFORM = np.ones(PASSABLE + 1)
RISING = 1.0 + 8.0 * np.arange(PASSABLE + 1) / PASSABLE


def step_costs(factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Costs of a straight and of a diagonal step into a cell of each level."""
    return np.rint(STRAIGHT * factors), np.rint(DIAGONAL * factors)


def dijkstra_costs(levels: np.ndarray, factors: np.ndarray, start: tuple[int, int]) -> np.ndarray:
    """(rows, cols) least costs from the start, in straight steps, by scipy."""
    rows, cols = levels.shape
    straight, diagonal = step_costs(factors)
    free = np.pad(levels <= PASSABLE, 1)
    number = np.arange(rows * cols).reshape(rows, cols)
    sources, targets, weights = [], [], []
    for row, col in np.argwhere(levels <= PASSABLE):
        for dr in (-1, 0, 1):
            for dc in (-1, 0, 1):
                both_sides = free[row + 1 + dr, col + 1] and free[row + 1, col + 1 + dc]
                if (dr or dc) and free[row + 1 + dr, col + 1 + dc] and both_sides:
                    sources.append(number[row, col])
                    targets.append(number[row + dr, col + dc])
                    weights.append((diagonal if dr and dc else straight)[levels[row + dr, col + dc]])
    cells = (np.array(sources, np.int32), np.array(targets, np.int32))  # the oldest scipy wants 32 bits
    graph = coo_array((np.array(weights), cells), shape=(rows * cols, rows * cols)).tocsr()
    return dijkstra(graph, indices=number[start]).reshape(rows, cols) / STRAIGHT


def walked_cost(cells: np.ndarray, levels: np.ndarray, factors: np.ndarray) -> float:
    """Cost of a path step by step; fails if a step is not a legal one."""
    straight, diagonal = step_costs(factors)
    cost = 0.0
    for (row, col), (to_row, to_col) in itertools.pairwise(cells):
        assert max(abs(to_row - row), abs(to_col - col)) == 1
        assert max(levels[to_row, to_col], levels[to_row, col], levels[row, to_col]) <= PASSABLE
        cost += (diagonal if to_row != row and to_col != col else straight)[levels[to_row, to_col]]
    return cost / STRAIGHT


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, tuple[int, int], tuple[int, int]]:
    """Levels with a share of blocked cells, and two passable ones."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, cols = draw(st.integers(1, 14)), draw(st.integers(1, 14))
    levels = rng.integers(0, draw(st.integers(1, PASSABLE)) + 1, (rows, cols)).astype(np.uint8)
    levels[rng.random((rows, cols)) < draw(st.floats(0.0, 0.5))] = LETHAL
    start, goal = (int(rng.integers(rows)), int(rng.integers(cols))), (int(rng.integers(rows)), int(rng.integers(cols)))
    levels[start] = levels[goal] = 0
    return levels, start, goal


@settings(max_examples=150, deadline=None)
@given(problems(), st.sampled_from((UNIFORM, RISING)))
def test_cost_equals_dijkstra(
    problem: tuple[np.ndarray, tuple[int, int], tuple[int, int]], factors: np.ndarray
) -> None:
    levels, start, goal = problem
    least = dijkstra_costs(levels, factors, start)[goal]
    found = GridSearch(levels.shape).run(levels, factors, start, goal)
    if found is None:
        assert math.isinf(least)
    else:
        assert found.cost == pytest.approx(least, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_path_is_legal_and_costs_what_is_said(problem: tuple[np.ndarray, tuple[int, int], tuple[int, int]]) -> None:
    levels, start, goal = problem
    found = GridSearch(levels.shape).run(levels, RISING, start, goal)
    if found is not None:
        assert (tuple(found.cells[0]), tuple(found.cells[-1])) == (start, goal)
        assert walked_cost(found.cells, levels, RISING) == pytest.approx(found.cost, abs=1e-9)


def test_corners_are_not_cut() -> None:
    levels = np.array([[0, LETHAL], [0, 0]], np.uint8)
    found = GridSearch((2, 2)).run(levels, UNIFORM, (0, 0), (1, 1))
    assert found is not None
    np.testing.assert_array_equal(found.cells, [[0, 0], [1, 0], [1, 1]])


def test_a_detour_is_taken_when_it_costs_less() -> None:
    levels = np.zeros((3, 9), np.uint8)
    levels[1, 1:8] = PASSABLE
    search = GridSearch(levels.shape)
    cheap, dear = search.run(levels, UNIFORM, (1, 0), (1, 8)), search.run(levels, RISING, (1, 0), (1, 8))
    assert cheap is not None and dear is not None
    assert set(cheap.cells[:, 0]) == {1}
    assert (dear.cells[2:-2, 0] != 1).all()


def test_searches_do_not_affect_each_other() -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(0, PASSABLE, (40, 30)).astype(np.uint8)
    search = GridSearch(levels.shape)
    first = search.run(levels, RISING, (0, 0), (39, 29))
    search.run(levels, UNIFORM, (39, 0), (0, 29))
    again = search.run(levels, RISING, (0, 0), (39, 29))
    assert first is not None and again is not None
    np.testing.assert_array_equal(first.cells, again.cells)
    assert first.cost == again.cost


def test_start_is_goal() -> None:
    found = GridSearch((3, 3)).run(np.zeros((3, 3), np.uint8), UNIFORM, (1, 1), (1, 1))
    assert found is not None and found.cost == 0.0 and found.cells.tolist() == [[1, 1]]


@pytest.mark.parametrize(("start", "goal"), [((0, 0), (0, 1)), ((0, 1), (0, 0)), ((0, 0), (0, 5)), ((-1, 0), (0, 0))])
def test_cells_that_are_blocked_or_outside_are_refused(start: tuple[int, int], goal: tuple[int, int]) -> None:
    levels = np.array([[0, LETHAL, 0]], np.uint8)
    with pytest.raises(InputError, match="must be a passable cell"):
        GridSearch((1, 3)).run(levels, UNIFORM, start, goal)


def test_levels_of_another_shape_are_refused() -> None:
    with pytest.raises(InputError, match="grids of shape"):
        GridSearch((3, 3)).run(np.zeros((3, 4), np.uint8), UNIFORM, (0, 0), (1, 1))


MAPS = ("den312d", "random512-25-3", "32room_000", "maze512-8-0", "Berlin_0_1024")


@pytest.mark.parametrize("name", MAPS)
def test_movingai_lengths_are_optimal(data: Callable[[str], Path], name: str) -> None:
    lines = data(f"movingai/{name}.map").read_text().splitlines()[4:]
    levels = np.where(np.isin([list(line) for line in lines], ["."]), 0, LETHAL).astype(np.uint8)
    problems = [line.split() for line in data(f"movingai/{name}.map.scen").read_text().splitlines()[1:]]
    assert len(problems) == 100
    search = GridSearch(levels.shape)
    for fields in problems[::5]:
        x0, y0, x1, y1 = (int(value) for value in fields[4:8])
        found = search.run(levels, UNIFORM, (y0, x0), (y1, x1))
        assert found is not None
        steps = np.abs(np.diff(found.cells, axis=0)).sum(axis=1)
        assert np.where(steps == 2, math.sqrt(2.0), 1.0).sum() == pytest.approx(float(fields[8]), abs=0.01)


@given(problems(), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_one_search_for_several_goals_finds_what_single_searches_find(
    problem: tuple[np.ndarray, tuple[int, int], tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    levels, start, goal = problem
    rows, cols = levels.shape
    goals = [goal, *(cell for cell in ((r % rows, c % cols) for r, c in more) if levels[cell] <= PASSABLE)]
    search = GridSearch(levels.shape)
    together = search.run_to_all(levels, RISING, start, goals)
    for cell, found in zip(goals, together):
        alone = search.run(levels, RISING, start, cell)
        assert (found is None) == (alone is None)
        if found is not None and alone is not None:
            assert found.cost == alone.cost
            assert tuple(found.cells[0]) == start and tuple(found.cells[-1]) == cell
