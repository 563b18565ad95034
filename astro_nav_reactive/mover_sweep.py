"""Sweep along a path against things that move: where would the robot meet them, and where must it wait for them?

Somebody who walks on straight passes each place at one time. A row of the path is met if the footprint, there when the robot gets
there or somewhat later, is touched. A row is no place to wait at if it is touched at any time from then on. So before a row that is
met the robot stops where it may also wait, which is outside the lane of whoever comes, and does not enter it just to see.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.geometry import polygon_distance
from astro_nav_common.jit import kernel
from astro_nav_reactive.motion import RIM, SCREEN, SWEPT, TIME, YAW, X, Y
from astro_nav_reactive.mover_tracks import MNEW, MR, MVX, MVY, MX, MY, MYOUNG

NOBODY, NEAR, AT_ONCE = range(3)
#: the robot may be this late at a row, s; and what moves has a back that is not seen, s
_LATE, _BACK = 0.4, 0.2
#: s: so far off is the time at which a robot that nothing slows down passes a place
_EARLY = 0.1
#: what opens distance to somebody does so by this share of the way, at least
_OPENING = 0.3
#: m: to go on is better than to wait by so much at least
_BETTER = 0.03
#: m: nobody's way is known better
_UNSURE = 0.06
#: while it is not known where somebody goes who has just come out, the robot slows down if they are so near to the way, m ...
_WARY = 1.0
#: that it takes within this time, s ...
_SOON = 1.0
#: ... and brakes at once if they could be there before it stands, at this speed, m/s
_PACE = 1.5
#: m/s and s: a speed may be so wrong, and be so until then: one that is known well, and what is added if it is just known
_WRONG, _WRONG_FOR, _YOUNG, _YOUNG_FOR = 0.03, 2.5, 0.3, 0.5
#: s: further ahead nobody's way is known
_HORIZON = 3.5


@kernel
def segment_distance(ax, ay, bx, by, polygon) -> float:  # type: ignore[no-untyped-def]
    """Distance between a segment and a convex polygon (N, 2), m; negative if an end is inside, 0 if it only passes through."""
    best = min(polygon_distance(ax, ay, polygon), polygon_distance(bx, by, polygon))
    if best <= 0.0:
        return best
    ex, ey = bx - ax, by - ay
    length2 = ex * ex + ey * ey
    if length2 < 1e-12:
        return best
    before = False
    n = polygon.shape[0]
    for i in range(n + 1):
        px, py = polygon[i % n, 0], polygon[i % n, 1]
        u = ((px - ax) * ex + (py - ay) * ey) / length2
        held = min(max(u, 0.0), 1.0)
        best = min(best, math.hypot(px - ax - held * ex, py - ay - held * ey))
        left = ex * (py - ay) - ey * (px - ax) > 0.0
        if i > 0 and left != before:
            # an edge crosses the segment's line: where?
            qx, qy = polygon[i - 1, 0], polygon[i - 1, 1]
            p, q = ex * (py - ay) - ey * (px - ax), ex * (qy - ay) - ey * (qx - ax)
            f = p / (p - q)
            at = ((px + f * (qx - px) - ax) * ex + (py + f * (qy - py) - ay) * ey) / length2
            if 0.0 <= at <= 1.0:
                return 0.0
        before = left
    return best


@kernel
def mover_gap(mover, row, since, until, base, screen, pan_x, pan_y, radius) -> float:  # type: ignore[no-untyped-def]
    """Distance between the footprint at a row and a mover on its way between two times, m; less, where it is beyond `_WARY`."""
    c, s = math.cos(row[YAW]), math.sin(row[YAW])
    dx, dy = mover[MX] - row[X], mover[MY] - row[Y]
    vx, vy = c * mover[MVX] + s * mover[MVY], -s * mover[MVX] + c * mover[MVY]
    ax, ay = c * dx + s * dy, -s * dx + c * dy
    bx, by = ax + until * vx, ay + until * vy
    ax, ay = ax + since * vx, ay + since * vy
    # most are far from most places, which a circle tells
    ex, ey = bx - ax, by - ay
    share = min(max(-(ax * ex + ay * ey) / max(ex * ex + ey * ey, 1e-12), 0.0), 1.0)
    then = since + share * (until - since)
    size = mover[MR] + _WRONG * min(then, _WRONG_FOR) + _YOUNG * mover[MYOUNG] * min(then, _YOUNG_FOR)
    far = math.hypot(ax + share * ex, ay + share * ey) - size - radius
    if far > _WARY:
        return far
    d = segment_distance(ax, ay, bx, by, base)
    if screen.shape[0] > 0:
        c, s = math.cos(row[SCREEN]), math.sin(row[SCREEN])
        ax, ay, bx, by = ax - pan_x, ay - pan_y, bx - pan_x, by - pan_y
        d = min(d, segment_distance(c * ax + s * ay, -s * ax + c * ay, c * bx + s * by, -s * bx + c * by, screen))
    return d - size


@kernel
def _gets_by(mover, path, out, delay, lost, stop_rim, wanted, base, screen, pan_x, pan_y, radius) -> bool:  # type: ignore[no-untyped-def]
    """Whether a robot that cannot stop any more where it might wait leaves a mover's lane in time if it goes on as planned."""
    rows = path.shape[0]
    stop = 0
    while stop < rows - 1 and path[stop, RIM] < stop_rim:
        stop += 1
    waiting = mover_gap(mover, path[stop], 0.0, _HORIZON, base, screen, pan_x, pan_y, radius)
    if waiting >= wanted:
        return False
    enough = min(wanted, max(waiting, 0.0) + _BETTER)
    for k in range(rows):
        at = max(path[k, TIME] + delay, 0.0)
        since, until = max(at - _EARLY, 0.0), at + _EARLY + lost
        if out[k] < 0.0 or mover_gap(mover, path[k], since, until, base, screen, pan_x, pan_y, radius) < enough:
            return False
        if k > stop and mover_gap(mover, path[k], since, _HORIZON, base, screen, pan_x, pan_y, radius) >= wanted:
            return True
    return False


