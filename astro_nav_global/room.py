"""Room: for a door to open, a robot that waits before it steps out of the reach of its leaf; to turn, it leaves a narrow place straight on."""

from __future__ import annotations

import math

from astro_nav_common.errors import PlanningError
from astro_nav_common.geometry import compose
from astro_nav_common.types import Pose
from astro_nav_global.path import GlobalPath, straight_path
from astro_nav_global.planner import GlobalPlanner

#: m from the middle of what is shut: a leaf reaches 0.9 m from there at most, and the robot has a radius
ROOM = 1.3
#: rad to either side of straight back, in the order in which they are tried
_ASIDE = (0.0, 0.35, 0.7, 1.05, 1.4)
#: m, a longer way is none back
_WAY_MAX = 2.0 * ROOM
#: m around the circle in which the robot turns that are room enough; m between looks straight on, and at most so far
_TURNING, _STEP, _STRAIGHT_MAX = 0.05, 0.1, 1.0
#: m that the footprint should keep on that way, unless it has less already, and then so much less at most; m that are worth going
_KEPT, _WORSE, _BETTER = 0.03, 0.01, 0.03
_FAR = 1.0


def make_room(planner: GlobalPlanner, pose: Pose, shut_at: tuple[float, float], now: float) -> GlobalPath | None:
    """The way from `pose` to a place ROOM m from the middle of what is shut, facing it; None if the robot is away, or cannot get away."""
    x, y = shut_at
    if math.dist(pose[:2], shut_at) >= ROOM - 0.1:
        return None
    back = math.atan2(pose.y - y, pose.x - x)
    for bearing in dict.fromkeys(back + side * angle for angle in _ASIDE for side in (1.0, -1.0)):
        place = Pose(
            x + ROOM * math.cos(bearing), y + ROOM * math.sin(bearing), math.remainder(bearing + math.pi, math.tau)
        )
        try:
            path = planner.plan(pose, place, now)
        except PlanningError:
            continue
        if path.length <= _WAY_MAX:
            return path
    return None


def straight_out(planner: GlobalPlanner, pose: Pose, now: float) -> GlobalPath | None:
    """The way straight ahead or back to a place with room to turn, or else with more than here; None if there is none.

    Of two such ways it is the one on which the robot keeps enough from everything, and then the shorter one.
    """
    gap_here, room_here = planner.clearance(pose, now)
    if room_here >= _TURNING:
        return None
    found = []
    for way in (1.0, -1.0):
        least, most, goal = _FAR, room_here + _BETTER, pose
        for i in range(1, round(_STRAIGHT_MAX / _STEP) + 1):
            place = compose(pose, Pose(way * i * _STEP, 0.0, 0.0))
            gap, room = planner.clearance(place, now)
            if gap < min(gap_here - _WORSE, _KEPT):
                break
            least = min(least, gap)
            if room > most or room >= _TURNING:
                most, goal = room, place
            if room >= _TURNING:
                break
        if goal is not pose:
            found.append((most >= _TURNING, min(least, _KEPT), -math.dist(pose[:2], goal[:2]), goal))
    return straight_path(pose, max(found)[-1]) if found else None
