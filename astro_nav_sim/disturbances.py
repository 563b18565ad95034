"""Drives through the home in which the robot is moved by hand, its localisation jumps, or its odometry drifts, in lockstep.

None of this may leave a ghost in the local map that holds the robot up (`ghosts.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from astro_nav_common.geometry import compose
from astro_nav_common.types import Pose
from astro_nav_local.local_plan import LocalPlan
from astro_nav_sim.clearance import ClearanceMeter
from astro_nav_sim.closed_loop import ClosedLoop, LoopParams
from astro_nav_sim.ghosts import GhostMeter
from astro_nav_sim.localisation import Jump
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.stack import full_stack
from astro_nav_sim.worlds import load_world

#: goals one after the other: a room, back through its door, and another room
GOALS = ("study", "living", "kitchen")
#: s at which the robot is disturbed for the first time, and from then on again and again
FIRST, PERIOD = (3.0, 5.0), 8.0
#: m by which it is moved, and rad by which it is turned at most
MOVED, TURNED = (0.5, 2.0), 0.5
#: m that must be free around it there, beside what it needs to stop from its speed if it reacts after `REACTION` s
FREE_AROUND, REACTION = 0.25, 0.3
#: m that must be free around it on the way there
CARRIED_CLEAR = 0.1
#: s after which a localisation that has jumped is right again, with another jump
WRONG = 3.0
#: a goal counts when the robot is near it: it may be thought to be elsewhere as it arrives
PARAMS = LoopParams(timeout=120.0, xy_tolerance=2.0, yaw_tolerance=math.pi)


@dataclass(frozen=True)
class Disturbance:
    """What happens: moved by hand, within `duration` s, odometry noticing it or not; jumps of the localisation; drift of odometry."""

    moved: bool = False
    noticed: bool = False
    duration: float = 0.0
    jumps: bool = False
    distance_drift: float = 0.0
    yaw_drift: float = 0.0


DISTURBANCES = {
    "none": Disturbance(),
    "moved_unnoticed": Disturbance(moved=True),
    "lifted_noticed": Disturbance(moved=True, noticed=True, duration=1.5),
    "localisation_jumps": Disturbance(jumps=True),
    "odometry_drifts": Disturbance(distance_drift=0.03, yaw_drift=math.radians(2.0)),
}


@dataclass(frozen=True)
class DisturbedDrive:
    """What came of a drive: how often it was disturbed, for how long there were ghosts, and how long the robot stood before them at most."""

    outcome: str
    reason: str
    time_s: float
    contacts: int
    disturbed: int
    ghosts_s: float
    stood_s: float


def drive(name: str, seed: int, fov: float = 0.0, **options: Any) -> DisturbedDrive:
    """The robot `astro` to the goals. Args: fov: of its lidar, rad; 0: all around."""
    what = DISTURBANCES[name]
    robot = load_sim_robot("astro")
    robot = robot.seeing(fov) if fov else robot
    drift = replace(robot.odometry, distance_drift=what.distance_drift, yaw_drift=what.yaw_drift)
    robot = replace(robot, odometry=drift)
    world = load_world("home")
    rng = np.random.default_rng([seed, 12])
    times = rng.uniform(*FIRST) + PERIOD * np.arange(40)
    jumps = [jump for t in times.tolist() for jump in _jumps(t, rng)] if what.jumps else []
    ghosts = GhostMeter(world, robot.lidars[0].z, 0.1)
    hand = _Hand(robot, rng, times if what.moved else np.empty(0), what)

    def look(now: float, _plan: LocalPlan) -> None:
        sim = loop.sim
        if not sim.carried:
            ghosts.look(loop.planner.map.grid(), sim.odom_in_world, sim.truth(), sim.moving_solids())
        hand(now, loop)

    loop = full_stack(world, robot, params=PARAMS, seed=seed, jumps=jumps, on_plan=look, **options)
    result = loop.run([world.goal(goal) for goal in GOALS])
    disturbed = hand.moves if what.moved else sum(jump.t < loop.sim.time for jump in jumps)
    return DisturbedDrive(
        result.outcome, result.reason, result.time, len(result.contacts), disturbed, ghosts.seen_s, ghosts.stood_s
    )


def _jumps(t: float, rng: np.random.Generator) -> tuple[Jump, Jump]:
    """0.2 m in any direction and 5 degrees to either side, and back."""
    angle = rng.uniform(-math.pi, math.pi)
    wrong = Jump(t, 0.2 * math.cos(angle), 0.2 * math.sin(angle), math.radians(5.0) * rng.choice((-1.0, 1.0)))
    return wrong, Jump(t + WRONG, 0.0, 0.0, 0.0)


class _Hand:
    """Moves the robot at given times to where it has room."""

    def __init__(self, robot: SimRobot, rng: np.random.Generator, times: np.ndarray, what: Disturbance) -> None:
        self._rng, self._times = rng, list(times)
        self._noticed, self._duration = what.noticed, what.duration
        self._robot = robot
        self.moves = 0

    def __call__(self, now: float, loop: ClosedLoop) -> None:
        if not self._times or now < self._times[0]:
            return
        change = self._place(loop)
        if change is None:
            return  # it is tried again in the next cycle
        self._times.pop(0)
        loop.sim.carry(change, self._noticed, self._duration)
        self.moves += 1

    def _place(self, loop: ClosedLoop) -> Pose | None:
        """A free place in the same room, as a change of pose; None if there is none."""
        truth, meter = loop.sim.truth(), ClearanceMeter(self._robot, loop.world.solids)
        stopping = abs(truth.v) * (REACTION + 0.5 * abs(truth.v) / self._robot.params.brake_accel)
        for _ in range(50):
            angle, far = self._rng.uniform(-math.pi, math.pi), self._rng.uniform(*MOVED)
            change = Pose(far * math.cos(angle), far * math.sin(angle), self._rng.uniform(-TURNED, TURNED))
            steps = [
                compose(truth.pose, Pose(f * change.x, f * change.y, f * change.yaw)) for f in np.linspace(0.0, 1.0, 20)
            ]
            clear = [meter.distance(truth._replace(x=p.x, y=p.y, yaw=p.yaw), loop.sim.moving_solids()) for p in steps]
            if min(clear) > CARRIED_CLEAR and clear[-1] > FREE_AROUND + stopping:
                return change
        return None
