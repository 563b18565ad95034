"""What became of each goal of a soak, and why the robot stood on the way to it."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from astro_nav_common.footprint import Footprint
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_sim.rasterize import mark
from astro_nav_sim.scenery import is_due, swung
from astro_nav_sim.world import Solid, World
from astro_nav_tools.bench.ways import Ways
from astro_nav_tools.soak.timetable import ROOM

#: how a goal ends: as it should; lost with a navigator that the soak has killed; shut off by doors or boxes; at the end of the soak; else
REACHED, KILLED, SHUT_OFF, CUT_SHORT, MISSED = "reached", "killed", "shut off", "cut short", "missed"
#: slower than this the robot stands, m/s and rad/s
_REST_V, _REST_W = 0.02, 0.05


class Boxes:
    """The world's surprises that are there, reckoned from where the robot was; `look` is called all the time."""

    def __init__(self, world: World, robot: RobotParams) -> None:
        self._radius = Footprint.of(robot).circumscribed_radius
        self._waiting = list(world.surprises)
        self._shown: list[tuple[float, Solid]] = []  # until when, and what

    def look(self, t: float, x: float, y: float) -> None:
        """The robot is at (x, y) at the world's time t."""
        self._shown = [(until, solid) for until, solid in self._shown if t <= until]
        due = [surprise for surprise in self._waiting if is_due(surprise, t, x, y, self._radius)]
        self._waiting = [surprise for surprise in self._waiting if surprise not in due]
        self._shown += [(t + surprise.stay, surprise.solid) for surprise in due]

    @property
    def standing(self) -> list[Solid]:
        """Those that are there now."""
        return [solid for _, solid in self._shown]


class Doors:
    """How far the world's doors are open, reckoned from where the robot was: they wait for it. `look` is called all the time."""

    def __init__(self, world: World, robot: RobotParams) -> None:
        self._doors, self._radius = world.doors, Footprint.of(robot).circumscribed_radius
        self._t = 0.0
        self.openings = {door.name: door.opening(0.0) for door in world.doors}

    def look(self, t: float, x: float, y: float) -> None:
        """The robot is at (x, y) at the world's time t."""
        if not t > self._t:
            return
        for door in self._doors:
            self.openings[door.name] = swung(door, self.openings[door.name], self._t, t, (x, y), self._radius)
        self._t = t

    @property
    def closed(self) -> list[str]:
        """Names of those that are not open."""
        return [name for name, opening in self.openings.items() if opening < 1.0]


def is_shut_off(
    world: World,
    robot: RobotParams,
    openings: Mapping[str, float],
    place: Pose,
    goal: Pose,
    boxes: Sequence[Solid] = (),
) -> bool:
    """Whether doors, by name as far open as is said, and boxes, leave the robot no way from a place to a goal, or less room there than
    goals are drawn with."""
    assert world.map is not None
    grid = Grid(world.map.data.copy(), world.map.resolution, world.map.origin_x, world.map.origin_y)
    for door in world.doors:
        mark(grid, door.leaf_at(openings[door.name]))
    for box in boxes:
        mark(grid, box)
    row, col = grid.cell(place.x, place.y)
    if grid.data[row, col] != 0:  # a leaf that waits for the robot
        return False
    ways = Ways(grid, robot)
    return ways.room(goal) <= ROOM * grid.resolution or not math.isfinite(ways.shortest(place, goal).length)


class Account:
    """The books of one goal: `look` is called while it is under way."""

    def __init__(self, goal: Pose, now: float) -> None:
        self.goal, self.began = goal, now
        self.faults: list[str] = []
        self.stood: defaultdict[str, float] = defaultdict(float)
        self._looked = now
        self._driven = 0.0

    def look(self, now: float, v: float, w: float, why: str) -> None:
        """The robot's speed, m/s and rad/s, and what is said about it."""
        self._driven += abs(v) * (now - self._looked) if math.isfinite(v) else 0.0
        if abs(v) < _REST_V and abs(w) < _REST_W:
            self.stood[re.sub(r"-?\d+(\.\d+)?", "#", why)] += now - self._looked
        self._looked = now

    def close(self, outcome: str, words: str, now: float, left: float) -> dict[str, Any]:
        """What goes into the result file. left: m from the robot to the goal as the crow flies."""
        longest = sorted(self.stood.items(), key=lambda item: -item[1])
        stood = {why: round(seconds, 1) for why, seconds in longest[:4] if seconds > 0.5}
        return {
            "t": self.began, "goal": list(self.goal), "outcome": outcome, "words": words, "took_s": now - self.began, "left_m": left,
            "driven_m": self._driven, "stood_s": stood, "faults": self.faults,
        }  # fmt: skip
