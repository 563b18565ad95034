"""The books of a soak: what became of goals, and what is wrong with a run."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

from astro_nav_common.types import Pose
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.world import Box, Surprise
from astro_nav_sim.worlds import load_world
from astro_nav_tools.live.usage import Usage
from astro_nav_tools.soak import monitor
from astro_nav_tools.soak.account import MISSED, Account, Boxes, Doors, is_shut_off
from astro_nav_tools.soak.monitor import Monitor
from astro_nav_tools.soak.run import Run, problems
from astro_nav_tools.soak.timetable import Goals, faults, make_world

ROBOT = load_sim_robot("astro").params


def test_a_goal_behind_closed_doors_is_shut_off() -> None:
    world = load_world("home")
    goals = Goals(world, ROBOT, np.random.default_rng(0))
    opened, closed = ({door.name: opening for door in world.doors} for opening in (1.0, 0.0))
    places = [goals.draw() for _ in range(12)]
    assert not any(is_shut_off(world, ROBOT, opened, world.start, goal) for goal in places)
    shut = [is_shut_off(world, ROBOT, closed, world.start, goal) for goal in places]
    assert any(shut)
    assert not all(shut)


def test_a_box_on_a_goal_shuts_it_off_while_it_stands_there() -> None:
    world = load_world("home")
    goal = Goals(world, ROBOT, np.random.default_rng(0)).draw()
    box = Surprise(Box("box", goal.x, goal.y, 0.0, 0.3, 0.3), at=5.0, near=2.0, apart=1.0, stay=10.0)
    boxes = Boxes(replace(world, surprises=(box,)), ROBOT)
    found = []
    for t, away in ((4.0, 1.5), (6.0, 3.0), (7.0, 0.5), (8.0, 1.5), (9.0, 5.0), (19.0, 5.0)):
        boxes.look(t, goal.x + away, goal.y)
        found.append(
            is_shut_off(world, ROBOT, {door.name: 1.0 for door in world.doors}, world.start, goal, boxes.standing)
        )
    assert found == [False, False, False, True, True, False]


def test_a_door_that_waits_for_the_robot_is_known_to_be_closed() -> None:
    world = load_world("home")
    door = next(door for door in world.doors if door.name == "children_door")
    swinging = replace(door, schedule=((0.0, 0.0), (10.0, 0.0), (12.0, 1.0)), yields=True)
    doors = Doors(replace(world, doors=(swinging,)), ROBOT)
    leaf = door.leaf_at(0.0)
    before = []
    for t, away in ((9.0, 0.4), (12.0, 0.4), (15.0, 0.4), (16.0, 3.0), (20.0, 3.0)):
        doors.look(t, leaf.x, leaf.y - away)
        before.append(doors.closed)
    assert before == [["children_door"]] * 4 + [[]]


def test_doors_are_open_most_of_the_time() -> None:
    world = yaml.safe_load(make_world("home", 3600.0, 0))
    schedules = [gap["leaf"]["schedule"] for wall in world["walls"] for gap in wall.get("gaps", ()) if "leaf" in gap]
    assert schedules
    for schedule in schedules:
        times = np.arange(0.0, 3600.0, 1.0)
        opening = np.interp(times, *np.array(schedule).T)
        assert 0.1 < np.mean(opening < 0.5) < 0.35
        assert len(schedule) > 2 * 3600 / 200


def test_the_account_of_a_goal_says_why_the_robot_stood() -> None:
    account = Account(Pose(1.0, 2.0, 0.0), 10.0)
    for t in np.arange(10.0, 12.01, 0.1).tolist():
        account.look(t, 0.5, 0.0, "guard: drives")
    for t in np.arange(12.1, 15.01, 0.1).tolist():
        account.look(t, 0.0, 0.0, f"guard: no plan for {t:.2f} s")
    account.faults.append("kill_local_planner")
    row = account.close(MISSED, "105: no progress", 15.0, 0.4)
    assert row["stood_s"] == {"guard: no plan for # s": pytest.approx(3.0, abs=0.11)}
    assert (row["outcome"], row["took_s"], row["left_m"], row["faults"]) == (MISSED, 5.0, 0.4, ["kill_local_planner"])


def test_the_summary_holds_every_reason_to_stand() -> None:
    world = load_world("home")
    stack: Any = SimpleNamespace(world=world, client=SimpleNamespace(contacts=0))
    run = Run(stack, ROBOT, Goals(world, ROBOT, np.random.default_rng(0)), [], SimpleNamespace(), [])  # type: ignore[arg-type]
    run._stood = Counter({f"guard: reason {chr(ord('a') + i)}": 20.0 - i for i in range(20)})  # type: ignore[misc]
    stood = run.summary()["stood_s"]
    assert sum(stood.values()) == pytest.approx(210.0)
    assert next(iter(stood)) == "guard: reason a"


def test_faults_come_in_order_and_every_node_is_killed() -> None:
    events = faults(1200.0, np.random.default_rng(1))
    assert [event.t for event in events] == sorted(event.t for event in events)
    names = {event.name for event in events}
    assert names >= {"kill_local_planner", "kill_reactive_guard", "kill_global_planner"}


class Place(NamedTuple):
    """Where the robot is, and when."""

    t: float
    x: float
    y: float


class Clocks:
    """A stack of one node, in which time is made up: the wall's, the simulator's, and what the node says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.pid = 100.0, 1
        self.client = SimpleNamespace(health={}, now=Place(5.0, 0.0, 0.0))
        self.processes = SimpleNamespace(pid=lambda _node: self.pid)
        monkeypatch.setattr(monitor, "time", SimpleNamespace(monotonic=lambda: self.wall))
        monkeypatch.setattr(monitor, "usage", lambda _pid: Usage(0.0, 100.0))

    def go(self, books: Monitor, seconds: float, sim: float, misses: int = 0, first: float = 0.0) -> None:
        """Some time of the wall, and of the simulator; the node has missed some deadlines by `first`, s."""
        for k in range(round(seconds)):
            self.wall += 1.0
            self.client.now = self.client.now._replace(t=self.client.now.t + sim / seconds)
            if k >= first:
                said = {"stamp": str(self.client.now.t), "cycles_count": str(10 * k), "deadline_misses": str(misses)}
                self.client.health["local_planner"] = said
            books.look()


