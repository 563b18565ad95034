"""Tracks of what may move: clusters followed from scan to scan by constant-velocity filters, and what counts as a motion.

A change of view alone never counts: a cluster moves only if part of it is repeatedly found where shortly before a beam went through, or if it
comes out from behind something by its own edge.
"""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.jit import kernel
from astro_nav_reactive.view import in_sight, is_blind

#: columns of a mover: place at the time asked for, m; velocity, m/s; radius, m; 1 if it has just come out and its speed is not known;
#: how young its speed is, from 1 for one just known to 0
MX, MY, MVX, MVY, MR, MNEW, MYOUNG = range(7)
#: columns of a track: state of a constant-velocity filter (one variance for both axes), radius, scans, evidence of motion, beams on it,
#: 1 if nothing was near when it was first seen
_T, _X, _Y, _VX, _VY, _PXX, _PXV, _PVV, _R, _SCANS, _EVIDENCE, _BEAMS, _ALONE = range(13)
#: m: noise of a cluster's centre; m/s: spread of speeds of what is new; m^2/s^3: density of the noise of walking
_NOISE, _SPREAD, _RESTLESS = 0.03, 0.8, 0.5
#: m: noise of a range; share of the distance between beams that an edge is off by
_RANGE_NOISE, _BETWEEN = 0.015, 0.5
#: m/s: what comes out from behind something goes at such a speed; standard deviations that this must be certain by
_COMES, _GOES, _SURELY = 0.3, 2.0, 3.0
#: m: only so near is there no time to wait until a beam is seen to be cut off
_BESIDE = 1.6
#: scans that have shown that it moves: in so many of them, or in all there are
_CERTAIN = 2.0
#: standard deviations of its speed, beyond which one scan is enough
_CLEAR = 2.0
#: in so many of them, so that it stays a mover as long as it goes
_PROVEN = 3.0
#: scans after which a speed is known
_KNOWN = 3.0
#: and so many more until it is known well
_GROWN = 9.0
#: scans after which what has no speed yet that could be told from none is not new any more
_SETTLED = 6.0
#: m: radius of what is half hidden, unless more of it is seen
_HALF_HIDDEN = 0.15
#: m: what is found so near to a track has not just come out
_KIN = 0.6
#: m: a cluster further from where a track should be is another thing
_GATE = 0.35
#: s without a sight after which a track is given up: where it should be seen; where it cannot be, and it moves on, or may stay
LOST, _OUT_OF_SIGHT, _STAYS = 0.3, 1.5, 8.0
#: m/s and m: out of sight, and with no speed known, it may have gone so far meanwhile, at most
_DRIFT, _DRIFTED = 0.3, 0.15
#: m/s^2: whoever stops does so at a deceleration in this range
_STOPS_AT = (1.0, 3.0)
#: m/s: slower things are as good as standing
SLOW = 0.2


def new_tracks() -> np.ndarray:
    """Room for the tracks of one source."""
    return np.zeros((24, 13))


@kernel
def moving(tracks: np.ndarray, t: float) -> np.ndarray:
    """The tracks that move for certain, advanced to t, and those that are too new to say."""
    out = np.empty((tracks.shape[0], 7))
    n = 0
    for k in range(tracks.shape[0]):
        track = tracks[k]
        speed = math.hypot(track[_VX], track[_VY])
        deviation = math.sqrt(track[_PVV])
        sure = track[_EVIDENCE] >= min(track[_SCANS], _CERTAIN if speed < _CLEAR * deviation else 1.0)
        known = sure and track[_SCANS] >= _KNOWN and speed > max(SLOW, deviation)
        new = sure and not known and 0.0 < track[_SCANS] <= _SETTLED
        ahead = t - track[_T]
        if new:
            lost = ahead > LOST
            drift = min(_DRIFT * ahead, _DRIFTED) if lost else 0.0
            out[n] = track[_X], track[_Y], 0.0, 0.0, track[_R] + drift, 0.0 if lost else 1.0, 1.0
            n += 1
        if not known:
            continue
        out[n, MX], out[n, MY] = track[_X] + ahead * track[_VX], track[_Y] + ahead * track[_VY]
        out[n, MVX], out[n, MVY], out[n, MR], out[n, MNEW] = track[_VX], track[_VY], track[_R], 0.0
        out[n, MYOUNG] = max(1.0 - (track[_SCANS] - _KNOWN) / _GROWN, 0.0)
        n += 1
    return out[:n]


