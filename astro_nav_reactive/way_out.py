"""Where on a way is a robot that stands in somebody's lane out of it, or at least furthest from them?"""

from __future__ import annotations

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_reactive.motion import TIME
from astro_nav_reactive.mover_sweep import mover_gap

#: s: so far off is the time at which the robot passes a place
_OFF = 0.05
#: what distance at the end counts beside the least one on the way
_OUT = 0.25


@kernel
def least_gap(movers, row, since, until, base, screen, pan_x, pan_y, radius) -> float:  # type: ignore[no-untyped-def]
    """The least distance that any mover (M, 7) leaves a footprint at a row of a path between two times, m; inf without any."""
    least = np.inf
    for m in range(movers.shape[0]):
        least = min(least, mover_gap(movers[m], row, since, until, base, screen, pan_x, pan_y, radius))
    return least


@kernel
def way_out(  # type: ignore[no-untyped-def]
    movers, path, rows, delay, horizon, enough, base, screen, pan_x, pan_y, radius
) -> tuple[int, float]:
    """The first row at which the robot may stay, or else the one at which it is furthest from everybody.

    Args:
        movers: (M, 7) as they are now, see `mover_tracks`.
        path: (K, 7), see `motion`; the robot stands at the first row.
        rows: so many of them may be driven.
        delay: s until the robot has begun to move, beside the TIME of the rows.
        horizon: s from now, further ahead nobody's way is known.
        enough: m to everybody, from when the robot is there, in which it may stay.
        base, screen, pan_x, pan_y, radius: as for `sweep.clearances`.

    Returns:
        The row, and the least distance to anybody on the way there and after that, m.
    """
    chosen, best, value = 0, -np.inf, -np.inf
    passed = np.inf
    for k in range(rows):
        at = min(path[k, TIME] + delay, horizon) if k > 0 else 0.0
        wait = min(least_gap(movers, path[k], at, horizon, base, screen, pan_x, pan_y, radius), enough)
        # what is lost on the way cannot be made good, but whoever has left the lane is safer from errors
        worth = min(passed, wait) + _OUT * wait
        if worth > value:
            chosen, best, value = k, min(passed, wait), worth
            if wait >= enough:
                break
        since, until = max(at - _OFF, 0.0), min(path[min(k + 1, rows - 1), TIME] + delay + _OFF, horizon)
        passed = min(passed, least_gap(movers, path[k], since, until, base, screen, pan_x, pan_y, radius))
    return chosen, best
