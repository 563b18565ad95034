"""Giving way: a robot that stands where somebody is about to walk steps out of their lane, a few centimetres, mostly back along its own way.

The one motion here that is not the plan's. So it is short, slow and rare: for somebody whose speed is known and who would touch the robot
within a moment, if the plan does not lead away; to where the sweep finds room, nobody else goes, and a sensor looks or the robot has just been.
A robot that misses an input, or has no plan, does not begin, and ends such a motion smoothly.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

import numpy as np

from astro_nav_common.robot import RobotParams
from astro_nav_common.types import State
from astro_nav_reactive.braking import largest_speed
from astro_nav_reactive.coverage import Coverage
from astro_nav_reactive.limiter import approach
from astro_nav_reactive.motion import SCREEN, SWEPT, YAW, X, roll_on
from astro_nav_reactive.mover_tracks import MNEW, MYOUNG
from astro_nav_reactive.output import Output
from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.sweep import clearances
from astro_nav_reactive.way_out import least_gap, way_out

#: m/s of whatever part of the footprint moves most
_SPEED = 0.3
#: s ahead: who touches the robot by then is given way to; where it goes nobody may come for so long
_SOON, _HORIZON = 1.2, 3.0
#: m beyond the margin: from here on a lane is left
_LEFT = 0.06
#: m: who comes no nearer than by this does not come
_COMES = 0.03
#: m: to go must be better than to stand by so much, and leave so much; who would be run into just the same had better stand still
_BETTER, _HOPE = 0.02, -0.04
#: m: to go nearer than that to where they are now, the robot must be certain to get out
_NEARER = 0.01
#: younger speeds are not known well enough (see `mover_tracks.MYOUNG`)
_YOUNG = 0.7
#: s: who comes so long after somebody else is another one
_CALM = 1.0
#: rad: the robot turns no further, so that its plan is not lost
_TURN = 0.6
#: m/s of the rim: from here on the way that is driven counts as such
_DRIVES = 0.1
#: s, m: where the robot was so lately, and so near to that, it may go though no sensor looks there
_LATELY, _SAME = 3.0, 0.03
#: m from one tick to the next that no robot goes
_JUMP = 0.3
#: s that a motion from rest is late because of the limits of acceleration and jerk, and the lag
_LATE = 0.2
#: full braking starts as if the base braked only with this share of its real deceleration
_BRAKES = 0.8
#: m: for less a robot does not begin to move; m, m/s: less is as good as none
_WORTH, _DONE = 0.02, 0.002

#: v and w at which no part of the footprint does more than 1 m/s
Twist = tuple[float, float]


class Scene(NamedTuple):
    """What a decision is made from.

    at: (7,) the row of the path at which a command sent now takes effect. effect: the state there. movers: (M, 7) now.
    points: (N, 2) odom. nearest: m to the nearest of them. delay: s from now until a command takes effect.
    """

    now: float
    at: np.ndarray
    effect: State
    movers: np.ndarray
    points: np.ndarray
    nearest: float
    coverage: Coverage
    delay: float


class Step(NamedTuple):
    """What to command instead of the plan's motion: v, w and their derivatives. left: m still to go. braking: full braking is needed."""

    v: float
    w: float
    a: float
    alpha: float
    left: float
    braking: bool


