"""The memory of a map: passages and places, what they cost, what is kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.memory_store import MemoryFileError, MemoryStore
from astro_nav_global.navigability import Navigability, map_key
from astro_nav_global.params import GlobalParams
from astro_nav_global.passages import DOOR, MAPPED_OPEN, Passage
from astro_nav_global.planner import GlobalPlanner

PARAMS = GlobalParams()
HOUR, DAY = 3600.0, 86400.0
DOOR_AT_4 = Passage("door", DOOR, 4.2, 1.2, 4.2, 2.0)
START, GOAL = Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)


def rooms(length: float = 4.0) -> Grid:
    """Two rooms, 8 x (3 + length) m; a wall at 4.0 <= x < 4.4 with a door at 1.2 <= y < 2.0 and a gap at its upper end."""
    data = np.zeros((round((3.0 + length) / 0.05), 160), np.int8)
    data[:, 80:88] = OCCUPIED
    data[24:40, 80:88] = 0
    data[-30:-6, 80:88] = 0
    data[[0, -1]] = OCCUPIED
    data[:, [0, -1]] = OCCUPIED
    return Grid(data, 0.05, 0.0, 0.0)


def seen(value: int, x: float = 4.2, y: float = 1.6, size: float = 1.2) -> Grid:
    """What the local layer sees of the door: `value` in it, and free space before and behind."""
    n = round(size / 0.05)
    data = np.zeros((n, n), np.int8)
    grid = Grid(data, 0.05, x - 0.5 * size, y - 0.5 * size)
    centers = grid.centers(np.argwhere(np.ones((n, n), bool))).reshape(n, n, 2)
    in_wall = np.abs(centers[..., 0] - 4.2) < 0.2
    data[in_wall] = OCCUPIED
    data[in_wall & (np.abs(centers[..., 1] - 1.6) < 0.4)] = 0
    data[(np.abs(centers[..., 0] - 4.2) < 0.03) & (np.abs(centers[..., 1] - 1.6) < 0.4)] = value
    return grid


def look(planner: GlobalPlanner, value: int, now: float) -> None:
    for i in range(3):
        planner.observe(seen(value), now + 0.5 * i)


def planner_with(store: MemoryStore | None = None, length: float = 4.0, **params: float) -> GlobalPlanner:
    planner = GlobalPlanner(GlobalParams.from_dict(params), RobotParams(), store)
    planner.set_map(rooms(length), (DOOR_AT_4,))
    return planner


def goes_through(planner: GlobalPlanner, now: float) -> bool:
    """True if the way leads through the door."""
    return bool(planner.plan(START, GOAL, now).points[:, 1].max() < 2.5)


def door(planner: GlobalPlanner, now: float) -> float:
    """Probability of the door's being open."""
    assert planner.memory is not None
    return next(state.open_probability for state in planner.memory.states(now) if state.passage.name == "door")


def test_a_door_found_closed_is_avoided_then_tried_again() -> None:
    planner = planner_with(length=8.0)
    assert goes_through(planner, 0.0)
    look(planner, OCCUPIED, 0.0)
    assert door(planner, 1.0) == pytest.approx(0.0, abs=0.01)
    assert not goes_through(planner, 1.0)
    assert not goes_through(planner, 0.5 * HOUR)  # the observation itself is forgotten after five minutes
    assert goes_through(planner, 12 * HOUR)


def test_a_door_usually_closed_is_avoided_when_the_way_round_is_short_and_tried_when_it_is_long() -> None:
    for length, tried in ((1.0, False), (30.0, True)):
        planner = planner_with(length=length)
        for day in range(2):
            look(planner, OCCUPIED, day * DAY)
        assert door(planner, 3 * DAY) == pytest.approx(0.5, abs=0.1)
        assert goes_through(planner, 3 * DAY) is tried


def test_seeing_it_open_makes_it_cheap_at_once() -> None:
    planner = planner_with()
    look(planner, OCCUPIED, 0.0)
    look(planner, 0, 30.0)
    assert door(planner, 31.5) > 0.98
    assert goes_through(planner, 31.5)