def test_a_node_started_again_misses_deadlines_from_its_first_second_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stack: Any = Clocks(monkeypatch)
    stack.client.health["local_planner"] = {"stamp": "4.0", "cycles_count": "50", "deadline_misses": "7"}
    books = Monitor(stack, ["local_planner"])
    stack.go(books, 20.0, 20.0, misses=7)
    assert books.summary()["deadline_misses"] == 0  # those of before the soak are none of its own
    stack.pid = 2
    stack.go(books, 20.0, 20.0, misses=3, first=3.0)
    assert books.summary()["deadline_misses"] == 3


def test_misses_between_the_beginning_and_the_first_word_count(monkeypatch: pytest.MonkeyPatch) -> None:
    stack: Any = Clocks(monkeypatch)
    stack.client.health["local_planner"] = {"stamp": "4.0", "cycles_count": "50", "deadline_misses": "7"}
    books = Monitor(stack, ["local_planner"])
    stack.go(books, 20.0, 20.0, misses=8, first=1.0)
    assert books.summary()["deadline_misses"] == 1


@pytest.mark.parametrize("sim", [100.0, 90.0])
def test_how_fast_the_simulated_time_went_is_told(monkeypatch: pytest.MonkeyPatch, sim: float) -> None:
    stack: Any = Clocks(monkeypatch)
    books = Monitor(stack, ["local_planner"])
    books.look()
    stack.go(books, 100.0, sim)
    assert books.summary()["sim_per_wall"] == pytest.approx(0.01 * sim, abs=0.01)


FINE = {
    "sim_per_wall": 0.99,
    "contacts": 0,
    "deadline_misses": 0,
    "cycle_hz": 10.0,
    "memory_growth": {"reactive_guard": 0.01},
    "cpu_driving": {"mean": 0.4, "max": 0.5},
    "crashes": [],
}


@pytest.mark.parametrize(("key", "value"), [
    ("contacts", 1), ("sim_per_wall", 0.96), ("sim_per_wall", math.nan), ("deadline_misses", 1), ("cycle_hz", 9.8), ("cycle_hz", math.nan), ("memory_growth", {"local_planner": 0.06}),
    ("cpu_driving", {"mean": 0.7, "max": 0.9}), ("crashes", ["reactive_guard: Segmentation fault"]),
])  # fmt: skip
def test_each_thing_that_is_wrong_is_said(key: str, value: object) -> None:
    assert problems(FINE) == []
    assert len(problems({**FINE, key: value})) == 1
