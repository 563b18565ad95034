"""Trials of the guard, drawn from a seed: a motion, and something that comes into its way, or nothing that matters."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from astro_nav_common.diff_drive import arc_step
from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose, State, Trajectory
from astro_nav_sim.clearance import ClearanceMeter, distance_to
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.simulator import Simulator
from astro_nav_sim.tracks import Track, TrackSet
from astro_nav_sim.world import Box, Cylinder, Mover, Solid, Surprise, World

MOTIONS = ("straight", "turning", "on the spot", "backing")
THREATS = ("appears", "moves in", "crosses", "none")
#: three of four trials are the home robot's; jackal sees 270 degrees, and does not back here, where it is blind
ROBOTS = ("astro", "astro", "astro", "jackal")
#: s: the plan begins, the trial ends; the plan goes on, so that its end is no reason to slow down
START, END, PLAN_END = 0.5, 6.0, 9.0
THREAT = "threat"
_STEP = 0.05
_FASTEST = 1.0
#: m to what stands beside the way, and to people who pass, in trials without a threat
_CLEAR, _CLEAR_OF_MOVERS = 0.1, 0.15
#: m: nobody who can help it walks closer past a robot that stands
_BERTH = 0.1
#: s: about what passes from the first sight to the first slowing
_REACTION = 0.2
#: m: where those are who have not come out yet
_FAR = (-40.0, 0.0)
_TRIES = 400

#: a place (m) at a time (s)
Walk = Callable[[float], tuple[float, float]]


@dataclass(frozen=True)
class Trial:
    """A robot on a plan in a world; `threat` and `motion` say of which kind. The world's threat is named `THREAT`."""

    seed: int
    robot: SimRobot
    motion: str
    threat: str
    speed: float
    plan: Trajectory
    world: World

    def threat_at(self, t: float) -> Solid | None:
        """The threat where it is at time t; None before it is there."""
        for surprise in self.world.surprises:
            assert surprise.at is not None  # as drawn below
            return surprise.solid if t >= surprise.at else None
        return next((mover.solid(t) for mover in self.world.movers if mover.name == THREAT), None)


