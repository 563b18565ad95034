"""A world as plain data, for any simulator: what stands, what swings, what walks, what appears, start and goals.

Everything is an upright prism: a box or a cylinder with a range of heights. Frame: the world's, which is the map's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from astro_nav_common.errors import WorldError
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_sim.tracks import Track


@dataclass(frozen=True, slots=True)
class Box:
    """An upright box: centre (x, y) m, yaw rad, full sizes m, heights [z_low, z_high] m above the floor."""

    name: str
    x: float
    y: float
    yaw: float
    size_x: float
    size_y: float
    z_low: float = 0.0
    z_high: float = 1.0
    kind: str = "wall"

    def __post_init__(self) -> None:
        _check_prism(self.name, self.z_low, self.z_high, (self.x, self.y, self.yaw), (self.size_x, self.size_y))


@dataclass(frozen=True, slots=True)
class Cylinder:
    """An upright cylinder: centre (x, y) m, radius m, heights [z_low, z_high] m above the floor."""

    name: str
    x: float
    y: float
    radius: float
    z_low: float = 0.0
    z_high: float = 1.0
    kind: str = "furniture"

    def __post_init__(self) -> None:
        _check_prism(self.name, self.z_low, self.z_high, (self.x, self.y), (self.radius,))


Solid = Box | Cylinder


@dataclass(frozen=True, slots=True)
class Door:
    """A hinged leaf: hinge (x, y), yaw of the closed leaf, its width, and how far it swings when open (sign = side).

    schedule: (time s, opening in [0, 1]) in increasing time, linear between, held outside. yields: who moves it lets the robot pass:
    it waits while the robot stands where the leaf would go.
    """

    name: str
    x: float
    y: float
    yaw: float
    width: float
    swing: float = math.pi / 2
    thickness: float = 0.04
    height: float = 2.0
    schedule: tuple[tuple[float, float], ...] = ((0.0, 1.0),)
    yields: bool = False

    def __post_init__(self) -> None:
        _check_prism(self.name, 0.0, self.height, (self.x, self.y, self.yaw, self.swing), (self.width, self.thickness))
        times = [t for t, _ in self.schedule]
        if not times or times != sorted(times) or not all(0.0 <= opening <= 1.0 for _, opening in self.schedule):
            raise WorldError(
                f"door '{self.name}' needs a schedule of increasing times with openings from 0 to 1, got {self.schedule}"
            )

    def leaf(self, t: float) -> Box:
        """The leaf at time t, if nobody is in its way."""
        return self.leaf_at(self.opening(t))

    def opening(self, t: float) -> float:
        """How far it should be open at time t, 0 to 1."""
        return float(np.interp(t, [at for at, _ in self.schedule], [part for _, part in self.schedule]))

    def leaf_at(self, opening: float) -> Box:
        """The leaf, opened so far."""
        yaw = self.yaw + opening * self.swing
        x, y = self.x + 0.5 * self.width * math.cos(yaw), self.y + 0.5 * self.width * math.sin(yaw)
        return Box(self.name, x, y, yaw, self.width, self.thickness, 0.01, self.height, "door")


@dataclass(frozen=True, slots=True)
class Mover:
    """An upright cylinder that goes exactly where its track says and never yields."""

    name: str
    radius: float
    track: Track
    height: float = 1.7
    kind: str = "person"

    def __post_init__(self) -> None:
        _check_prism(self.name, 0.0, self.height, (), (self.radius,))

    def solid(self, t: float) -> Cylinder:
        """The cylinder at time t."""
        x, y = self.track.position(t)
        return Cylinder(self.name, x, y, self.radius, 0.0, self.height, self.kind)


@dataclass(frozen=True, slots=True)
class Surprise:
    """A solid that is not there at first. It appears at a time, or when the robot's centre first comes within `near` m
    of it, or with both when it comes within that from that time on; but never into the robot, nor nearer to it than `apart` m.
    It is there for `stay` s."""

    solid: Solid
    at: float | None = None
    near: float | None = None
    apart: float = 0.0
    stay: float = math.inf

    def __post_init__(self) -> None:
        if self.at is None and self.near is None:
            raise WorldError(f"surprise '{self.solid.name}' needs a time 'at' (s) or a distance 'near' (m)")
        if not (self.apart >= 0.0 and self.stay > 0.0):
            raise WorldError(f"surprise '{self.solid.name}' needs apart >= 0 m and stay > 0 s")


@dataclass(frozen=True, slots=True)
class Goal:
    """A named pose in the world frame."""

    name: str
    pose: Pose


@dataclass(frozen=True)
class World:
    """Everything a simulator needs to know about a place. `map` is what the robot is given beforehand, if anything."""

    name: str
    solids: tuple[Solid, ...]
    start: Pose
    goals: tuple[Goal, ...] = ()
    doors: tuple[Door, ...] = ()
    movers: tuple[Mover, ...] = ()
    surprises: tuple[Surprise, ...] = ()
    map: Grid | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not all(math.isfinite(value) for value in self.start):
            raise WorldError(f"world '{self.name}' has a start {tuple(self.start)} that is not finite")
        names = [item.name for item in (*self.solids, *self.doors, *self.movers)] + [
            s.solid.name for s in self.surprises
        ]
        double = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
        if double is not None:
            raise WorldError(f"world '{self.name}' has two things named '{double}'")

    def goal(self, name: str) -> Goal:
        """The goal of that name. Raises WorldError naming those there are."""
        for goal in self.goals:
            if goal.name == name:
                return goal
        raise WorldError(
            f"world '{self.name}' has no goal '{name}'; it has: {', '.join(g.name for g in self.goals) or 'none'}"
        )

    def moving_solids(self, t: float) -> list[Solid]:
        """Door leaves and movers where they are at time t."""
        return [*(door.leaf(t) for door in self.doors), *(mover.solid(t) for mover in self.movers)]


def _check_prism(name: str, z_low: float, z_high: float, values: tuple[float, ...], sizes: tuple[float, ...]) -> None:
    if not all(math.isfinite(value) for value in (*values, *sizes, z_low, z_high)):
        raise WorldError(f"'{name}' has a position or size that is not finite: {(*values, *sizes, z_low, z_high)}")
    if min(sizes) <= 0.0 or z_high <= z_low:
        raise WorldError(f"'{name}' needs sizes above zero, got sizes {sizes} and heights {z_low} to {z_high}")
