"""Plain manoeuvres: straight on for so many metres, or turning on the spot by so many radians, instead of weighing motions by a goal.

They are points of the same trajectory space (towards the pace, then towards rest), so limits hold by construction, plans join as ever,
and the guard slows and stops them as any other plan. Planned anew every cycle, from what has been done by then.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.types import Pose, State
from astro_nav_local.local_map import LocalMap
from astro_nav_local.pace import pace_time
from astro_nav_local.rollout import ALPHA, PAN, YAW, A, V, W, X, Y
from astro_nav_local.trajectory_space import Limits, parameters

#: with less than this left, m or rad, it may be done
DONE_WITHIN = 0.02
#: share of its pace at which a manoeuvre counts as finished
SLOW = 0.3
#: nearer than this to something, and coming nearer, counts as running into it, m
ROOM = 0.03
#: a plan goes on for so long and then stops, s: the next one goes on further, if there is room
COMMITMENT = 1.0
#: rows of a plan from one look for contacts to the next, and a slack in distances that come from cells, m
_LOOK_EVERY, _SLACK = 3, 0.01


class Manoeuvre:
    """One of `way`, m along the heading at the start, negative for backwards, and `turn`, rad, counter-clockwise; the other is zero."""

    def __init__(self, way: float, turn: float, pace: float) -> None:
        """Args: pace: m/s or rad/s, positive."""
        self._way, self._turn, self._pace = way, turn, pace
        self._begin: Pose | None = None
        self._yaw = 0.0  # at the last observation
        #: m or rad made good, negative if the wrong way
        self.done = 0.0

    @property
    def asked(self) -> float:
        """m or rad, not negative."""
        return abs(self._way) or abs(self._turn)

    @property
    def unit(self) -> str:
        """Of `asked` and `done`."""
        return "rad" if self._turn else "m"

    @property
    def signed(self) -> float:
        """m forwards or rad counter-clockwise that were done."""
        return self.done * math.copysign(1.0, self._turn or self._way)

    def is_over(self, at: State) -> bool:
        """True if hardly anything is left and the motion `at` the end of what was commanded has died down."""
        left = self.asked - self.done
        return left < DONE_WITHIN and max(abs(at.v), abs(at.w)) < SLOW * self._pace

    def observe(self, pose_odom: Pose) -> None:
        """Take in where the robot is; more often than every half turn."""
        if self._begin is None:
            self._begin, self._yaw = pose_odom, pose_odom.yaw
        self.done = self._made_at(pose_odom)
        self._yaw = pose_odom.yaw

    def _made_at(self, pose: Pose) -> float:
        """m or rad that would be made good at a pose less than half a turn from the one observed last."""
        assert self._begin is not None
        if self._turn:
            return self.done + math.copysign(1.0, self._turn) * math.remainder(pose.yaw - self._yaw, math.tau)
        dx, dy = pose.x - self._begin.x, pose.y - self._begin.y
        along = dx * math.cos(self._begin.yaw) + dy * math.sin(self._begin.yaw)
        return math.copysign(1.0, self._way) * along

    def vector(self, start: State, limits: Limits, horizon: float) -> np.ndarray:
        """(5,) what to do from `start` on: go at the pace as long as the rest, braking included, is not all that is left."""
        left = self.asked - self._made_at(start.pose)
        v = (
            math.copysign(min(self._pace, limits.v_max if self._way > 0.0 else -limits.v_min), self._way)
            if self._way
            else 0.0
        )
        w = math.copysign(min(self._pace, limits.w_max), self._turn) if self._turn else 0.0
        row = np.zeros(PAN + 1)
        row[[V, W, A, ALPHA]] = start.v, start.w, start.a, start.alpha
        t_switch = pace_time(v, w, left, row, limits, COMMITMENT)
        return np.array(parameters(v, w, 0.0, 0.0, t_switch, limits, horizon))


def runs_into(states: np.ndarray, field_map: LocalMap, footprint: Footprint) -> bool:
    """True if the footprint comes nearer to what the map shows than ROOM, and nearer than where it starts.

    Args:
        states: (T + 1, COLUMNS) of a rollout.
    """
    x, y = states[0, X], states[0, Y]
    travel = float(np.hypot(states[:, X] - x, states[:, Y] - y).max())
    cells = field_map.obstacles_near(x, y, travel + footprint.circumscribed_radius + ROOM)
    if len(cells) == 0:
        return False
    nearest = np.inf
    for k in (*range(0, len(states) - 1, _LOOK_EVERY), len(states) - 1):
        pose = Pose(float(states[k, X]), float(states[k, Y]), float(states[k, YAW]))
        points = transform_points(inverse(pose), cells)
        gap = float(footprint.distances(points, float(states[k, PAN])).min())
        if k == 0:
            nearest = gap
        elif gap < min(ROOM, nearest - _SLACK):
            return True
    return False


def leaves_allowed(states: np.ndarray, distance: np.ndarray, field_map: LocalMap, width: float) -> bool:
    """True if the motion comes nearer than `width`, m, to what it must keep out of, and nearer than where it starts.

    Args:
        states: (T + 1, COLUMNS) of a rollout.
        distance: (rows, cols) m, to that and to obstacles.
    """
    cells = [field_map.cell(float(x), float(y)) for x, y in states[:, (X, Y)]]
    there = np.array([distance[cell] for cell in cells if field_map.contains(*cell)])
    return bool(there.size and (there < min(width, float(there[0]) - _SLACK)).any())