def draw_trial(seed: int) -> Trial:
    """The trial of a seed: kinds in turn, everything else by chance."""
    rng = np.random.default_rng(seed)
    threat = THREATS[seed % len(THREATS)]
    motion = MOTIONS[seed // len(THREATS) % len(MOTIONS)]
    if threat == "appears" and motion == "on the spot":
        threat = "moves in"  # the simulator lets nothing appear within the circle that the robot turns in
    name = ROBOTS[seed // (len(THREATS) * len(MOTIONS)) % len(ROBOTS)]
    robot = noisy_robot("astro" if motion == "backing" else name)
    while True:
        v, w = _draw_speeds(rng, motion, robot.params)
        plan = steady_plan(robot.params, v, w)
        world = _draw_world(rng, robot, plan, threat, motion)
        if world is not None:
            speed = abs(v) + 0.5 * robot.params.track * abs(w)
            return Trial(seed, robot, motion, threat, speed, plan, world)


@functools.lru_cache
def noisy_robot(name: str) -> SimRobot:
    """The robot with its noise, delays and dropouts, and with links that jitter and lose a scan in a hundred."""
    return load_sim_robot(name).delayed(jitter=0.005, loss=0.01)


def steady_plan(robot: RobotParams, v: float, w: float) -> Trajectory:
    """From rest at the origin to (v, w) along one arc within the limits of the wheels, then on."""
    rim = abs(v) + 0.5 * robot.track * abs(w)
    # the quintic's largest first and second derivatives are 1.875 / T and 5.774 / T^2
    rise = max(1.875 * rim / robot.wheel_accel_max, math.sqrt(5.774 * rim / robot.wheel_jerk_max))
    fine = 0.01
    elapsed = np.arange(0.0, PLAN_END - START + 0.5 * fine, fine)
    u = np.minimum(elapsed / rise, 1.0)
    share, rate = u**3 * (10.0 - 15.0 * u + 6.0 * u**2), 30.0 * u**2 * (1.0 - u) ** 2 / rise
    gone = np.concatenate(([0.0], np.cumsum(0.5 * (share[1:] + share[:-1]) * fine)))  # s at full speed
    poses = np.array([arc_step(0.0, 0.0, 0.0, v, w, s) for s in gone])
    every = round(_STEP / fine)
    zero = np.zeros_like(share)
    columns = (START + elapsed, *poses.T, v * share, w * share, v * rate, w * rate, zero, zero + 1.0)
    arrays = {name: column[::every].copy() for name, column in zip(Trajectory.ARRAYS, columns)}
    return Trajectory(**arrays, sense_t=START)


def _draw_speeds(rng: np.random.Generator, motion: str, robot: RobotParams) -> tuple[float, float]:
    speed, side = rng.uniform(0.2, min(_FASTEST, robot.v_max)), rng.choice((-1.0, 1.0))
    if motion == "straight":
        return speed, 0.0
    if motion == "turning":
        return speed, side * rng.uniform(0.2, 0.8) * min(robot.w_max, robot.centripetal_max / speed)
    if motion == "on the spot":
        return 0.0, side * rng.uniform(0.3, 1.0) * robot.w_max
    return -rng.uniform(min(0.2, 0.5 * robot.v_reverse), min(_FASTEST, robot.v_reverse)), side * rng.uniform(0.0, 0.6)


def _draw_world(rng: np.random.Generator, robot: SimRobot, plan: Trajectory, threat: str, motion: str) -> World | None:
    """A world with the threat in it; None if no place was found for it."""
    route = _Route(robot, plan)
    solids: tuple[Solid, ...] = ()
    movers: tuple[Mover, ...] = ()
    surprises: tuple[Surprise, ...] = ()
    if threat == "appears":
        found = _draw_surprise(rng, route)
        surprises = (found,) if found else ()
    elif threat == "moves in":
        mover = _draw_incomer(rng, route)
        movers = (mover,) if mover else ()
    elif threat == "crosses":
        mover = _draw_crosser(rng, route)
        movers = (mover,) if mover else ()
        if mover and motion == "straight" and rng.random() < 0.4:
            solids = _hide(rng, route, mover)
    else:
        solids, movers = _draw_harmless(rng, route)
    if threat != "none" and not (movers or surprises):
        return None
    return World(f"{threat}, {motion}", solids, Pose(0.0, 0.0, 0.0), movers=movers, surprises=surprises)


class _Route:
    """The way of a robot that nothing slows."""

    def __init__(self, robot: SimRobot, plan: Trajectory) -> None:
        self._meter = ClearanceMeter(robot, ())
        footprint = Footprint.of(robot.params)
        self.radius, self.half_width = footprint.circumscribed_radius, footprint.half_width
        self._plan, self._brake, self._half_track = plan, robot.params.brake_accel, 0.5 * robot.params.track

    def at(self, t: float) -> State:
        return self._plan.sample(t)

    def first_contact(
        self, solid: Solid, xy: np.ndarray | None = None, since: float = 0.0, margin: float = 0.0
    ) -> float:
        """When the robot would first come closer than `margin` to the solid; inf for never.

        Args:
            solid: shape, and place if it stands.
            xy: (T, 2) where it is at the plan's times, m.
            since: it is there from then on, s.
            margin: m.
        """
        plan = self._plan
        at = np.broadcast_to((solid.x, solid.y), (plan.t.size, 2)) if xy is None else xy
        size = solid.radius if isinstance(solid, Cylinder) else 0.5 * math.hypot(solid.size_x, solid.size_y)
        near = np.hypot(plan.x - at[:, 0], plan.y - at[:, 1]) - size - self.radius <= margin
        for i in np.flatnonzero(near & (plan.t >= since)).tolist():
            there = replace(solid, x=float(at[i, 0]), y=float(at[i, 1]))
            if self._meter.distance(self.at(float(plan.t[i])), (there,), cap=margin + 0.1) <= margin:
                return float(plan.t[i])
        return math.inf

    def meeting(self, mover: Mover, margin: float = 0.0) -> float:
        """When the mover would first come closer than `margin`, m; inf for never."""
        tracks = TrackSet((mover.track,))
        xy = np.array([tracks.positions(t)[0].copy() for t in self._plan.t.tolist()])
        return self.first_contact(mover.solid(0.0), xy, margin=margin)

    def is_clear_of(self, mover: Mover, t: float) -> bool:
        """Whether the mover is not yet at the robot at t."""
        return self._meter.distance(self.at(t), (mover.solid(t),)) > 0.1

    def berth(self, mover: Mover, first: float) -> float:
        """How near the mover would come to a robot that brakes as soon as it has come out, m; negative if it would touch it."""
        state = self.at(first + _REACTION)
        stop = self.at(first + _REACTION + (abs(state.v) + self._half_track * abs(state.w)) / (2.0 * self._brake))
        times = self._plan.t[self._plan.t > first].tolist()
        return min(self._meter.distance(stop, (mover.solid(t),), cap=0.5) for t in times[::2])

    def target(self, rng: np.random.Generator, t: float, radius: float) -> tuple[float, float]:
        """A place for something of a radius that the robot might just be reaching at t."""
        state = self.at(t)
        angle, distance = rng.uniform(-math.pi, math.pi), rng.uniform(0.3, 1.05) * (self.radius + radius)
        return state.x + distance * math.cos(angle), state.y + distance * math.sin(angle)


def _draw_shape(rng: np.random.Generator, x: float, y: float, name: str) -> Solid:
    radius = math.exp(rng.uniform(math.log(0.02), math.log(0.3)))
    if rng.random() < 0.5:
        return Cylinder(name, x, y, radius)
    return Box(name, x, y, rng.uniform(-math.pi, math.pi), 2.0 * radius, rng.uniform(0.04, 2.0 * radius + 0.04))


def _draw_surprise(rng: np.random.Generator, route: _Route) -> Surprise | None:
    """Something that stands there all at once, 0.1 to 1.2 s before the robot would run into it."""
    for _ in range(_TRIES):
        at, lead = rng.uniform(2.0, 3.5), rng.uniform(0.1, 1.2)
        solid = _draw_shape(rng, *route.target(rng, at + lead, 0.15), THREAT)
        start = route.at(at)
        if distance_to(solid, start.x, start.y) <= route.radius + 0.01:
            continue  # the simulator would wait with it
        if abs(route.first_contact(solid, since=at) - at - lead) <= 0.1:
            return Surprise(solid, at=at)
    return None


def _draw_incomer(rng: np.random.Generator, route: _Route) -> Mover | None:
    """Something that comes in at 0.3 to 1.5 m/s, slows down and stays where the robot would run into it; chosen as `_draw_crosser` does."""
    found: Mover | None = None
    for _ in range(_TRIES):
        arrival, lead = rng.uniform(2.5, 3.5), rng.uniform(-0.2, 1.0)
        radius, speed, decel = rng.uniform(0.05, 0.25), rng.uniform(0.3, 1.5), rng.uniform(1.0, 3.0)
        place, angle = route.target(rng, arrival + lead, radius), rng.uniform(-math.pi, math.pi)
        first = arrival - rng.uniform(0.3, 0.8)

        def at(t: float, end=place, angle=angle, arrival=arrival, speed=speed, decel=decel) -> tuple[float, float]:  # type: ignore[no-untyped-def]
            left = max(arrival - t, 0.0)  # s until it stands
            braking = min(left, speed / decel)
            gap = 0.5 * decel * braking**2 + speed * (left - braking)
            return end[0] + gap * math.cos(angle), end[1] + gap * math.sin(angle)

        mover = Mover(THREAT, radius, _coming_out(at, first))
        if abs(route.meeting(mover) - arrival - lead) <= 0.1 and route.is_clear_of(mover, first):
            berth = route.berth(mover, first)
            found = mover if abs(berth) > 0.5 * _BERTH else found
            if berth > 0.5 * _BERTH:
                break
    return found


def _draw_crosser(rng: np.random.Generator, route: _Route) -> Mover | None:
    """Someone who comes out 0.4 to 2 s before, walks at 0.4 to 1.5 m/s, meets the robot and would go on.

    If one is found who would keep clear of a robot that brakes at once, that one: the others say nothing about the guard.
    Who would brush past it is left out: whether noise makes that a contact says nothing either.
    """
    found: Mover | None = None
    for _ in range(_TRIES):
        meets, radius, speed = rng.uniform(2.5, 4.5), rng.uniform(0.12, 0.25), rng.uniform(0.4, 1.5)
        first = max(meets - rng.uniform(0.4, 2.0), 1.8)
        walk = _straight(*route.target(rng, meets, radius), speed, rng.uniform(-math.pi, math.pi), meets)
        mover = Mover(THREAT, radius, _coming_out(walk, first))
        if abs(route.meeting(mover) - meets) <= 0.3 and route.is_clear_of(mover, first):
            berth = route.berth(mover, first)
            found = mover if abs(berth) > 0.5 * _BERTH else found
            if berth > _BERTH:
                break
    return found


def _straight(x: float, y: float, speed: float, angle: float, at: float) -> Walk:
    """Straight on at a constant speed, at (x, y) at time `at`."""
    return lambda t: (x + (t - at) * speed * math.cos(angle), y + (t - at) * speed * math.sin(angle))


def _coming_out(walk: Walk, first: float) -> Track:
    """As if out of a door: far away, and at `first` on the walk. The simulator looks only at whole steps, so nothing is between."""
    step = Simulator.dt
    first = round(first / step) * step
    times = np.concatenate(([0.0, first - 2.0 * step, first - step, first], np.arange(first + step, PLAN_END, 0.1)))
    points = [_FAR if t < first - 0.5 * step else walk(t) for t in times.tolist()]
    return Track(times, np.array(points), PLAN_END + 1.0)


def _hide(rng: np.random.Generator, route: _Route, mover: Mover) -> tuple[Solid, ...]:
    """A wall beside the straight way behind which the mover comes out; none if the mover comes along the way."""
    met = route.meeting(mover)
    (x0, y0), (x1, y1) = mover.track.position(met - 0.3), mover.track.position(met)
    if abs(y0 - y1) < 1.5 * abs(x0 - x1):
        return ()
    y = math.copysign(route.half_width + rng.uniform(0.2, 0.8), y0 - y1)
    at_wall = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    wall = Box("wall", at_wall - mover.radius - rng.uniform(0.05, 0.4) - 2.0, y, 0.0, 4.0, 0.05)
    return (wall,)


def _draw_harmless(rng: np.random.Generator, route: _Route) -> tuple[tuple[Solid, ...], tuple[Mover, ...]]:
    """Furniture beside the way, and at times somebody who passes."""
    solids: list[Solid] = []
    wanted = int(rng.integers(3, 9))
    for _ in range(_TRIES):
        if len(solids) == wanted:
            break
        near = route.at(rng.uniform(START, PLAN_END))
        angle, distance = rng.uniform(-math.pi, math.pi), rng.uniform(0.2, 1.2)
        x, y = near.x + distance * math.cos(angle), near.y + distance * math.sin(angle)
        solid = _draw_shape(rng, x, y, f"thing_{len(solids)}")
        if math.isinf(route.first_contact(solid, margin=_CLEAR)):
            solids.append(solid)
    for _ in range(_TRIES if rng.random() < 0.5 else 0):
        at = rng.uniform(2.0, 4.0)
        near = route.at(at)
        side, gap = rng.choice((-1.0, 1.0)), rng.uniform(0.4, 1.2)
        x, y = near.x - side * gap * math.sin(near.yaw), near.y + side * gap * math.cos(near.yaw)
        heading = near.yaw + rng.uniform(-0.4, 0.4) + (math.pi if rng.random() < 0.5 else 0.0)
        walk = _straight(x, y, rng.uniform(0.4, 1.5), heading, at)
        track = Track(np.array((0.0, PLAN_END)), np.array((walk(0.0), walk(PLAN_END))), PLAN_END + 1.0)
        mover = Mover("person", rng.uniform(0.12, 0.25), track)
        if math.isinf(route.meeting(mover, _CLEAR_OF_MOVERS)):
            return tuple(solids), (mover,)
    return tuple(solids), ()
