"""Risk as probability: of touching what the map shows, people on their way, and what has not been seen.

At one instant the footprint touches obstacle i with probability Phi(-d_i / sigma_i), d_i the signed distance between them and
sigma_i the standard deviation along the line between them. The errors behind sigma (pose, map, timing) persist for about
`memory` seconds: an error survived a moment ago is not drawn again. So with q the risk already faced, fading with that time
constant, a step's hazard is only what exceeds it,

    h_k = (p_k - q_k) / (1 - q_k) if p_k > q_k else 0,    q_k = max(p_{k-1}, q_{k-1}) exp(-step / memory),    S_k = S_{k-1} (1 - h_k)

For memory -> 0 the draws are independent, for memory -> infinity S is one minus the largest p.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.distance_field import interpolate
from astro_nav_common.footprint import Footprint
from astro_nav_common.jit import inline_kernel, kernel
from astro_nav_local.rollout import PAN, YAW, V, X, Y

#: Beyond this many standard deviations an obstacle is not looked at more closely: Phi(-3.5) = 2e-4.
CLEAR = 3.5
#: Likewise for people, whose places are far less certain: Phi(-2.5) = 0.006.
PEOPLE_CLEAR = 2.5
#: Where a person's place is less certain than this, m, the footprint's shape does not matter: a disc of its mean radius stands for it.
SHAPELESS = 0.25
#: Below this survival a candidate is over: what it would do afterwards counts for nothing.
LOST = 1e-3
#: Time in which tracking makes good what a change of speed left in position error, s.
TRACKING_TIME = 0.5
#: Decay of the discomfort of driving close to things, m, and the distance beyond which it is nothing.
NEAR_SCALE, NEAR_RANGE = 0.1, 0.3
#: The risk of touching is looked up again when a point of the robot may have moved this far, m.
LOOK_EVERY = 0.04


class RiskModel(NamedTuple):
    """sigma^2 = base^2 + (time t)^2 + (speed v')^2; memory s; unknown: expected obstacles a metre of unseen space.

    v' is the greatest recent speed: an error in timing is an error in place while driving, and stays one after braking until tracking
    has made it good.
    """

    base: float
    time: float
    speed: float
    memory: float
    unknown: float


class Body(NamedTuple):
    """The numbers of a Shape, m: pan joint; from the base's origin, reach of the screen at any pan angle and radius of the whole; bias."""

    pan_x: float
    pan_y: float
    screen_reach: float
    radius: float
    mean_radius: float
    bias: float


class Shape(NamedTuple):
    """A footprint as kernels take it.

    base, screen: probe discs (n, 4) x, y, r, reach, by falling reach; reach is the greatest distance of a point of the disc to the
    origin of its frame.
    """

    base: np.ndarray
    screen: np.ndarray
    body: Body

    @classmethod
    def of(cls, footprint: Footprint) -> Shape:
        """The discs overestimate distances by 0 to `tolerance`: half of it is taken off."""
        base, screen = _by_reach(footprint.base_discs), _by_reach(footprint.screen_discs)
        reach = math.hypot(*footprint.pan) + (screen[0, 3] if len(screen) else 0.0)
        radius = footprint.circumscribed_radius
        mean_radius = 0.5 * (radius + footprint.inscribed_radius)
        body = Body(*map(float, (*footprint.pan, reach, radius, mean_radius, 0.5 * footprint.tolerance)))
        return cls(base, screen, body)


def _by_reach(discs: np.ndarray) -> np.ndarray:
    reach = np.hypot(discs[:, 0], discs[:, 1]) + discs[:, 2]
    return np.ascontiguousarray(np.column_stack((discs, reach))[np.argsort(-reach, kind="stable")])


class Frame(NamedTuple):
    """Lower left corner and cell size of the local map's grids, m, odom."""

    origin_x: float
    origin_y: float
    resolution: float


class Scene(NamedTuple):
    """What surrounds the robot, as kernels take it.

    distance: (rows, cols) float32 distance to the nearest occupied cell, m. to_go: likewise, the navigation function, m.
    unseen: (rows, cols) uint8, 1 where never seen. frame: of all three.
    people: (T + 1, N, 4) x, y, std of position, m, and the square of the distance beyond which each cannot matter, at each step, as
    made by `crowd`; people_radius: (N,) m.
    """

    distance: np.ndarray
    to_go: np.ndarray
    unseen: np.ndarray
    frame: Frame
    people: np.ndarray
    people_radius: np.ndarray


@inline_kernel
def normal_tail(z: float) -> float:
    """Phi(-z), to within 2e-4 (Bowling et al., "A logistic approximation to the cumulative normal distribution", 2009)."""
    return 1.0 / (1.0 + math.exp(z * (1.5976 + 0.07056 * z * z)))


# Helpers below take arrays one by one: handing a tuple that holds arrays from call to call counts references in the inner loop,
# which took four fifths of its time.


@inline_kernel
def static_distance(  # type: ignore[no-untyped-def]
    x: float, y: float, yaw: float, pan: float, distance: np.ndarray, frame: Frame, base: np.ndarray, screen: np.ndarray, body: Body,
    enough: float,
):  # fmt: skip
    """Signed distance of the footprint to the static map, m; a lower bound of it where that is at least `enough`.

    The distance field changes by at most a metre a metre, so its value at the base's origin bounds that at every disc:
    discs come sorted by reach, and the first one that cannot be nearer than the best so far ends the search.
    """
    u0 = (x - frame.origin_x) / frame.resolution - 0.5
    v0 = (y - frame.origin_y) / frame.resolution - 0.5
    here = interpolate(distance, u0, v0)
    best = here - body.radius
    if best < enough:
        best = np.inf
        c = math.cos(yaw)
        s = math.sin(yaw)
        per_cell = 1.0 / frame.resolution
        for i in range(base.shape[0]):
            if here - base[i, 3] >= best:
                break
            bx = base[i, 0]
            by = base[i, 1]
            d = interpolate(distance, u0 + (c * bx - s * by) * per_cell, v0 + (s * bx + c * by) * per_cell)
            best = min(best, d - base[i, 2])
        if screen.shape[0] > 0 and here - body.screen_reach < best:
            jx = u0 + (c * body.pan_x - s * body.pan_y) * per_cell
            jy = v0 + (s * body.pan_x + c * body.pan_y) * per_cell
            cp = math.cos(yaw + pan)
            sp = math.sin(yaw + pan)
            for i in range(screen.shape[0]):
                bx = screen[i, 0]
                by = screen[i, 1]
                d = interpolate(distance, jx + (cp * bx - sp * by) * per_cell, jy + (sp * bx + cp * by) * per_cell)
                best = min(best, d - screen[i, 2])
        best -= body.bias
    return best


@inline_kernel
def sigma_at(v: float, t: float, model: RiskModel) -> float:
    """Standard deviation of the distance to what the map shows, t s ahead, with v the greatest recent speed, m."""
    return math.sqrt(model.base * model.base + (model.time * t) ** 2 + (model.speed * v) ** 2)


def crowd(positions: np.ndarray, radii: np.ndarray, v_max: float, step: float, model: RiskModel, body: Body) -> np.ndarray:
    """`Scene.people` of predicted positions (N, T + 1, 3) x, y, std and radii (N,); v_max is the robot's."""
    times = step * np.arange(positions.shape[1])
    sigma = np.hypot(np.hypot(model.base, model.time * times), model.speed * v_max)
    reach = PEOPLE_CLEAR * np.hypot(sigma, positions[:, :, 2]) + radii[:, None] + body.radius
    return np.ascontiguousarray(np.concatenate((positions, reach[:, :, None] ** 2), axis=2).transpose(1, 0, 2))


@inline_kernel
def people_free(  # type: ignore[no-untyped-def]
    x: float, y: float, yaw: float, k: int, sigma: float, people: np.ndarray, radii: np.ndarray, base: np.ndarray, body: Body
):
    """Probability that no person is touched by the base at a pose, step k."""
    free = 1.0
    for j in range(radii.shape[0]):
        dx = people[k, j, 0] - x
        dy = people[k, j, 1] - y
        away2 = dx * dx + dy * dy
        if away2 < people[k, j, 3]:
            gap = math.sqrt(away2) - body.mean_radius
            if people[k, j, 2] < SHAPELESS:
                c = math.cos(yaw)
                s = math.sin(yaw)
                bx = c * dx + s * dy
                by = c * dy - s * dx
                gap = np.inf
                for i in range(base.shape[0]):
                    ex = bx - base[i, 0]
                    ey = by - base[i, 1]
                    gap = min(gap, math.sqrt(ex * ex + ey * ey) - base[i, 2])
                gap -= body.bias
            both = math.sqrt(sigma * sigma + people[k, j, 2] ** 2)
            free *= 1.0 - normal_tail((gap - radii[j]) / both)
    return free


@inline_kernel
def unseen_at(x: float, y: float, unseen: np.ndarray, frame: Frame) -> bool:
    """True if the cell at (x, y) lies in the window and was never seen."""
    col = int((x - frame.origin_x) / frame.resolution)
    row = int((y - frame.origin_y) / frame.resolution)
    rows, cols = unseen.shape
    return 0 <= row < rows and 0 <= col < cols and unseen[row, col] != 0


@kernel
def survive(  # type: ignore[no-untyped-def]
    states: np.ndarray, step: float, brake: float, scene: Scene, shape: Shape, model: RiskModel, out: np.ndarray
):
    """Survival along a rollout, and to rest beyond it; and how much of the way is driven close to things.

    Args:
        states: (T + 1, COLUMNS).
        step: s a row.
        brake: deceleration of the stop that must be possible from the last row, m/s^2.
        out: (T + 1,) survival at each row, overwritten; out[0] = 1.

    Returns:
        Survival until the robot has come to rest beyond the horizon; and the way driven close to static things, m: a metre at no distance
        counts as one, at NEAR_SCALE as 1/e, weighted by survival.
    """
    distance, unseen, frame, people, radii = scene.distance, scene.unseen, scene.frame, scene.people, scene.people_radius
    base, screen, body = shape.base, shape.screen, shape.body
    count = states.shape[0] - 1
    fade = math.exp(-step / model.memory)
    slow_fade = math.exp(-step / TRACKING_TIME)
    recent = 0.0
    near = 0.0
    s = 1.0
    out[0] = 1.0
    faced = 0.0
    lower = -np.inf  # of the static distance, from the row before and the motion since
    p = 0.0
    checked = 0
    for k in range(count + 1):
        x, y, yaw, v = states[k, X], states[k, Y], states[k, YAW], states[k, V]
        if k > 0:
            turn = abs(yaw - states[k - 1, YAW]) + abs(states[k, PAN] - states[k - 1, PAN])
            lower -= abs(v) * step + body.radius * turn
            faced *= fade
        recent = max(abs(v), recent * slow_fade)
        # where the robot hardly moved since the last look, that look still holds
        moved = abs(x - states[checked, X]) + abs(y - states[checked, Y]) + body.radius * abs(yaw - states[checked, YAW])
        if k == 0 or k == count or k - checked >= 4 or moved > LOOK_EVERY:
            checked = k
            sigma = sigma_at(recent, k * step, model)
            free = people_free(x, y, yaw, k, sigma, people, radii, base, body)
            if lower < NEAR_RANGE:
                lower = static_distance(x, y, yaw, states[k, PAN], distance, frame, base, screen, body, NEAR_RANGE)
                if lower < CLEAR * sigma:
                    free *= 1.0 - normal_tail(lower / sigma)
            p = 1.0 - free
        if k == 0:
            faced = min(p, 0.999)
            continue
        if abs(v) > 0.01:
            reach = body.radius if v > 0.0 else -body.radius
            if unseen_at(x + reach * math.cos(yaw), y + reach * math.sin(yaw), unseen, frame):
                s *= math.exp(-model.unknown * abs(v) * step)
        if p > faced:
            s *= (1.0 - p) / (1.0 - faced)
            faced = min(p, 0.999)
        out[k] = s
        if lower < NEAR_RANGE:
            near += s * abs(v) * step * math.exp(-max(lower, 0.0) / NEAR_SCALE)
        if s < LOST:
            out[k:] = 0.0
            return 0.0, near
    v = states[count, V]
    if abs(v) > 0.02:
        # and on to rest, braking straight ahead, against the static map
        yaw = states[count, YAW]
        length = v * abs(v) / (2.0 * brake)
        pieces = int(abs(length) / (0.5 * body.radius)) + 1
        for i in range(1, pieces + 1):
            f = i / pieces
            x = states[count, X] + f * length * math.cos(yaw)
            y = states[count, Y] + f * length * math.sin(yaw)
            sigma = sigma_at(recent, count * step, model)
            d = static_distance(x, y, yaw, states[count, PAN], distance, frame, base, screen, body, CLEAR * sigma)
            p = normal_tail(d / sigma) if d < CLEAR * sigma else 0.0
            if p > faced:
                s *= (1.0 - p) / (1.0 - faced)
                faced = min(p, 0.999)
    return s, near
