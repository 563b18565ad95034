"""What to try when the way is blocked: each recovery is a short path for the local layer, or holding still for a while.

So every motion of a recovery is planned by the local layer and checked by the guard as any other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from astro_nav_common.geometry import compose
from astro_nav_common.types import Pose
from astro_nav_global.params import NavigatorParams
from astro_nav_global.path import GlobalPath, straight_path
from astro_nav_global.planner import GlobalPlanner
from astro_nav_global.room import make_room, straight_out

#: tried in this order, then again from the start
ORDER = ("clear", "get_out", "wait", "back_up", "detour", "turn", "wait")
#: s to see anew what is there after forgetting it
_LOOK_TIME = 1.0
#: m ahead on the path between which the narrowest place is taken for the one that cannot be passed
_DETOUR_FROM, _DETOUR_TO = 0.3, 1.5


class Recovery(NamedTuple):
    """path: to be driven, None: hold still. duration: s allowed for it. clear_local: the local map is to be forgotten."""

    name: str
    path: GlobalPath | None
    duration: float
    clear_local: bool = False


def recovery(
    name: str, params: NavigatorParams, planner: GlobalPlanner, pose: Pose, ahead: np.ndarray, now: float,
    shut_at: tuple[float, float] | None = None,
) -> Recovery | None:  # fmt: skip
    """Begin a recovery; None if it cannot be done here.

    Args:
        name: one of ORDER.
        pose: of the robot, in the planner's frame.
        ahead: (N, 3) what is left of the path that is blocked, while there is another way to recover to; N = 0 for none.
        now: s.
        shut_at: where the only way is shut; the robot gets out of there to make room for a door to open.
    """
    if name == "clear":
        planner.clear_observations(around=pose)
        return Recovery(name, None, _LOOK_TIME, clear_local=True)
    if name == "wait":
        return Recovery(name, None, params.wait_time)
    if name == "get_out":
        room = straight_out(planner, pose, now) if shut_at is None else make_room(planner, pose, shut_at, now)
        return None if room is None else Recovery(name, room, params.recovery_time)
    if name == "back_up":
        behind = compose(pose, Pose(-params.back_up_distance, 0.0, 0.0))
        path = straight_path(pose, behind)
        # what is behind must be free; where the robot stands need not be
        return Recovery(name, path, params.recovery_time) if planner.is_valid(path.points[-1:], now) else None
    if name == "turn":
        return Recovery(
            name, straight_path(pose, compose(pose, Pose(0.0, 0.0, params.turn_angle))), params.recovery_time
        )
    return _detour(planner, ahead, now)


def _detour(planner: GlobalPlanner, ahead: np.ndarray, now: float) -> Recovery | None:
    """Take the narrowest place ahead for impassable: the map is wrong there, or the robot does not dare."""
    if len(ahead) == 0:
        return None
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(ahead[:, :2], axis=0).T))))
    near = ahead[(arc >= _DETOUR_FROM) & (arc <= _DETOUR_TO)]
    if len(near) == 0:
        return None
    x, y = near[int(np.argmax(planner.costmap(now).levels_at(near))), :2]
    planner.block(float(x), float(y), now)
    return Recovery("detour", None, 0.0)
