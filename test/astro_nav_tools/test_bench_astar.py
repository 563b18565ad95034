"""`bench astar`: its maps, its reference, its gate, and that it runs without its peers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from astro_nav_common.errors import InputError, MapError
from astro_nav_global.costmap import LETHAL, PASSABLE
from astro_nav_tools.bench import astar, grid_maps, grid_searches, grid_trials
from astro_nav_tools.bench.grid_searches import OWN, available
from astro_nav_tools.bench.grid_trials import GridCase, cost_excess, costs, ends_of, measure
from astro_nav_tools.bench.moving_ai import exactness
from astro_nav_tools.bench.search_memory import FirstSearch, first_search
from astro_nav_tools.bench.step_graph import least_costs

UNIFORM = np.ones(PASSABLE + 1)
SMALL = GridCase("rooms_320", partial(grid_maps.rooms, 320), True)
MAPS = (grid_maps.open_field, grid_maps.rooms, grid_maps.maze, grid_maps.random_cells, grid_maps.clutter)


@pytest.fixture
def without_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where neither pyastar2d nor scikit-image is installed."""

    def refuse(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(grid_searches, "importlib", SimpleNamespace(import_module=refuse))


@pytest.fixture
def without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the processes in which memory is measured: each takes a second to start."""
    monkeypatch.setattr(grid_trials, "first_search", lambda *_: FirstSearch(13.0, 1.0))


def problems(folder: Path, *lengths: float) -> Path:
    """A folder of one map, a wall with a gap, and the same problem with these lengths."""
    (folder / "a.map").write_text("type octile\nheight 3\nwidth 3\nmap\n.@.\n.@.\n...\n")
    rows = "".join(f"0\ta.map\t3\t3\t0\t0\t2\t0\t{length}\n" for length in lengths)
    (folder / "a.map.scen").write_text(f"version 1\n{rows}")
    return folder


def test_a_length_counts_as_optimal_within_a_hundredth(tmp_path: Path) -> None:
    found = exactness(problems(tmp_path, 6.0, 6.009, 5.991, 6.011, 5.989))
    assert (found["problems"], found["optimal"]) == (5, 3)
    assert found["max_excess"] == pytest.approx(0.011)


def test_a_folder_without_maps_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="--maps"):
        exactness(tmp_path)


@pytest.mark.parametrize("make", MAPS)
def test_generated_maps_are_the_same_for_a_seed_walled_and_connected(
    make: Callable[[int, np.random.Generator], np.ndarray],
) -> None:
    blocked = make(320, np.random.default_rng(1))
    assert blocked.shape == (320, 320)
    assert np.array_equal(blocked, make(320, np.random.default_rng(1)))
    assert blocked[[0, -1]].all() and blocked[:, [0, -1]].all()
    assert len(grid_maps.largest_part(~blocked)) > 0.95 * (~blocked).sum()


def test_a_maze_has_one_way_between_any_two_places() -> None:
    """All places are connected by one passage less than there are places."""
    blocked, places = grid_maps.maze(102, np.random.default_rng(2)), 10 * 10
    assert (~blocked).sum() == places * 8 * 8 + (places - 1) * 8 * 2
    assert len(grid_maps.largest_part(~blocked)) == (~blocked).sum()


def test_clutter_covers_about_a_sixth() -> None:
    assert 0.12 < grid_maps.clutter(512, np.random.default_rng(3)).mean() < 0.22


def test_goals_are_free_connected_and_far() -> None:
    levels, _ = costs(SMALL.blocked(np.random.default_rng(1)), True)
    start, goals = ends_of(levels <= PASSABLE, 5, np.random.default_rng(1))
    reachable = {tuple(cell) for cell in grid_maps.largest_part(levels <= PASSABLE).tolist()}
    assert len(goals) == 5 and reachable.issuperset([start, *goals])
    assert min(math.dist(start, goal) for goal in goals) >= 160.0


def test_the_reference_cuts_no_corner_and_pays_for_the_cell_it_enters() -> None:
    factors = UNIFORM.copy()
    factors[7] = 3.0
    levels = np.array([[0, LETHAL, 0], [0, 0, 7]], np.uint8)
    least = least_costs(levels, factors, (0, 0))
    np.testing.assert_allclose(least, [[0.0, math.inf, 6.0], [1.0, 2.0, 5.0]])
    assert least_costs(np.zeros((3, 3), np.uint8), factors, (0, 0))[2, 2] == pytest.approx(2.0 * math.sqrt(2.0))


def test_a_search_whose_paths_cost_too_much_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    levels, factors = costs(SMALL.blocked(np.random.default_rng(1)), True)
    start, goals = ends_of(levels <= PASSABLE, 2, np.random.default_rng(1))
    assert abs(cost_excess(levels, factors, start, goals)) < 1e-4
    exact = grid_searches.SEARCHES[OWN]

    def dearer(levels: np.ndarray, factors: np.ndarray) -> grid_searches.Solve:
        solve = exact(levels, factors)
        return lambda start, goal: SimpleNamespace(cost=solve(start, goal).cost * (1.01 if goal == goals[1] else 1.0))

    monkeypatch.setitem(grid_searches.SEARCHES, OWN, dearer)
    assert cost_excess(levels, factors, start, goals) == pytest.approx(0.01, abs=1e-4)


def test_memory_is_that_of_the_working_arrays() -> None:
    """13 bytes a cell, of which those of cells that are never reached are not touched."""
    levels = np.zeros((1500, 1500), np.uint8)
    assert 9.0 < first_search(OWN, levels, UNIFORM, (0, 0), (1400, 300)).bytes_a_cell < 16.0


def test_a_grid_is_measured_beside_the_peers() -> None:
    row = measure(SMALL, 2, 1)
    assert (row["name"], row["costs"], row["cells"]) == ("rooms_320", "inflated", 320 * 320)
    assert (
        row["time_ms"] > 0.0
        and row["first_ms"] > 0.0
        and row["bytes_per_cell"] >= 0.0  # so small a grid may find room in what the process has
        and abs(row["cost_excess"]) < 1e-4
    )
    for name in grid_searches.PEERS:
        assert (row[f"{name}_ms"] is not None) == (row[f"{name}_bytes_per_cell"] is not None) == available(name)
    assert row["ratio"] == (row["time_ms"] / row["pyastar2d_ms"] if row["pyastar2d_ms"] else None)


@pytest.mark.usefixtures("without_memory")
def test_where_costs_are_uniform_they_are_left_to_movingai() -> None:
    assert measure(SMALL._replace(inflated=False), 1, 1)["cost_excess"] is None


@pytest.mark.parametrize("name", grid_searches.PEERS)
def test_peers_find_a_path(name: str) -> None:
    pytest.importorskip({"pyastar2d": "pyastar2d", "skimage": "skimage.graph"}[name])
    levels = np.zeros((5, 5), np.uint8)
    levels[1:, 2] = LETHAL
    found = grid_searches.SEARCHES[name](levels, UNIFORM)((4, 0), (4, 4))
    cells = [tuple(cell) for cell in (found[0] if name == "skimage" else found)]
    assert (cells[0], cells[-1]) == ((4, 0), (4, 4)) and (0, 2) in cells


def test_an_unknown_search_is_named() -> None:
    with pytest.raises(InputError, match="there is no search 'theta'"):
        available("theta")


GOOD = {"name": "g", "costs": "inflated", "bytes_per_cell": 13.0, "cost_excess": 1e-5, "limit": 0.6, "ratio": 0.5}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"bytes_per_cell": 40.5}, "40.5 bytes a cell"),
        ({"cost_excess": 2e-3}, "from Dijkstra's"),
        ({"cost_excess": -2e-3}, "from Dijkstra's"),
        ({"cost_excess": math.inf}, "from Dijkstra's"),
        ({"ratio": 0.61}, "0.61 times pyastar2d's time"),
        ({"ratio": None}, "no time of pyastar2d"),
    ],
)
def test_what_misses_the_acceptance_is_complained_of(changed: dict[str, Any], sentence: str) -> None:
    (complaint,) = astar.complaints({"problems": 5, "optimal": 5, "grids": [GOOD, {**GOOD, **changed}]})
    assert sentence in complaint


def test_what_meets_the_acceptance_is_not() -> None:
    ungated = {**GOOD, "limit": None, "ratio": 2.0, "cost_excess": None}
    assert astar.complaints({"problems": 5, "optimal": 5, "grids": [GOOD, ungated]}) == []
    assert "1 of MovingAI's" in astar.complaints({"problems": 5, "optimal": 4, "grids": []})[0]


def test_the_gate_holds_what_the_issue_asks() -> None:
    limits = {(case.name, case.limit) for case in astar.CASES if case.inflated}
    assert limits == {("rooms_1024", 1.0), ("clutter_1024", 1.0), ("rooms_4000", 0.6), ("clutter_4000", 0.6)}
    assert {case.name for case in astar.CASES} >= {"open_4000", "rooms_4000", "maze_4000", "random_4000"}


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *lengths: float, limit: float | None = None) -> tuple[int, Any]:
    """Exit status and result of the benchmark with one small grid."""
    monkeypatch.setattr(astar, "CASES", (SMALL._replace(limit=limit),))
    status = astar.astar(problems(folder, *lengths), 1, 1, folder / "out.json")
    return status, json.loads((folder / "out.json").read_text())


@pytest.mark.usefixtures("without_memory")
def test_it_passes_and_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, result = run(tmp_path, monkeypatch, 6.0)
    assert status == 0
    assert set(result["summary"]) == {"problems", "optimal", "max_excess", "grids"}
    assert run(tmp_path, monkeypatch, 7.0)[0] == 1
    assert run(tmp_path, monkeypatch, 6.0, limit=0.0)[0] == 1


@pytest.mark.usefixtures("without_peers", "without_memory")
def test_without_its_peers_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, monkeypatch, 6.0)[0] == 0
    status, result = run(tmp_path, monkeypatch, 6.0, limit=1.0)
    assert status == 1
    assert result["summary"]["grids"][0]["ratio"] is None
    said = capsys.readouterr().out
    assert "pip install pyastar2d" in said and "pip install scikit-image" in said
    assert "there is no time of pyastar2d to compare with" in said
