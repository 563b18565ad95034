"""Planning problems as they come up while driving, to be solved again and again by different means."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from astro_nav_local.evaluate import Problem
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner
from astro_nav_local.search import Search, SearchResult
from astro_nav_sim.robot import SimRobot
from astro_nav_sim.stack import full_stack
from astro_nav_sim.world import World


class Recorded(NamedTuple):
    """A problem, and the previous plan's vector (5,), shifted to it, that its search began with."""

    problem: Problem
    warm: np.ndarray | None


class RecordingSearch(Search):
    """The usual search, which keeps a copy of each of its problems."""

    def __init__(self, params: LocalParams, seed: int = 0) -> None:
        super().__init__(params, seed)
        self.recorded: list[Recorded] = []

    def run(self, problem: Problem, warm: np.ndarray | None, late: Callable[[], bool] = lambda: False) -> SearchResult:
        """As always."""
        self.recorded.append(Recorded(copied(problem), None if warm is None else warm.copy()))
        return super().run(problem, warm, late)


def copied(problem: Problem) -> Problem:
    """The problem with its own copies of all that the planner goes on working in."""
    scene = problem.scene._replace(
        distance=problem.scene.distance.copy(), to_go=problem.scene.to_go.copy(), unseen=problem.scene.unseen.copy()
    )
    return problem._replace(scene=scene)


def record(world: World, robot: SimRobot, count: int, seed: int = 0) -> list[Recorded]:
    """`count` problems, evenly spread over a drive of the full stack through a world; all of them if there are fewer."""
    search = RecordingSearch(LocalParams(), seed)
    planner = LocalPlanner(LocalParams(), robot.params, seed, search=search)
    full_stack(world, robot, local_planner=planner, seed=seed).run()
    chosen = np.unique(np.linspace(0, len(search.recorded) - 1, count).round().astype(int))
    return [search.recorded[i] for i in chosen]
