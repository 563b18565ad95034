"""Drives in which something happens on the way, in lockstep: what must come of each, and how often the robot changed its mind.

All but one are in the world `two_ways`: two rooms with a door close by, the near way, and a doorway far round.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from astro_nav_common.types import Pose
from astro_nav_global.memory_store import MemoryStore
from astro_nav_global.navigation import Action, Phase
from astro_nav_global.params import GlobalParams
from astro_nav_global.path import GlobalPath
from astro_nav_global.planner import GlobalPlanner
from astro_nav_sim.closed_loop import ClosedLoop, LoopParams
from astro_nav_sim.localisation import Jump
from astro_nav_sim.rasterize import rasterize
from astro_nav_sim.result import FAILED, SUCCESS
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import full_stack
from astro_nav_sim.world import Box, Goal, Surprise, World
from astro_nav_sim.worlds import load_world

NEAR, FAR = "near", "far"
_WALL_X, _BETWEEN_Y = 4.0, 5.0  # m: the wall between the rooms, and what parts its two ways
_DOORWAY = (4.0, 1.35)  # x, y m of the near door's middle
HOUR = 3600.0


@dataclass
class Drive:
    """One drive: its outcome, and the ways that were taken, in order; a change of way is a flip."""

    outcome: str
    reason: str
    time: float
    contacts: int
    paths: int
    recoveries: int
    ways: list[str]
    end: Pose
    end_speed: float
    end_clearance: float

    @property
    def flips(self) -> int:
        """Changes of side."""
        return len(self.ways) - 1 if self.ways else 0


@dataclass
class Outcome:
    """What came of a scenario: the sentences about what was not as it must be, and its drives."""

    wrong: list[str] = field(default_factory=list)
    drives: list[Drive] = field(default_factory=list)

    def require(self, holds: bool, otherwise: str) -> None:
        """Note what is wrong unless it holds."""
        if not holds:
            self.wrong.append(otherwise)

    def summary(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "passed": not self.wrong,
            "wrong": "; ".join(self.wrong),
            "time_s": sum(drive.time for drive in self.drives),
            "contacts": sum(drive.contacts for drive in self.drives),
            "paths": sum(drive.paths for drive in self.drives),
            "recoveries": sum(drive.recoveries for drive in self.drives),
            "flips_max": max(drive.flips for drive in self.drives),
            "ways": [drive.ways for drive in self.drives],
            "reasons": [drive.reason for drive in self.drives],
        }


class _Watch:
    """Collects the paths that the navigator has followed."""

    def __init__(self) -> None:
        self.path_ids: set[int] = set()
        self.ways: list[str] = []
        self.recoveries = 0

    def __call__(self, now: float, action: Action) -> None:
        self.recoveries = action.feedback.recoveries
        if action.phase is Phase.FOLLOWING and action.path is not None and action.path_id not in self.path_ids:
            self.path_ids.add(action.path_id)
            way = side(action.path)
            if way and (not self.ways or self.ways[-1] != way):
                self.ways.append(way)


def side(path: GlobalPath) -> str:
    """Which way a path takes from room to room; empty if it stays in one."""
    x, y = path.points[:, 0], path.points[:, 1]
    crossing = np.flatnonzero(np.diff(np.sign(x - _WALL_X)))
    if len(crossing) == 0:
        return ""
    return NEAR if y[crossing[-1]] < _BETWEEN_Y else FAR


def _stack(world: World, seed: int, watch: _Watch, **options: Any) -> ClosedLoop:
    params = LoopParams(timeout=300.0, localisation_noise=0.01)
    return full_stack(world, load_sim_robot("astro"), params=params, seed=seed, on_action=watch, **options)


def _finish(loop: ClosedLoop, outcome: tuple[str, str], watch: _Watch, began: float) -> Drive:
    contacts, time = len(loop.sim.contacts), loop.sim.time - began
    loop.rest(1.0)
    truth = loop.sim.truth()
    run = loop.result(*outcome, 1)
    return Drive(
        *outcome,
        time=time,
        contacts=contacts,
        paths=len(watch.path_ids),
        recoveries=watch.recoveries,
        ways=watch.ways,
        end=truth.pose,
        end_speed=float(np.abs(run.truth[-10:, 4]).max()),
        end_clearance=loop.clearance(),
    )


def _drive(world: World, seed: int, goal: Goal, **options: Any) -> Drive:
    """From the world's start to the goal."""
    watch = _Watch()
    loop = _stack(world, seed, watch, **options)
    loop.settle()
    began = loop.sim.time
    return _finish(loop, loop.drive_to(goal), watch, began)


def _arrived(outcome: Outcome, drive: Drive, flips: int) -> None:
    """A drive that must reach its goal, untouched, with at most so many changes of side."""
    outcome.drives.append(drive)
    outcome.require(drive.outcome == SUCCESS, f"{drive.outcome}: {drive.reason}")
    outcome.require(drive.contacts == 0, f"{drive.contacts} contacts")
    outcome.require(drive.flips <= flips, f"ways {drive.ways}")


