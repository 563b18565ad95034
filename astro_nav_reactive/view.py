"""One scan as a view from a place: where its beams ended, how far it saw in which direction, and what stands out in it."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel

#: directions that "how far" is kept for
BINS = 360
#: m: neighbours further apart than this, and what the beams' spread makes, are of different things
_GAP = 0.12
#: beams without information that do not part a thing
_LOST = 2
#: m: a cluster larger than this is furniture or a wall
_LARGEST = 0.9
#: the middle of a half circle's arc is this share of its radius before its centre
_BACK = 2.0 / math.pi
#: m: an end this far before where a beam went through is where nothing was before
_CLEARLY = 0.08
#: m: and so far to either side of it beams must have gone through: noise moves ends sideways, too
_ASIDE = 0.04


@kernel
def trace(  # type: ignore[no-untyped-def]
    ranges, reach, angle_min, increment, range_min, range_max, sensor, first, change, ends, free
) -> tuple[float, float]:
    """Where beams ended and how far was seen.

    Args:
        ranges: (N,) m.
        reach: (N,) m, how far a beam that met nothing has seen.
        angle_min, increment, range_min, range_max: as in `Scan`.
        sensor: (3,) pose in the base frame.
        first, change: (3,) pose of the base in odom at the first beam, and what it changed by until the last.
        ends: (N, 2) m, odom, overwritten; NaN for a beam that met nothing or says nothing.
        free: (BINS,) m, how far the nearest beam of a direction of odom went; NaN, as given, where there was none.

    Returns:
        Where the sensor was half-way, odom.
    """
    n = ranges.shape[0]
    c, s = math.cos(first[2] + 0.5 * change[2]), math.sin(first[2] + 0.5 * change[2])
    x0 = first[0] + 0.5 * change[0] + c * sensor[0] - s * sensor[1]
    y0 = first[1] + 0.5 * change[1] + s * sensor[0] + c * sensor[1]
    for i in range(n):
        ends[i, 0], ends[i, 1] = np.nan, np.nan
        r = ranges[i]
        if math.isnan(r) or r < range_min or r <= 0.0:
            continue
        f = i / max(n - 1, 1)
        yaw = first[2] + f * change[2]
        angle = yaw + sensor[2] + angle_min + i * increment
        seen = r if r <= range_max else reach[i]
        c, s = math.cos(yaw), math.sin(yaw)
        x = first[0] + f * change[0] + c * sensor[0] - s * sensor[1] + seen * math.cos(angle)
        y = first[1] + f * change[1] + s * sensor[0] + c * sensor[1] + seen * math.sin(angle)
        k = _bin(x - x0, y - y0)
        d = math.hypot(x - x0, y - y0)
        if math.isnan(free[k]) or d < free[k]:
            free[k] = d
        if r <= range_max:
            ends[i, 0], ends[i, 1] = x, y
    return x0, y0


@kernel
def _bin(dx: float, dy: float) -> int:
    return int((math.atan2(dy, dx) + math.pi) / (2.0 * math.pi) * BINS) % BINS


@kernel
def _was_free(x, y, places, frees) -> bool:  # type: ignore[no-untyped-def]
    """Whether in one of some earlier views all beams that passed so near went further."""
    free = False
    for v in range(places.shape[0]):
        d = math.hypot(x - places[v, 0], y - places[v, 1])
        k = _bin(x - places[v, 0], y - places[v, 1])
        known, beyond = False, True
        beside = max(int(math.ceil(_ASIDE / max(d, _ASIDE) * BINS / (2.0 * math.pi))), 1)
        for j in range(k - beside, k + beside + 1):
            seen = frees[v, j % BINS]
            known = known or not math.isnan(seen)
            beyond = beyond and not seen < d + _CLEARLY  # NaN says nothing
        free = free or (known and beyond)
    return free


@kernel
def in_sight(x, y, radius, x0, y0, free) -> bool:  # type: ignore[no-untyped-def]
    """Whether something there would have been seen from (x0, y0): a beam in about its direction went that far."""
    d = math.hypot(x - x0, y - y0) - radius
    k = _bin(x - x0, y - y0)
    seen = False
    for j in range(k - 1, k + 2):
        seen = seen or free[j % BINS] >= d  # false for NaN
    return seen


@kernel
def is_blind(x, y, x0, y0, free) -> bool:  # type: ignore[no-untyped-def]
    """Whether from (x0, y0) no beam tells anything about the direction of a place."""
    k = _bin(x - x0, y - y0)
    blind = True
    for j in range(k - 1, k + 2):
        blind = blind and math.isnan(free[j % BINS])
    return blind


@kernel
def clusters(  # type: ignore[no-untyped-def]
    ends, x0, y0, reach, increment, places, frees, free
) -> np.ndarray:
    """Neighbouring ends that stand out, small enough to be a person, an animal or a chair.

    Of what is partly hidden, the visible part grows or shrinks, and its middle moves though the thing may not. So where one side is
    hidden the other one, which is the thing's own, tells where it is.

    Args:
        ends: (N, 2), see `trace`.
        x0, y0: the sensor.
        reach: only within this distance of it, m.
        increment: rad between beams.
        places, frees: (V, 2) and (V, BINS), earlier views: where from, m, and how far they saw.
        free: (BINS,) how far this view saw.

    Returns:
        (K, 9): mean index of the beams; x and y of a place on it, m; extent, m; number of ends; how many are where an earlier view saw
        through; from that place to the middle of a disc of radius 1, x and y; 1 if a side is hidden.
    """
    at = np.flatnonzero(~np.isnan(ends[:, 0]))
    n = at.shape[0]
    out = np.empty((n, 9))
    found = 0
    # begin behind a gap, so that what straddles the scan's end is one cluster
    start = 0
    for i in range(n):
        if not _joined(ends, at[i - 1], at[i], x0, y0, increment):
            start = i
            break
    i = 0
    turn = math.copysign(1.0, increment)
    while i < n:
        first = at[(start + i) % n]
        sx, sy, fresh, count, index = 0.0, 0.0, 0, 0, 0.0
        low_x, high_x, low_y, high_y = np.inf, -np.inf, np.inf, -np.inf
        while True:
            j = at[(start + i) % n]
            x, y = ends[j, 0], ends[j, 1]
            sx += x
            sy += y
            index += j
            low_x, high_x, low_y, high_y = min(low_x, x), max(high_x, x), min(low_y, y), max(high_y, y)
            fresh += _was_free(x, y, places, frees)
            count += 1
            i += 1
            if i >= n or not _joined(ends, j, at[(start + i) % n], x0, y0, increment):
                break
        extent = math.hypot(high_x - low_x, high_y - low_y)
        x, y = sx / count, sy / count
        if count >= 2 and extent <= _LARGEST and math.hypot(x - x0, y - y0) <= reach:
            out[found, 0], out[found, 1], out[found, 2] = index / count, x, y
            out[found, 3], out[found, 4], out[found, 5] = extent, count, fresh
            away = max(math.hypot(x - x0, y - y0), 1e-6)
            out[found, 6], out[found, 7], out[found, 8] = _BACK * (x - x0) / away, _BACK * (y - y0) / away, 0.0
            hidden_first, hidden_last = _hidden(ends[first], -turn, x0, y0, free), _hidden(ends[j], turn, x0, y0, free)
            if hidden_first != hidden_last:
                own, side = (j, -turn) if hidden_first else (first, turn)
                x, y = ends[own]
                away = max(math.hypot(x - x0, y - y0), 1e-6)
                out[found, 1], out[found, 2], out[found, 8] = x, y, 1.0
                out[found, 6], out[found, 7] = -side * (y - y0) / away, side * (x - x0) / away
            found += 1
    return out[:found]


@kernel
def _hidden(end, side, x0, y0, free) -> bool:  # type: ignore[no-untyped-def]
    """Whether beside an end, at the side of greater angles (1) or of smaller ones (-1), something is before it, or nobody looks."""
    k = _bin(end[0] - x0, end[1] - y0)
    nearer = math.hypot(end[0] - x0, end[1] - y0) - _GAP
    known = False
    for j in range(2, 4):
        seen = free[(k + int(side) * j) % BINS]
        if seen < nearer:  # false for NaN
            return True
        known = known or not math.isnan(seen)
    return not known


@kernel
def _joined(ends, i, j, x0, y0, increment) -> bool:  # type: ignore[no-untyped-def]
    """Whether two ends are of one thing; up to `_LOST` beams between them may be missing."""
    n = ends.shape[0]
    apart = (j - i) % n
    if apart > _LOST + 1:
        return False
    gap = math.hypot(ends[i, 0] - ends[j, 0], ends[i, 1] - ends[j, 1])
    return gap < _GAP + apart * abs(increment) * math.hypot(ends[j, 0] - x0, ends[j, 1] - y0)
