"""Gaps to drive through: an enclosed room, parted by a wall with one gap, or by posts; the same for the same seed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from astro_nav_common.types import Pose
from astro_nav_local.params import LocalParams
from astro_nav_sim.robot import SimRobot
from astro_nav_sim.world import Box, Cylinder, Goal, Solid, World

#: m: length and width of the room, where it is parted, thickness of its outer walls
LENGTH, WIDTH, MIDDLE, WALL = 6.0, 3.0, 3.0, 0.2
#: The posts' radius, m; they stand no further apart than a gap wide enough for the robot would be.
POST = 0.05


def passage(gap: float, thickness: float, x: float = MIDDLE, y: float = 0.0, name: str = "gap") -> tuple[Solid, ...]:
    """A wall across the room, `thickness` m thick around x, with a gap of `gap` m around y."""
    below, above = y - 0.5 * gap + 0.5 * WIDTH, 0.5 * WIDTH - y - 0.5 * gap
    return (
        Box(f"{name}_right", x, 0.5 * below - 0.5 * WIDTH, 0.0, thickness, below),
        Box(f"{name}_left", x, 0.5 * WIDTH - 0.5 * above, 0.0, thickness, above),
    )


def posts(gap: float, x: float = MIDDLE, y: float = 0.0) -> tuple[Solid, ...]:
    """A row of posts across the room, close together but for a gap of `gap` m between two of them around y."""
    row: list[Solid] = []
    for side in (-1.0, 1.0):
        at = y + side * (0.5 * gap + POST)
        while abs(at) < 0.5 * WIDTH:
            row.append(Cylinder(f"post_{len(row)}", x, at, POST))
            at += side * 4.0 * POST
    return tuple(row)


def room(name: str, inside: tuple[Solid, ...], start: Pose, goal: Pose, length: float = LENGTH) -> World:
    """The room with these things in it; x from 0 to `length`, y around 0."""
    half = 0.5 * (WIDTH + WALL)
    outside = (
        Box("south", 0.5 * length, -half, 0.0, length + 2.0 * WALL, WALL),
        Box("north", 0.5 * length, half, 0.0, length + 2.0 * WALL, WALL),
        Box("west", -0.5 * WALL, 0.0, 0.0, WALL, WIDTH),
        Box("east", length + 0.5 * WALL, 0.0, 0.0, WALL, WIDTH),
    )
    return World(name, (*outside, *inside), start, (Goal("beyond", goal),))


def random_gap(gap: float, rng: np.random.Generator) -> World:
    """A gap of that width somewhere across the room, of one of three kinds, between a random start and a random goal."""
    kind = ("doorway", "passage", "posts")[rng.integers(3)]
    y = float(rng.uniform(-0.5, 0.5) * max(WIDTH - gap - 0.8, 0.0))
    if kind == "posts":
        inside = posts(gap, y=y)
    else:
        inside = passage(gap, float(rng.uniform(0.1, 0.2) if kind == "doorway" else rng.uniform(0.5, 1.0)), y=y)
    start = Pose(0.8, float(rng.uniform(-1.0, 1.0)), float(rng.uniform(-math.pi, math.pi) / 3.0))
    goal = Pose(LENGTH - 0.8, float(rng.uniform(-1.0, 1.0)), 0.0)
    return room(kind, inside, start, goal)


def noisy(robot: SimRobot, level: float, v_max: float) -> SimRobot:
    """The robot at most at `v_max` m/s, with `level` times the usual errors of range, odometry and timing."""
    odometry = replace(
        robot.odometry,
        **{key: level * value for key, value in robot.odometry.to_dict().items() if key not in ("rate_hz", "latency")},
    )
    lidars = tuple(
        replace(one, noise=level * one.noise, dropout=level * one.dropout, jitter=0.01 * level) for one in robot.lidars
    )
    base = replace(robot.base, wheel_radius_error=level * robot.base.wheel_radius_error, delay_jitter=0.02 * level)
    return replace(robot, params=replace(robot.params, v_max=v_max), base=base, odometry=odometry, lidars=lidars)


def expecting(level: float) -> LocalParams:
    """The parameters of a planner that is told of so many times the usual errors."""
    usual = LocalParams()
    return replace(
        usual,
        sigma_base=level * usual.sigma_base,
        sigma_way=level * usual.sigma_way,
        sigma_speed=level * usual.sigma_speed,
    )