def closed_door(seed: int, folder: Path) -> Outcome:
    """Found closed: round it. After a restart: round it at once. Hours later: tried again, and found open."""
    outcome = Outcome()
    world = load_world("two_ways")
    closed = replace(world, doors=tuple(replace(door, schedule=((0.0, 0.0),)) for door in world.doors))
    goal = world.goal("other")
    for place, epoch, ways in ((closed, 0.0, [NEAR, FAR]), (closed, 0.2 * HOUR, [FAR]), (world, 6 * HOUR, [NEAR])):
        store = MemoryStore(folder / "memory.sqlite")
        assert world.map is not None
        planner = GlobalPlanner(GlobalParams(), load_sim_robot("astro").params, store)
        planner.set_map(world.map)
        drive = _drive(place, seed, goal, planner=planner, epoch=epoch)
        store.close()
        _arrived(outcome, drive, flips=1)
        outcome.require(drive.ways == ways, f"after {epoch / HOUR:g} h it took {drive.ways}, not {ways}")
    return outcome


def closing_door(seed: int, _folder: Path) -> Outcome:
    """A door closes while the robot drives up to it: round it."""
    outcome = Outcome()
    world = load_world("two_ways")
    begin = 1.6 + 0.08 * seed
    doors = tuple(replace(door, schedule=((begin, 1.0), (begin + 1.2, 0.0))) for door in world.doors)
    _arrived(outcome, _drive(replace(world, doors=doors), seed, world.goal("other")), flips=1)
    return outcome


def box_in_the_way(seed: int, _folder: Path) -> Outcome:
    """A box stands in the doorway when the robot comes near: round it."""
    outcome = Outcome()
    world = load_world("two_ways")
    box = Box("box", *_DOORWAY, 0.1 * (seed % 5 - 2), 0.4, 0.75, 0.0, 0.5, "furniture")
    world = replace(world, surprises=(Surprise(box, near=1.0 + 0.1 * seed),))
    _arrived(outcome, _drive(world, seed, world.goal("other")), flips=1)
    outcome.require(outcome.drives[0].ways == [NEAR, FAR], f"ways {outcome.drives[0].ways}")
    return outcome


def unreachable(seed: int, _folder: Path) -> Outcome:
    """The only way is blocked by a box: a clear failure, at rest, in free space."""
    outcome = Outcome()
    world = load_world("two_ways")
    wall = Box("wall_far", _WALL_X, 9.7, 0.0, 0.1, 1.2, 0.0, 2.4)
    world = replace(world, solids=(*world.solids, wall))
    world = replace(world, map=rasterize(world))
    box = Box("box", *_DOORWAY, 0.0, 0.4, 0.75, 0.0, 0.5, "furniture")
    world = replace(world, surprises=(Surprise(box, near=1.0 + 0.1 * seed),))
    drive = _drive(world, seed, world.goal("other"))
    outcome.drives.append(drive)
    outcome.require(drive.outcome == FAILED, f"{drive.outcome}: {drive.reason}")
    outcome.require("no way" in drive.reason or "gave up" in drive.reason, f"unclear reason: {drive.reason}")
    outcome.require(drive.contacts == 0, f"{drive.contacts} contacts")
    outcome.require(drive.end_speed < 0.01, f"still moving at {drive.end_speed:.2f} m/s")
    outcome.require(drive.end_clearance > 0.03, f"stands {drive.end_clearance:.3f} m from something")
    return outcome


def corrected_localisation(seed: int, _folder: Path) -> Outcome:
    """The pose in the map is 0.2 m and 5 degrees wrong from one moment to the next, and right again later."""
    outcome = Outcome()
    world = load_world("two_ways")
    rng = np.random.default_rng([seed, 11])
    angle, turn = rng.uniform(-math.pi, math.pi), math.radians(5.0) * rng.choice((-1.0, 1.0))
    wrong = Jump(2.0, 0.2 * math.cos(angle), 0.2 * math.sin(angle), turn)
    drive = _drive(world, seed, world.goal("other"), jumps=(wrong, Jump(rng.uniform(3.0, 6.0), 0.0, 0.0, 0.0)))
    _arrived(outcome, drive, flips=0)
    return outcome


def two_goals(seed: int, _folder: Path) -> Outcome:
    """A second goal while driving to the first, in the same direction: on to it without a stop."""
    outcome = Outcome()
    world = load_world("two_ways")
    watch = _Watch()
    loop = _stack(world, seed, watch)
    loop.settle()
    began = loop.sim.time
    loop.drive_towards(Goal("first", Pose(6.3, 2.4, 0.5)), 2.0 + 0.1 * seed)
    replaced = loop.sim.time
    drive = _finish(loop, loop.drive_to(world.goal("other")), watch, began)
    _arrived(outcome, drive, flips=0)
    truth = loop.result(drive.outcome, "", 1).truth
    after = truth[(truth[:, 0] >= replaced) & (truth[:, 0] <= replaced + 1.0), 4]
    before = float(np.interp(replaced, truth[:, 0], truth[:, 4]))
    outcome.require(after.min() > 0.5 * before, f"slowed from {before:.2f} to {after.min():.2f} m/s for the new goal")
    return outcome


#: the scenarios by name; each is given a seed and a folder of its own
SCENARIOS: dict[str, Callable[[int, Path], Outcome]] = {
    function.__name__: function
    for function in (closed_door, closing_door, box_in_the_way, unreachable, corrected_localisation, two_goals)
}
