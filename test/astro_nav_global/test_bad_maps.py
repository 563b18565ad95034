"""Maps nobody would draw, and maps that change under a robot that drives."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.errors import MapError, PlanningError
from astro_nav_common.grid import MAX_CELLS, Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.map_io import load_map
from astro_nav_global.memory_store import IN_MEMORY, MemoryStore
from astro_nav_global.params import GlobalParams
from astro_nav_global.planner import GlobalPlanner

SMALL = Grid(np.zeros((40, 40), np.int8), 0.05, 0.0, 0.0)


def planner(store: MemoryStore | None = None) -> GlobalPlanner:
    return GlobalPlanner(GlobalParams(), RobotParams(), store)


@pytest.mark.parametrize(
    ("shape", "resolution", "origin"),
    [
        ((0, 0), 0.05, 0.0),
        ((0, 40), 0.05, 0.0),
        ((40, 40), 0.0, 0.0),
        ((40, 40), math.nan, 0.0),
        ((40, 40), 0.05, math.nan),
    ],
)
def test_an_empty_or_nan_map_cannot_be_made(shape: tuple[int, int], resolution: float, origin: float) -> None:
    with pytest.raises(MapError):
        Grid(np.zeros(shape, np.int8), resolution, origin, 0.0)


def test_a_huge_map_is_refused_before_anything_is_made_of_it() -> None:
    huge = Grid(np.broadcast_to(np.int8(0), (MAX_CELLS, 2)), 0.05, 0.0, 0.0)  # takes one byte
    standing = planner()
    standing.set_map(SMALL)
    with pytest.raises(MapError, match="too large"):
        standing.set_map(huge)
    assert standing.plan(Pose(0.5, 0.5, 0.0), Pose(1.5, 1.5, 0.0)).length == pytest.approx(math.sqrt(2.0))


@pytest.mark.parametrize("value", [OCCUPIED, UNKNOWN, 0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (50, 50)])
def test_maps_of_one_value(value: int, shape: tuple[int, int]) -> None:
    """Nothing but walls: an error with a code. Nothing but free or unknown space: a way."""
    subject = planner()
    subject.set_map(Grid(np.full(shape, value, np.int8), 0.05, 0.0, 0.0))
    subject.observe(Grid(np.zeros((120, 120), np.int8), 0.05, -3.0, -3.0), 0.0, Pose(0.01, 0.01, 0.5))
    subject.clear_observations()
    start, goal = Pose(0.02, 0.02, 0.0), Pose(0.05 * shape[1] - 0.02, 0.05 * shape[0] - 0.02, 0.0)
    if value == OCCUPIED:
        with pytest.raises(PlanningError) as caught:
            subject.plan(start, goal)
        assert caught.value.code == PlanningError.GOAL_OCCUPIED
    else:
        assert subject.plan(start, goal).goal == goal


def test_a_rotated_map_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text("image: map.pgm\nresolution: 0.05\norigin: [0, 0, 0.3]\n")
    with pytest.raises(MapError, match="rotated"):
        load_map(tmp_path / "map.yaml")


@pytest.mark.parametrize(
    ("resolution", "origin"), [(0.05, (-1.0, -2.0)), (0.1, (0.0, 0.0)), (0.03, (0.3, 0.3)), (0.05, (50.0, 50.0))]
)
def test_a_map_of_another_size_replaces_the_first_while_observing(
    resolution: float, origin: tuple[float, float], tmp_path: Path
) -> None:
    subject = planner(MemoryStore(tmp_path / "memory.sqlite"))
    subject.set_map(SMALL)
    seen = Grid(np.zeros((120, 120), np.int8), 0.05, -3.0, -3.0)
    seen.data[60:70, 60:70] = OCCUPIED
    subject.observe(seen, 1.0, Pose(1.0, 1.0, 0.3))
    subject.costmap(1.0)
    subject.set_map(Grid(np.zeros((90, 140), np.int8), resolution, *origin))
    subject.observe(seen, 2.0, Pose(1.0, 1.0, 0.3))
    costmap = subject.costmap(2.0)
    assert costmap.levels.shape == (90, 140)
    start = Pose(origin[0] + 0.5, origin[1] + 0.5, 0.0)
    assert subject.plan(start, start._replace(y=origin[1] + 2.0), 2.0).length >= 1.5 - 1e-9


def test_the_memory_of_each_map_comes_back_with_it(tmp_path: Path) -> None:
    subject = planner(MemoryStore(tmp_path / "memory.sqlite"))
    data = np.zeros((60, 60), np.int8)
    data[[0, -1]] = data[:, [0, -1]] = OCCUPIED
    first, second = Grid(data, 0.05, 0.0, 0.0), Grid(data, 0.05, 1.0, 0.0)
    box = Grid(np.full((8, 8), OCCUPIED, np.int8), 0.05, 1.3, 1.3)
    counts = []
    for grid in (first, second, first):
        subject.set_map(grid)
        assert subject.memory is not None
        counts.append(len(subject.memory.place_costs(5.0)[0]))
        if grid is first:
            subject.observe(box, 1.0)
    assert counts[0] == counts[1] == 0
    assert counts[2] > 0


def test_without_a_file_the_memory_of_each_map_lasts_as_long_as_the_store() -> None:
    subject = planner(MemoryStore(IN_MEMORY))
    data = np.zeros((60, 60), np.int8)
    data[[0, -1]] = data[:, [0, -1]] = OCCUPIED
    first, second = Grid(data, 0.05, 0.0, 0.0), Grid(data, 0.05, 1.0, 0.0)
    subject.set_map(first)
    subject.observe(Grid(np.full((8, 8), OCCUPIED, np.int8), 0.05, 1.3, 1.3), 1.0)
    subject.set_map(second)
    subject.set_map(first)
    assert subject.memory is not None
    assert len(subject.memory.place_costs(5.0)[0]) > 0


def test_other_parameters_lose_nothing_that_was_seen() -> None:
    """Neither over a map, with what is remembered of it, nor without one."""
    seen = Grid(np.full((8, 8), OCCUPIED, np.int8), 0.05, 1.0, 1.0)
    mapped, unmapped = planner(MemoryStore(IN_MEMORY)), planner()
    mapped.set_map(SMALL)
    for subject in (mapped, unmapped):
        subject.observe(seen, 1.0)
        before = subject.costmap(1.0).levels.copy()
        subject.retune(GlobalParams(clearance_weight=0.0, tight_weight=0.0))
        after = subject.costmap(1.0)
        assert not subject.is_valid(np.array(((1.2, 1.2),)), 1.0)
        assert (after.levels != before).any()
        assert after.levels.shape == before.shape
    assert mapped.memory is not None
    assert len(mapped.memory.place_costs(5.0)[0]) > 0