@kernel
def update(  # type: ignore[no-untyped-def]
    tracks, found, t, increment, beam, sensor_x, sensor_y, free_now, places, frees
) -> None:
    """Advance the tracks by a scan's clusters and by how far it saw (see `view`); a slot with no scans is free.

    places, frees: (V, 2) and (V, BINS), what this and all other sources see now.
    """
    taken = np.zeros(tracks.shape[0], np.bool_)
    for i in range(found.shape[0]):
        thing = found[i]
        at, x, y, hidden = t + increment * thing[0], thing[1], thing[2], thing[8] > 0.0
        radius = min(max(0.5 * thing[3], _HALF_HIDDEN if hidden else 0.03), 0.35)
        best, chosen, free, kin = _GATE, -1, -1, False
        for k in range(tracks.shape[0]):
            if tracks[k, _SCANS] == 0.0:
                free = k
                continue
            kin = kin or math.hypot(x - tracks[k, _X], y - tracks[k, _Y]) < _KIN
            if taken[k]:
                continue
            dt = at - tracks[k, _T]
            d = math.hypot(
                x + thing[6] * tracks[k, _R] - tracks[k, _X] - dt * tracks[k, _VX],
                y + thing[7] * tracks[k, _R] - tracks[k, _Y] - dt * tracks[k, _VY],
            )
            if dt > 0.0 and d < best:
                best, chosen = d, k
        count, fresh = thing[4], thing[5]
        away = math.hypot(x - sensor_x, y - sensor_y)
        noise = math.hypot(_RANGE_NOISE, _BETWEEN * away * beam) if hidden else _NOISE
        evident = fresh >= max(2.0, 0.25 * count)
        if chosen < 0:
            if free >= 0:
                tracks[free] = 0.0
                tracks[free, _T], tracks[free, _R], tracks[free, _SCANS] = at, radius, 1.0
                tracks[free, _X], tracks[free, _Y] = x + thing[6] * radius, y + thing[7] * radius
                tracks[free, _PXX], tracks[free, _PVV] = noise * noise, _SPREAD * _SPREAD
                tracks[free, _BEAMS], tracks[free, _ALONE] = count, 0.0 if kin else 1.0
                tracks[free, _EVIDENCE] = 1.0 if fresh >= max(3.0, 0.6 * count) and not kin else 0.0
                taken[free] = True
            continue
        taken[chosen] = True
        noise = noise if tracks[chosen, _SCANS] < _SETTLED else _NOISE
        comes_out = _correct(tracks[chosen], at, x, y, thing[6], thing[7], radius, hidden, noise)
        evident = evident or (hidden and comes_out and count > tracks[chosen, _BEAMS] and away < _BESIDE)
        tracks[chosen, _BEAMS] = count
        # who walks slowly shows it only at first, so whoever has shown it often is believed until they stand
        shown, goes = tracks[chosen, _EVIDENCE], math.hypot(tracks[chosen, _VX], tracks[chosen, _VY]) > SLOW
        doubt = 0.0 if shown >= _PROVEN and goes else 0.5
        tracks[chosen, _EVIDENCE] = min(shown + 1.0, 4.0) if evident else max(shown - doubt, 0.0)
    for k in range(tracks.shape[0]):
        lost = t - tracks[k, _T]
        if tracks[k, _SCANS] == 0.0 or lost <= LOST:
            continue
        goes = tracks[k, _SCANS] >= _KNOWN
        ahead, lasts = (lost, _OUT_OF_SIGHT) if goes else (0.0, _STAYS)
        x, y = tracks[k, _X] + ahead * tracks[k, _VX], tracks[k, _Y] + ahead * tracks[k, _VY]
        believed = tracks[k, _EVIDENCE] >= 1.0
        if believed and lost <= lasts and not in_sight(x, y, tracks[k, _R], sensor_x, sensor_y, free_now):
            continue
        if not (believed and goes and _stays_unseen(tracks[k], places, frees)):
            tracks[k] = 0.0


@kernel
def _stays_unseen(track, places, frees) -> bool:  # type: ignore[no-untyped-def]
    """Whether somebody who walked to where no sensor looks, and has not come out again, may have stopped there; if so, the track has."""
    speed = math.hypot(track[_VX], track[_VY])
    soonest, latest = 0.5 * speed / _STOPS_AT[1], 0.5 * speed / _STOPS_AT[0]  # s at that speed
    middle = 0.5 * (soonest + latest)
    x, y = track[_X] + middle * track[_VX], track[_Y] + middle * track[_VY]
    for v in range(places.shape[0]):
        if not is_blind(x, y, places[v, 0], places[v, 1], frees[v]):
            return False
    track[_X], track[_Y], track[_R] = x, y, track[_R] + 0.5 * (latest - soonest) * speed
    track[_VX], track[_VY], track[_SCANS] = 0.0, 0.0, 1.0
    return True


@kernel
def _correct(track, at, x, y, to_x, to_y, radius, hidden, noise) -> bool:  # type: ignore[no-untyped-def]
    """One step of the filter; True if this one has shown, as the ones before, that it comes out from where it was hidden."""
    dt = at - track[_T]
    q = _RESTLESS * dt
    radius_before = track[_R]
    pxx = track[_PXX] + 2.0 * dt * track[_PXV] + dt * dt * track[_PVV] + q * dt * dt / 3.0
    pxv = track[_PXV] + dt * track[_PVV] + q * dt / 2.0
    pvv = track[_PVV] + q
    track[_R] = max(track[_R], radius) if hidden else track[_R] + 0.3 * (radius - track[_R])
    # that more of it is seen is no motion
    track[_X] += (track[_R] - radius_before) * to_x
    track[_Y] += (track[_R] - radius_before) * to_y
    gain = 1.0 / (pxx + noise * noise)
    dx = x + track[_R] * to_x - track[_X] - dt * track[_VX]
    dy = y + track[_R] * to_y - track[_Y] - dt * track[_VY]
    track[_X] += dt * track[_VX] + pxx * gain * dx
    track[_Y] += dt * track[_VY] + pxx * gain * dy
    track[_VX] += pxv * gain * dx
    track[_VY] += pxv * gain * dy
    track[_PXX], track[_PXV], track[_PVV] = pxx - pxx * gain * pxx, pxv - pxx * gain * pxv, pvv - pxv * gain * pxv
    track[_T] = at
    track[_SCANS] += 1.0
    speed = math.hypot(track[_VX], track[_VY])
    return (
        track[_ALONE] > 0.0
        and _KNOWN <= track[_SCANS] <= _SETTLED
        and max(_COMES, _SURELY * math.sqrt(track[_PVV])) < speed < _GOES
        and (dx * dx + dy * dy) * gain < _CLEAR * _CLEAR
    )
