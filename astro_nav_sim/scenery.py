"""The things of a world that move, during a run: where they are, and moving MuJoCo's mocap bodies there."""

from __future__ import annotations

import mujoco
import numpy as np

from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import RobotParams
from astro_nav_sim.clearance import distance_to
from astro_nav_sim.model import HIDDEN_Z, yaw_quaternion
from astro_nav_sim.tracks import TrackSet
from astro_nav_sim.world import Door, Solid, Surprise, World

#: a door that has waited catches up at this rate, share of its swing a second; a yielding one keeps so far from the robot, m
_CATCH_UP, _DOOR_ROOM = 0.5, 0.15


class Scenery:
    """Doors, movers and surprises. `step` is called once a physics step."""

    def __init__(self, world: World, mocap: dict[str, int], robot: RobotParams) -> None:
        self._world, self._mocap = world, mocap
        self._tracks = TrackSet(tuple(mover.track for mover in world.movers))
        self._mover_ids = np.array([mocap[mover.name] for mover in world.movers], int)
        self._swinging = [door for door in world.doors if len(door.schedule) > 1]
        self._openings = {door.name: door.opening(0.0) for door in world.doors}
        self._now = 0.0
        self._waiting: list[Surprise] = list(world.surprises)
        self._shown: list[tuple[float, Solid]] = []  # until when, and what
        self._robot_radius = Footprint.of(robot).circumscribed_radius

    def step(self, data: mujoco.MjData, now: float, robot_x: float, robot_y: float) -> None:
        """Put everything where it is at time `now`."""
        if len(self._mover_ids):
            data.mocap_pos[self._mover_ids, :2] = self._tracks.positions(now)
        for door in self._swinging:
            was = self._openings[door.name], self._now
            opening = self._openings[door.name] = swung(door, *was, now, (robot_x, robot_y), self._robot_radius)
            leaf = door.leaf_at(opening)
            data.mocap_pos[self._mocap[door.name], :2] = leaf.x, leaf.y
            data.mocap_quat[self._mocap[door.name]] = yaw_quaternion(leaf.yaw)
        for surprise in self._waiting[:]:
            if is_due(surprise, now, robot_x, robot_y, self._robot_radius):
                self._waiting.remove(surprise)
                self._shown.append((now + surprise.stay, surprise.solid))
                data.mocap_pos[self._mocap[surprise.solid.name], 2] = 0.0
        for item in [item for item in self._shown if now > item[0]]:
            self._shown.remove(item)
            data.mocap_pos[self._mocap[item[1].name], 2] = HIDDEN_Z
        self._now = now

    def solids(self, now: float) -> list[Solid]:
        """Everything but the static solids, as it stands at time `now`, the time of the newest step."""
        doors = [door.leaf_at(self._openings[door.name]) for door in self._world.doors]
        return [*doors, *(mover.solid(now) for mover in self._world.movers), *(solid for _, solid in self._shown)]


def swung(
    door: Door, is_open: float, before: float, now: float, robot_xy: tuple[float, float], robot_radius: float
) -> float:
    """How far a door is open now: as it should be, unless it yields to the robot, or has to catch up since.

    Args:
        is_open: how far it was open at time `before`, s.
        robot_radius: m, of the circle around the footprint.
    """
    wanted = door.opening(now)
    if not door.yields or wanted == is_open:
        return wanted
    if is_open != door.opening(before):  # it has waited
        step = _CATCH_UP * (now - before)
        wanted = is_open + min(max(wanted - is_open, -step), step)
    free = distance_to(door.leaf_at(wanted), *robot_xy) > robot_radius + _DOOR_ROOM
    return wanted if free else is_open


def is_due(surprise: Surprise, now: float, robot_x: float, robot_y: float, robot_radius: float) -> bool:
    """Whether a surprise that is not there yet appears now; robot_radius: m, of the circle around the footprint."""
    distance = distance_to(surprise.solid, robot_x, robot_y)
    if distance <= max(robot_radius, surprise.apart):
        return False  # never into the robot
    due = surprise.at is None or now >= surprise.at
    return due and (surprise.near is None or distance <= surprise.near)
