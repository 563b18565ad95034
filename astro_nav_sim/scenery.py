"""The things of a world that move, during a run: where they are, and moving MuJoCo's mocap bodies there."""

from __future__ import annotations

import mujoco
import numpy as np

from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import RobotParams
from astro_nav_sim.clearance import distance_to
from astro_nav_sim.model import yaw_quaternion
from astro_nav_sim.tracks import TrackSet
from astro_nav_sim.world import Solid, Surprise, World


class Scenery:
    """Doors, movers and surprises. `step` is called once a physics step."""

    def __init__(self, world: World, mocap: dict[str, int], robot: RobotParams) -> None:
        self._world, self._mocap = world, mocap
        self._tracks = TrackSet(tuple(mover.track for mover in world.movers))
        self._mover_ids = np.array([mocap[mover.name] for mover in world.movers], int)
        self._swinging = [door for door in world.doors if len(door.schedule) > 1]
        self._waiting: list[Surprise] = list(world.surprises)
        self._shown: list[Solid] = []
        self._robot_radius = Footprint.of(robot).circumscribed_radius

    def step(self, data: mujoco.MjData, now: float, robot_x: float, robot_y: float) -> None:
        """Put everything where it is at time `now`."""
        if len(self._mover_ids):
            data.mocap_pos[self._mover_ids, :2] = self._tracks.positions(now)
        for door in self._swinging:
            leaf = door.leaf(now)
            data.mocap_pos[self._mocap[door.name], :2] = leaf.x, leaf.y
            data.mocap_quat[self._mocap[door.name]] = yaw_quaternion(leaf.yaw)
        for surprise in self._waiting[:]:
            if self._is_due(surprise, now, robot_x, robot_y):
                self._waiting.remove(surprise)
                self._shown.append(surprise.solid)
                data.mocap_pos[self._mocap[surprise.solid.name], 2] = 0.0

    def solids(self, now: float) -> list[Solid]:
        """Everything but the static solids, as it stands at time `now`."""
        return [*self._world.moving_solids(now), *self._shown]

    def _is_due(self, surprise: Surprise, now: float, robot_x: float, robot_y: float) -> bool:
        distance = distance_to(surprise.solid, robot_x, robot_y)
        if distance <= self._robot_radius:
            return False  # never into the robot
        return now >= surprise.at if surprise.at is not None else distance <= (surprise.near or 0.0)