def test_looking_for_long_counts_little_more_than_once() -> None:
    planner = planner_with()
    for i in range(120):
        planner.observe(seen(OCCUPIED), 0.5 * i)
    assert planner.memory is not None
    counts = next(state.counts for state in planner.memory.states(60.0) if state.passage.name == "door")
    assert counts.blocked == 1.0
    for i in range(20):
        look(planner, OCCUPIED, i * HOUR)
    counts = next(state.counts for state in planner.memory.states(60.0) if state.passage.name == "door")
    assert 12.0 < counts.blocked < 20.5


def test_one_look_is_none() -> None:
    planner = planner_with()
    planner.observe(seen(OCCUPIED), 0.0)
    assert door(planner, 0.0) == pytest.approx(MAPPED_OPEN)


def test_a_passage_half_seen_says_nothing() -> None:
    planner = planner_with()
    look(planner, UNKNOWN, 0.0)
    assert door(planner, 2.0) == pytest.approx(MAPPED_OPEN)


def test_it_is_remembered_over_a_restart(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.sqlite")
    look(planner_with(store), OCCUPIED, 100.0)
    store.close()
    again = planner_with(MemoryStore(tmp_path / "memory.sqlite"))
    assert door(again, 110.0) == pytest.approx(0.0, abs=0.01)
    assert not goes_through(again, 110.0)
    assert goes_through(planner_with(), 110.0)


def test_two_planners_with_one_file_learn_from_each_other(tmp_path: Path) -> None:
    first, second = (planner_with(MemoryStore(tmp_path / "memory.sqlite")) for _ in range(2))
    look(first, OCCUPIED, 0.0)
    second.observe(seen(UNKNOWN), 5.0)  # any observation makes it look into the file
    assert not goes_through(second, 5.0)


def test_another_map_knows_nothing_of_it(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.sqlite")
    look(planner_with(store), OCCUPIED, 0.0)
    assert door(planner_with(store, length=5.0), 1.0) == pytest.approx(MAPPED_OPEN)
    assert map_key(rooms()) == map_key(rooms()) != map_key(rooms(5.0))


def test_what_the_navigator_could_not_pass_is_blocked() -> None:
    planner = planner_with()
    ahead = np.linspace((3.5, 1.6), (6.0, 1.6), 26)
    assert planner.remember_blocked(ahead, 0.0) == "door"
    assert planner.remember_blocked(ahead[15:], 0.0) == ""
    assert door(planner, 1.0) < 0.01


def test_passages_are_found_without_names() -> None:
    planner = GlobalPlanner(PARAMS, RobotParams())
    planner.set_map(rooms(8.0))
    look(planner, OCCUPIED, 0.0)
    assert not goes_through(planner, 400.0)


def test_clutter_in_the_open_is_kept_clear_of_and_fades() -> None:
    planner = planner_with()
    box = np.zeros((20, 20), np.int8)
    box[6:14, 6:14] = OCCUPIED
    planner.observe(Grid(box, 0.05, 1.6, 3.0), 0.0)
    start, goal = Pose(2.1, 2.5, 0.0), Pose(2.1, 4.5, 0.0)

    def beside(now: float) -> float:
        return float(np.abs(planner.plan(start, goal, now).points[:, 0] - 2.1).max())

    assert beside(400.0) > 0.15
    assert beside(30 * DAY) < 0.05
    assert planner.memory is not None
    layer = planner.memory.layer(400.0)
    assert layer.data[layer.cell(2.1, 3.5)] > 60
    assert layer.data[layer.cell(6.0, 3.5)] == UNKNOWN


def test_the_map_itself_is_never_news() -> None:
    """Walls seen 0.1 m off where the map has them."""
    planner = planner_with()
    grid = rooms()
    for x, y in ((0.1, 0.0), (-0.1, 0.1)):
        planner.observe(Grid(grid.data, 0.05, x, y), 0.0)
    assert planner.memory is not None
    cells, _ = planner.memory.place_costs(1.0)
    assert len(cells) == 0


def test_without_memory_of_anything_nothing_costs_extra() -> None:
    planner, plain = planner_with(), GlobalPlanner(PARAMS, RobotParams())
    plain.set_map(rooms())
    np.testing.assert_array_equal(planner.costmap(0.0).levels, plain.costmap(0.0).levels)


def test_a_door_said_to_be_usually_closed_is_avoided_from_the_start() -> None:
    planner = GlobalPlanner(PARAMS, RobotParams())
    planner.set_map(rooms(1.0), (Passage("door", DOOR, 4.2, 1.2, 4.2, 2.0, usually_open=0.1),))
    assert not goes_through(planner, 0.0)


def test_a_passage_off_the_map_is_ignored_and_said_so() -> None:
    planner = GlobalPlanner(PARAMS, RobotParams())
    planner.set_map(rooms(), (DOOR_AT_4, Passage("far", DOOR, 40.0, 1.2, 40.0, 2.0)))
    assert planner.memory is not None
    assert planner.memory.ignored == ("far",)
    assert goes_through(planner, 0.0)


def test_driving_goes_on_when_the_file_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore(tmp_path / "memory.sqlite")
    planner = planner_with(store)

    def full(*_: object) -> None:
        raise MemoryFileError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(store, "add", full)
        look(planner, OCCUPIED, 0.0)
        assert planner.memory_problem == "the disk is full"
        assert not goes_through(planner, 2.0)
        assert store.load(map_key(rooms())) == {}
    planner.observe(seen(UNKNOWN), 100.0)  # what could not be written then is written now
    assert planner.memory_problem == ""
    assert list(store.load(map_key(rooms()))) == ["door"]


def test_time_that_begins_anew_does_no_harm(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.sqlite")
    look(planner_with(store), OCCUPIED, 1e6)
    again = planner_with(store)
    assert not goes_through(again, 0.0)
    look(again, 0, 10.0)
    assert goes_through(again, 12.0)


def test_what_flickers_is_one_observation_a_time_not_dozens() -> None:
    planner = planner_with()
    look(planner, 0, 0.0)
    for i in range(150):  # people stand in the door for 2 s and are gone for 2 s, for 10 min
        look(planner, OCCUPIED if i % 2 else 0, 100.0 + 2.0 * i)
    assert planner.memory is not None
    (door,) = planner.memory.states(400.0)
    assert door.counts.was_open == (149 % 2 == 0)
    assert 0.5 < door.counts.opened < 3.0 and 0.5 < door.counts.blocked < 3.0
    # the habit of years does not change by it
    (later,) = planner.memory.states(400.0 + DAY)
    assert later.open_probability > 0.6


def test_a_time_that_lay_ahead_freezes_nothing(tmp_path: Path) -> None:
    store = MemoryStore(tmp_path / "memory.sqlite")
    look(planner_with(store), OCCUPIED, 1e9)  # the clock was wrong
    planner = planner_with(store)
    planner.observe(seen(UNKNOWN), 1000.0)
    assert not goes_through(planner, 1000.0)
    # as after any look, the state is believed for a while only
    assert goes_through(planner, 1000.0 + 30 * DAY)
    memory = planner.memory
    assert memory is not None
    look(planner, OCCUPIED, 2000.0)
    look(planner, OCCUPIED, 4000.0)
    assert memory.states(4000.0)[0].counts.blocked > 1.5  # what is seen counts again
    assert store.load(map_key(rooms()))["door"].seen_at < 5000.0


def test_costs_of_a_passage_follow_the_expected_detour() -> None:
    memory = Navigability(PARAMS, rooms(), 0.125, (DOOR_AT_4,))
    memory.note_blocked(4.2, 1.6, 0.0)
    detour: Callable[[Passage], float] = lambda passage: 10.0  # noqa: E731
    for now in (0.0, HOUR, DAY, 30 * DAY):
        ((passage, extra),) = memory.extra_costs(now, detour) or [(DOOR_AT_4, 0.0)]
        state = next(state for state in memory.states(now) if state.passage is passage)
        assert extra == pytest.approx(10.0 * (1.0 - state.open_probability), abs=0.61)
    ((_, extra),) = Navigability(PARAMS, rooms(), 0.125, (DOOR_AT_4,)).extra_costs(0.0, detour) or [(None, 0.0)]
    assert extra == 0.0
    memory = Navigability(PARAMS, rooms(), 0.125, (DOOR_AT_4,))
    memory.note_blocked(4.2, 1.6, 0.0)
    ((_, extra),) = memory.extra_costs(0.0, lambda passage: math.inf)
    assert extra == pytest.approx(PARAMS.detour_max)
