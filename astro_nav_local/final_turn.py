"""The turn at the end: when to take it off so that the robot comes to rest with the goal's heading.

A motion of two targets can drive and stop, or brake and turn, but not drive, turn while it brakes, and rest. So near a goal whose heading matters
a motion whose second target is a turn on the spot, or nearly, has a third one, rest, from the moment on at which that ends in the heading.
It takes no further number to say when.
"""

from __future__ import annotations

import math

from astro_nav_common.jit import inline_kernel, lean_kernel
from astro_nav_local.arrival import shortest_turn
from astro_nav_local.trajectory_space import Limits, Profile, way_until_rest

#: A second target that turns faster than this, rad/s, is a turn at the end, if it ends within this distance of the goal, m.
TURNING, NEAR = 0.3, 0.25
#: A turn that ends so little too far, rad, ends at once; one that ends further off leads round the other way.
TOO_FAR = 0.3
#: s, how exactly the moment is known: a fraction of a degree of turning.
EXACT = 0.001


@lean_kernel
def turn_time(left: Profile, right: Profile, turn: float, longest: float, limits: Limits) -> float:
    """s from the beginning of two wheels' profiles until the turn is to be taken off; infinite if it does not lead there in time.

    Args:
        turn: rad, to the goal's heading when they begin.
        longest: s to look ahead.
    """
    now = _turn_until_rest(left, right, 0.0, limits)
    later = _turn_until_rest(left, right, longest, limits)
    sign = 1.0 if later > now else -1.0
    missing = sign * shortest_turn(turn - now)
    if missing < -TOO_FAR or missing > sign * (later - now):
        return math.inf
    low = 0.0
    high = longest
    while high - low > EXACT:
        middle = 0.5 * (low + high)
        if sign * (_turn_until_rest(left, right, middle, limits) - now) < missing:
            low = middle
        else:
            high = middle
    return low


@inline_kernel
def _turn_until_rest(left: Profile, right: Profile, t: float, limits: Limits) -> float:
    """rad made along two wheels' profiles until t, and in stopping from there."""
    return (way_until_rest(right, t, limits) - way_until_rest(left, t, limits)) / limits.track