class GiveWay:
    """Whether the robot gives way, and how."""

    def __init__(
        self, params: GuardParams, robot: RobotParams, outline: tuple[np.ndarray, np.ndarray, float, float], radius: float
    ) -> None:  # fmt: skip
        """Args: outline: base, screen and pan joint as for `sweep.clearances`. radius: circumscribed, m."""
        self.params, self._robot, self._outline, self._radius = params, robot, outline, radius
        self._path, self._clearance = np.zeros((64, 7)), np.zeros(64)
        self._trail: deque[tuple[float, float, float, float]] = deque(maxlen=32)  # t, x, y, yaw
        self._seen = (math.inf, 0.0, 0.0, 0.0)  # at the last tick
        self._drove: Twist = (1.0, 0.0)
        self._active = False
        #: the way it gives way on, kept as long as somebody comes, so that it does not go to and fro; m on it that it went
        self._twist: Twist | None = None
        self._gone = 0.0
        #: when somebody came last, s; m until something is in the way
        self._came, self._clear = -math.inf, math.inf

    def warm_up(self) -> None:
        """Compile every kernel."""
        movers = np.array([[1.0, 0.0, -1.0, 0.0, 0.1, 0.0, 0.0]])
        scene = Scene(
            0.0, self._path[0].copy(), State(0.0, 0.0, 0.0, 0.0), movers, np.zeros((0, 2)), np.inf, Coverage(), 0.0
        )
        self._room((-1.0, 0.0), scene, 0.0)

    def step(self, scene: Scene, may_begin: bool, must_end: bool, at_once: bool, out: Output, dt: float) -> Step | None:
        """The motion for the next command; None if it is the plan's.

        Args:
            scene: as it is now.
            may_begin: the robot all but stands, and the plan does not lead away.
            must_end: the robot must not go on, whatever comes. at_once: and brake fully.
            out: what was sent last.
            dt: s since then.
        """
        self._note(scene, out)
        is_approached = self._is_approached(scene)
        if not self._active:
            if not is_approached or must_end or not may_begin or not self._choose(scene, out):
                return None
            self._active = True
        assert self._twist is not None
        speed, rate = out.along(*self._twist)
        left, _ = self._room(self._twist, scene, speed)
        left = 0.0 if must_end else left
        if left < _WORTH and abs(speed) < _DONE:
            self._active = False
            return None
        return self._go(self._twist, speed, rate, left, at_once, scene, dt)

    def _note(self, scene: Scene, out: Output) -> None:
        """Remember where the robot was, and on which curve it drives."""
        x, y, yaw = scene.effect.pose
        here = (scene.now, x, y, yaw)
        if scene.now < self._seen[0] or self._apart(self._seen, x, y, yaw) > _JUMP:
            self._trail.clear()  # the clock or the odometry has begun anew
            self._twist, self._active, self._came = None, False, -math.inf
        self._seen = here
        if not self._active and out.rim > _DRIVES:
            size = abs(out.command.v) + self._radius * abs(out.command.w)
            self._drove = out.command.v / size, out.command.w / size
        if not self._trail or self._apart(self._trail[-1], x, y, yaw) > 0.5 * _SAME:
            self._trail.append(here)

    def _apart(self, noted: tuple[float, float, float, float], x: float, y: float, yaw: float) -> float:
        """How far no part of the footprint is further than from a pose noted, m."""
        return math.hypot(x - noted[1], y - noted[2]) + self._radius * abs(math.remainder(yaw - noted[3], math.tau))

    def _is_approached(self, scene: Scene) -> bool:
        """Whether somebody whose speed is known will touch a robot that stays where it is."""
        known = scene.movers[(scene.movers[:, MNEW] == 0.0) & (scene.movers[:, MYOUNG] <= _YOUNG)]
        if not len(known):
            return False
        margin, soon = self.params.margin, self._least(known, scene.at, _SOON)
        if not self._active and scene.now - self._came > _CALM:
            self._twist = None
        if soon < margin + _LEFT:
            self._came = scene.now
        return self.params.give_way > 0.0 and soon < min(margin, self._least(known, scene.at, 0.0) - _COMES)

    def _least(self, movers: np.ndarray, row: np.ndarray, until: float) -> float:
        """How near movers come by then to a robot that stays at a row of a path, m, their speeds believed."""
        return float(least_gap(_believed(movers), row, 0.0, until, *self._outline, self._radius))

    def _choose(self, scene: Scene, out: Output) -> bool:
        """Find the way that opens distance most, to a centimetre, and of equal ones the shortest."""
        ways = self._ways(out.rim > 0.0)
        if self._twist is not None:
            ways = [self._twist]
        else:
            self._gone = 0.0
        enough = max(self._least(scene.movers, scene.at, _HORIZON) + _BETTER, _HOPE)
        found = []
        for twist in ways:
            left, gap = self._room(twist, scene, 0.0)
            if gap >= enough and left >= _WORTH:
                found.append((round(gap, 2), -left, twist))
        if not found:
            return False
        self._twist = max(found, key=lambda way: way[:2])[2]
        return True

    def _ways(self, moving: bool) -> list[Twist]:
        """Ways that it may give way on, preferred ones first; a robot that still moves stays on its curve."""
        v, w = self._drove
        ways = [(-v, -w), (v, w)]
        if not moving:
            turn = 1.0 / self._radius
            ways += [(-1.0, 0.0), (1.0, 0.0)] if w != 0.0 else []
            ways += [(0.0, turn), (0.0, -turn)] if v != 0.0 else []
        return ways

    def _room(self, twist: Twist, scene: Scene, speed: float) -> tuple[float, float]:
        """How far to go on a way, m, and how near anybody comes then, m, for a robot that goes at `speed` on it already."""
        params, path = self.params, self._path
        self._clear = math.inf
        rest = min(params.give_way, _TURN / max(abs(twist[1]), 1e-9)) - self._gone
        fastest = self._fastest(twist, scene.coverage)
        if min(rest, fastest) < _DONE:
            return 0.0, -math.inf
        path[0] = 0.0
        path[0, X : SCREEN + 1] = scene.at[X : SCREEN + 1]
        v, w = fastest * twist[0], fastest * twist[1]
        rows = roll_on(path, 1, v, w, rest / fastest, self._radius, self._robot.track)
        rows = self._free(path[:rows], twist, scene)
        movers, enough = _believed(scene.movers), params.margin + _LEFT
        late = scene.delay + _LATE * (1.0 - speed / fastest)
        row, gap = way_out(movers, path, rows, late, _HORIZON, enough, *self._outline, self._radius)
        nearer = self._least(movers, path[0], 0.0) - self._least(movers, path[row], 0.0)
        if nearer > _NEARER and gap < params.margin:
            return 0.0, -math.inf
        return float(path[row, SWEPT]), gap

    def _fastest(self, twist: Twist, coverage: Coverage) -> float:
        """m/s on a way."""
        limit = self._robot.v_max if twist[0] > 0.0 else self._robot.v_reverse
        speed = min(_SPEED, limit / max(abs(twist[0]), 1e-9))
        return speed if _looked_at(twist, coverage) else min(speed, self.params.blind_speed)

    def _free(self, path: np.ndarray, twist: Twist, scene: Scene) -> int:
        """How many rows lead nowhere near anything that was measured, and where no sensor looks only to where the robot has been."""
        params, clearance = self.params, self._clearance[: len(path)]
        far = params.slow_clearance - params.margin
        clearances(scene.points, path, scene.nearest, *self._outline, self._radius, params.margin, far, clearance)
        seen = _looked_at(twist, scene.coverage)
        rows = 1
        while rows < len(path) and clearance[rows] >= min(far, clearance[0]):
            x, y, yaw = path[rows, X : YAW + 1]
            if not seen and not any(
                scene.now - noted[0] < _LATELY and self._apart(noted, x, y, yaw) < _SAME for noted in self._trail
            ):
                break
            rows += 1
        self._clear = float(path[rows - 1, SWEPT]) if rows < len(path) else math.inf
        return rows

    def _go(self, twist: Twist, speed: float, rate: float, left: float, at_once: bool, scene: Scene, dt: float) -> Step:
        """The next command on the way, within the limits of the wheels, from which the robot can stop when it is out."""
        robot = self._robot
        limits = robot.wheel_accel_max, robot.wheel_jerk_max
        fastest = self._fastest(twist, scene.coverage) if left >= _DONE else 0.0
        target = approach(speed, rate, fastest, 0.0, dt, *limits)
        if speed >= 0.0 and target > 0.0:
            coasting = robot.actuation_time_constant * (abs(scene.effect.v) + self._radius * abs(scene.effect.w))
            target = largest_speed(speed, rate, target, left - coasting, dt, 1.0 / self.params.rate_hz, *limits)
        self._gone += max(target, 0.0) * dt
        change = (target - speed) / dt
        braking = speed > 0.0 and (at_once or speed * speed > 2.0 * _BRAKES * robot.brake_accel * self._clear)
        target = 0.0 if braking else target
        return Step(target * twist[0], target * twist[1], change * twist[0], change * twist[1], left, braking)


def _believed(movers: np.ndarray) -> np.ndarray:
    """The movers with speeds that are not doubted for being young: a doubt makes a robot wait, but is no reason to go."""
    movers = movers.copy()
    movers[:, MYOUNG] = 0.0
    return movers


def _looked_at(twist: Twist, coverage: Coverage) -> bool:
    """Whether sensors look wherever a robot would go on a way."""
    ahead = 0.0 if twist[0] > 0.0 else math.pi
    directions = (ahead,) if abs(twist[0]) > 0.5 else (0.0, 0.5 * math.pi, math.pi, -0.5 * math.pi)
    return all(coverage.share(direction) == 1.0 for direction in directions)