@kernel
def mover_clearances(  # type: ignore[no-untyped-def]
    movers, path, delay, lost, stop_rim, stop_time, base, screen, pan_x, pan_y, radius, margin, out
) -> int:
    """Lower the clearances of a path to what movers leave of them; who would run into the robot anyway forbids only to go nearer.

    Args:
        movers: (M, 7) as they are now, see `mover_tracks`.
        path: (K, 7), see `motion`.
        delay: s from now until a command takes effect.
        lost: s that the robot is late at every row because it does not go at the planned speed yet.
        stop_rim, stop_time: how far along the path, m of rim, and until when, s from now, the robot goes if it brakes at once.
        base, screen, pan_x, pan_y, radius: as for `sweep.clearances`.
        margin: m.
        out: (K,) m beyond the margin, lowered.

    Returns:
        `NEAR` if somebody has just come out near the way and it is not known yet where they go, `AT_ONCE` if so near that the robot
        should brake at once, else `NOBODY`.
    """
    rows = path.shape[0]
    wary = NOBODY
    beyond = np.empty(rows)
    wanted = margin + _UNSURE
    for m in range(movers.shape[0]):
        mover = movers[m]
        # nobody further away than they and the robot can go matters
        dx, dy = mover[MX] - path[0, X], mover[MY] - path[0, Y]
        vx, vy = mover[MVX], mover[MVY]
        if math.hypot(dx, dy) > 1.5 + _HORIZON * math.hypot(vx, vy):
            continue
        if mover[MNEW] > 0.0:
            for k in range(rows):
                if path[k, TIME] > _SOON:
                    break
                gap = mover_gap(mover, path[k], 0.0, 0.0, base, screen, pan_x, pan_y, radius)
                if gap < _WARY:
                    wary = max(wary, NEAR)
                if path[k, RIM] <= stop_rim and gap < wanted + _PACE * stop_time:
                    wary = AT_ONCE
            continue
        met = rows
        for k in range(rows):
            at = path[k, TIME] + delay
            until = min(at + _LATE + lost, _HORIZON)
            gap = mover_gap(mover, path[k], min(max(at - _BACK, 0.0), until), until, base, screen, pan_x, pan_y, radius)
            beyond[k] = gap - wanted
            standing = (
                mover_gap(mover, path[0], 0.0, until, base, screen, pan_x, pan_y, radius) if beyond[k] < 0.0 else np.inf
            )
            if standing < wanted:
                # a robot that stood still would be touched by then as well: it may go on if that parts them
                then = max(at, 0.0)
                opened = mover_gap(mover, path[k], then, then, base, screen, pan_x, pan_y, radius)
                opened -= mover_gap(mover, path[0], then, then, base, screen, pan_x, pan_y, radius)
                if opened >= _OPENING * (path[k, SWEPT] - path[0, SWEPT]):
                    beyond[k] = np.inf
            if beyond[k] < 0.0 and met == rows:
                met = k
        if met == rows or _gets_by(mover, path, out, delay, lost, stop_rim, wanted, base, screen, pan_x, pan_y, radius):
            continue
        for k in range(met, rows):
            out[k] = min(out[k], beyond[k])
        keep = min(mover_gap(mover, path[0], 0.0, _HORIZON, base, screen, pan_x, pan_y, radius), wanted)
        for k in range(met - 1, -1, -1):
            since = min(max(path[k, TIME] + delay - _BACK, 0.0), _HORIZON)
            waiting = mover_gap(mover, path[k], since, _HORIZON, base, screen, pan_x, pan_y, radius)
            if waiting >= keep:
                break
            out[k] = min(out[k], waiting - keep)
    return wary
