"""Planning problems as they come up while driving: recorded from closed-loop runs in several worlds, the same for the same seeds."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from astro_nav_local.evaluate import Problem
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner
from astro_nav_local.search import Search, SearchResult
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import full_stack
from astro_nav_sim.world import World
from astro_nav_sim.worlds import load_world
from astro_nav_sim.worlds.barn import read_records, world_from_record
from astro_nav_tools.bench.tuple_file import load, save
from astro_nav_tools.installation import data_folder

#: BARN worlds from easy to hard that are driven, where the data set is there.
BARN_IDS = (12, 84, 176, 222, 238, 254, 280, 284)


class Recorded(NamedTuple):
    """One planning problem: where it came up, and the previous plan it was started from, (5,), if there was one."""

    place: str
    problem: Problem
    warm: np.ndarray | None


class Source(NamedTuple):
    """A drive to record from: problem number `every`, 2 `every`, ... is kept."""

    world: World
    robot: str
    every: int


class RecordingSearch(Search):
    """The usual search, which keeps copies of some of the problems it is given."""

    def __init__(self, params: LocalParams, seed: int, place: str, every: int) -> None:
        super().__init__(params, seed)
        self._place, self._every, self._asked = place, every, 0
        self.kept: list[Recorded] = []

    def run(self, problem: Problem, warm: np.ndarray | None, late: Callable[[], bool] = lambda: False) -> SearchResult:
        """As the base class."""
        self._asked += 1
        if self._asked % self._every == 0:
            self.kept.append(Recorded(self._place, *copy.deepcopy((problem, warm))))
        return super().run(problem, warm, late)


def sources(thin: int = 1) -> list[Source]:
    """The drives of the benchmark: home, corridor, two rooms, and BARN worlds if they are there. thin: keep one in so many."""
    own = [
        Source(load_world(name), "astro", every * thin)
        for name, every in (("home", 15), ("corridor", 8), ("two_ways", 8))
    ]
    file = data_folder() / "barn" / "worlds_dev.jsonl"
    if not file.is_file():
        return own
    records = read_records(file)
    return own + [Source(world_from_record(records[i], np.random.default_rng(0)), "jackal", 8 * thin) for i in BARN_IDS]


def record(source: Source, seed: int = 0) -> list[Recorded]:
    """Drive, and return what was kept on the way."""
    robot, params = load_sim_robot(source.robot), LocalParams()
    search = RecordingSearch(params, seed, source.world.name, source.every)
    full_stack(source.world, robot, local_planner=LocalPlanner(params, robot.params, search=search), seed=seed).run()
    return search.kept


def recorded(drives: list[Source], seed: int = 0, file: Path | None = None) -> list[Recorded]:
    """The problems of all drives; those in `file` if it is there, else they are written to it."""
    if file is not None and file.is_file():
        return load(file, Recorded)
    problems = [problem for source in drives for problem in record(source, seed)]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        save(file, problems)
    return problems
