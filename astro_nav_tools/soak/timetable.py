"""What happens when, drawn from a seed: goals, doors, obstacles, faults."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml

from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_sim.world import World
from astro_nav_sim.worlds import load_world
from astro_nav_sim.worlds.load import WORLDS_DIR
from astro_nav_tools.bench.ways import Ways

#: s for which a door is open, and closed: a fifth of the time, as where people live; shortest and longest
_OPEN, _CLOSED = (60.0, 150.0), (15.0, 40.0)
#: s between obstacles, for which one stands, between faults, for which one lasts
_OBSTACLE, _STAY, _FAULT, _LASTS = (15.0, 45.0), (10.0, 30.0), (25.0, 60.0), (0.5, 2.0)
#: s that a door takes to swing; between kills; before the first fault and after the last
_SWING, _KILLS, _QUIET = 2.0, 100.0, 30.0
#: an obstacle appears when the robot comes nearer than the one, but not nearer than the other, m
_NEAR, _APART = 2.5, 1.0
#: faults of messages, by the names of `faults.catalogue`
_SPOILED = (
    "scan_stops", "scan_freezes", "scan_nan", "scan_zero", "scan_frame", "scan_old", "odom_stops", "odom_nan", "tf_missing", "plan_nan",
    "plan_old",
)  # fmt: skip
_KILLED = ("kill_local_planner", "kill_reactive_guard", "kill_global_planner")


@dataclass(frozen=True)
class Event:
    """A fault: its name in the catalogue, when it begins and how long it lasts, s from the start."""

    t: float
    name: str
    lasts: float


def eventful(plan: dict[str, Any], world: World, duration: float, rng: np.random.Generator) -> dict[str, Any]:
    """The floor plan with doors that open and close, and obstacles that come and go.

    Args:
        plan: as `floor_plan` reads it; not changed. world: made of it.
        duration: s.
    """
    walls = [
        {**wall, "gaps": [_swinging(gap, duration, rng) for gap in wall["gaps"]]} if "gaps" in wall else wall
        for wall in plan["walls"]
    ]
    return {**plan, "walls": walls, "surprises": list(_obstacles(world, duration, rng))}


def _swinging(gap: dict[str, Any], duration: float, rng: np.random.Generator) -> dict[str, Any]:
    if "leaf" not in gap:
        return gap
    schedule, t, opening = [[0.0, 1.0]], float(rng.uniform(*_OPEN)), 1.0
    while t < duration:
        schedule += [[t, opening], [t + _SWING, 1.0 - opening]]
        opening, t = 1.0 - opening, t + _SWING + float(rng.uniform(*(_CLOSED if opening else _OPEN)))
    return {**gap, "leaf": {**gap["leaf"], "schedule": schedule, "yields": True}}


def _obstacles(world: World, duration: float, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    assert world.map is not None
    free = np.argwhere(world.map.data == 0)
    t = float(rng.uniform(*_OBSTACLE))
    number = 0
    while t < duration:
        x, y = world.map.center(*free[rng.integers(len(free))].tolist())
        number += 1
        size = [round(float(rng.uniform(0.15, 0.4)), 2) for _ in range(2)]
        yield {
            "kind": "box", "name": f"obstacle_{number}", "at": [round(x, 2), round(y, 2), float(rng.uniform(-3.1, 3.1))], "size": size,
            "time": t, "near": _NEAR, "apart": _APART, "stay": float(rng.uniform(*_STAY)),
        }  # fmt: skip
        # most places are never come near to, so several wait at a time
        t += 0.25 * float(rng.uniform(*_OBSTACLE))


def faults(duration: float, rng: np.random.Generator) -> list[Event]:
    """Faults in the order of time; each node is killed once in a while, most of what happens is bad input."""
    events: list[Event] = []
    t, killed_at, kills = _QUIET, 0.0, 0
    while True:
        t += float(rng.uniform(*_FAULT))
        if t > duration - _QUIET:
            return events
        if t - killed_at > _KILLS:
            name, killed_at, kills = _KILLED[kills % len(_KILLED)], t, kills + 1
        else:
            name = _SPOILED[rng.integers(len(_SPOILED))]
        events.append(Event(t, name, float(rng.uniform(*_LASTS))))


#: cells that must be left around the footprint at a goal
ROOM = 2.0


class Goals:
    """Places where the robot fits, that can be reached from the start while all doors are open."""

    def __init__(self, world: World, robot: RobotParams, rng: np.random.Generator) -> None:
        assert world.map is not None
        self._map, self._start, self._rng = world.map, world.start, rng
        self._ways = Ways(world.map, robot)
        self._free = np.argwhere(world.map.data == 0)

    def draw(self) -> Pose:
        """The next goal."""
        while True:
            x, y = self._map.center(*self._free[self._rng.integers(len(self._free))].tolist())
            goal = Pose(x, y, float(self._rng.uniform(-math.pi, math.pi)))
            if self._ways.room(goal) > ROOM * self._map.resolution and math.isfinite(
                self._ways.shortest(self._start, goal).length
            ):
                return goal


def make_world(name: str, duration: float, seed: int) -> str:
    """YAML text of one of the project's floor plans, with everything that happens in it."""
    plan = yaml.safe_load((WORLDS_DIR / f"{name}.yaml").read_text())
    changed = eventful(plan, load_world(name), duration, np.random.default_rng([seed, 1]))
    return str(yaml.safe_dump(changed, sort_keys=False))
