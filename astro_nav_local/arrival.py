"""How much turning is still to be done on the way to a goal whose heading matters."""

from __future__ import annotations

import math

from astro_nav_common.jit import inline_kernel

#: Closer to the goal than about this, m, the direction to it says nothing, and only the heading itself is wrong.
THERE = 0.1
#: Driving there backwards is chosen if it saves more turning than this, rad.
BACKWARDS = 0.8


@inline_kernel
def turned(a: float, b: float) -> float:
    """Between two angles the shorter way round, rad."""
    turn = abs(a - b)
    turn -= 2.0 * math.pi * math.floor(turn / (2.0 * math.pi))
    return min(turn, 2.0 * math.pi - turn)


@inline_kernel
def turning_left(dx: float, dy: float, away: float, yaw: float, goal_yaw: float) -> float:
    """Turning, rad, from a pose that is `away` = |(dx, dy)| m from the goal: towards it, and there to its heading.

    That both parts count leaves no place in which it costs more to make good what is left than to stay: beside the goal with the right
    heading, turning towards it takes from the first part what it adds to the second.
    """
    there = turned(yaw, goal_yaw)
    bearing = math.atan2(-dy, -dx) if away > 0.0 else yaw
    ahead = turned(yaw, bearing) + turned(bearing, goal_yaw)
    back = turned(yaw, bearing + math.pi) + turned(bearing + math.pi, goal_yaw) + BACKWARDS
    known = away * away / (away * away + THERE * THERE)
    return known * min(ahead, back) + (1.0 - known) * there


@inline_kernel
def shortest_turn(angle: float) -> float:
    """The angle, rad, as a turn by at most half a circle."""
    return angle - 2.0 * math.pi * math.floor(angle / (2.0 * math.pi) + 0.5)
