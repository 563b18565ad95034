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
#: Below this survival a candidate is over: what it would do afterwards counts for nothing.
LOST = 1e-3


class RiskModel(NamedTuple):
    """sigma^2 = base^2 + (time t)^2 + (speed |v|)^2; memory s; unknown: expected obstacles a metre of unseen space."""

    base: float
    time: float
    speed: float
    memory: float
    unknown: float


class Shape(NamedTuple):
    """A footprint as kernels take it: probe discs (n, 3) x, y, r of base and screen, the pan joint, the bounding radius."""

    base: np.ndarray
    screen: np.ndarray
    pan_x: float
    pan_y: float
    radius: float
    bias: float

    @classmethod
    def of(cls, footprint: Footprint) -> Shape:
        """The discs overestimate distances by 0 to `tolerance`: half of it is taken off."""
        return cls(
            footprint.base_discs, footprint.screen_discs, footprint.pan[0], footprint.pan[1],
            footprint.circumscribed_radius, 0.5 * footprint.tolerance,
        )  # fmt: skip


class Scene(NamedTuple):
    """What surrounds the robot, as kernels take it.

    distance: (rows, cols) float32 distance to the nearest occupied cell, m. to_go: likewise, the navigation function, m.
    unseen: (rows, cols) uint8, 1 where never seen. (origin_x, origin_y) m and resolution m of all three.
    people: (N, T + 1, 3) x, y, std of position, m, at each step; people_radius: (N,) m.
    """

    distance: np.ndarray
    to_go: np.ndarray
    unseen: np.ndarray
    origin_x: float
    origin_y: float
    resolution: float
    people: np.ndarray
    people_radius: np.ndarray


@inline_kernel
def normal_tail(z: float) -> float:
    """Phi(-z)."""
    return 0.5 * math.erfc(z * 0.7071067811865476)


@kernel
def static_distance(x: float, y: float, yaw: float, pan: float, scene: Scene, shape: Shape, enough: float) -> float:
    """Signed distance of the footprint to the static map, m; only known to be at least `enough` when that is returned."""
    u0 = (x - scene.origin_x) / scene.resolution - 0.5
    v0 = (y - scene.origin_y) / scene.resolution - 0.5
    if interpolate(scene.distance, u0, v0) - shape.radius >= enough:
        return enough
    best = enough
    c = math.cos(yaw)
    s = math.sin(yaw)
    per_cell = 1.0 / scene.resolution
    for i in range(shape.base.shape[0]):
        bx = shape.base[i, 0]
        by = shape.base[i, 1]
        d = interpolate(scene.distance, u0 + (c * bx - s * by) * per_cell, v0 + (s * bx + c * by) * per_cell)
        best = min(best, d - shape.base[i, 2])
    if shape.screen.shape[0] > 0:
        jx = u0 + (c * shape.pan_x - s * shape.pan_y) * per_cell
        jy = v0 + (s * shape.pan_x + c * shape.pan_y) * per_cell
        cp = math.cos(yaw + pan)
        sp = math.sin(yaw + pan)
        for i in range(shape.screen.shape[0]):
            bx = shape.screen[i, 0]
            by = shape.screen[i, 1]
            d = interpolate(scene.distance, jx + (cp * bx - sp * by) * per_cell, jy + (sp * bx + cp * by) * per_cell)
            best = min(best, d - shape.screen[i, 2])
    return best - shape.bias


@kernel
def circle_distance(dx: float, dy: float, yaw: float, shape: Shape) -> float:
    """Signed distance of the base's discs at the origin with heading `yaw` to the point (dx, dy), m."""
    c = math.cos(yaw)
    s = math.sin(yaw)
    bx = c * dx + s * dy
    by = -s * dx + c * dy
    best = np.inf
    for i in range(shape.base.shape[0]):
        ex = bx - shape.base[i, 0]
        ey = by - shape.base[i, 1]
        best = min(best, math.sqrt(ex * ex + ey * ey) - shape.base[i, 2])
    return best - shape.bias


@kernel
def touch_probability(state: np.ndarray, k: int, t: float, scene: Scene, shape: Shape, model: RiskModel) -> float:
    """Probability that the footprint of one rollout row (COLUMNS,), t s ahead at step k, touches anything."""
    x = state[X]
    y = state[Y]
    variance = model.base * model.base + (model.time * t) ** 2 + (model.speed * state[V]) ** 2
    sigma = math.sqrt(variance)
    free = 1.0
    d = static_distance(x, y, state[YAW], state[PAN], scene, shape, CLEAR * sigma)
    if d < CLEAR * sigma:
        free = 1.0 - normal_tail(d / sigma)
    for j in range(scene.people.shape[0]):
        dx = scene.people[j, k, 0] - x
        dy = scene.people[j, k, 1] - y
        both = math.sqrt(variance + scene.people[j, k, 2] ** 2)
        reach = CLEAR * both + scene.people_radius[j] + shape.radius
        if dx * dx + dy * dy < reach * reach:
            gap = circle_distance(dx, dy, state[YAW], shape) - scene.people_radius[j]
            free *= 1.0 - normal_tail(gap / both)
    return 1.0 - free


@kernel
def unseen_at(x: float, y: float, scene: Scene) -> bool:
    """True if the cell at (x, y) lies in the window and was never seen."""
    col = int((x - scene.origin_x) / scene.resolution)
    row = int((y - scene.origin_y) / scene.resolution)
    rows, cols = scene.unseen.shape
    return 0 <= row < rows and 0 <= col < cols and scene.unseen[row, col] != 0


@kernel
def survive(states: np.ndarray, step: float, brake: float, scene: Scene, shape: Shape, model: RiskModel, out: np.ndarray) -> float:
    """Survival along a rollout, and to rest beyond it.

    Args:
        states: (T + 1, COLUMNS).
        step: s a row.
        brake: deceleration of the stop that must be possible from the last row, m/s^2.
        out: (T + 1,) survival at each row, overwritten; out[0] = 1.

    Returns:
        Survival until the robot has come to rest beyond the horizon.
    """
    count = states.shape[0] - 1
    fade = math.exp(-step / model.memory)
    faced = touch_probability(states[0], 0, 0.0, scene, shape, model)
    s = 1.0
    out[0] = 1.0
    for k in range(1, count + 1):
        p = touch_probability(states[k], k, k * step, scene, shape, model)
        speed = abs(states[k, V])
        if speed > 0.01:
            reach = shape.radius if states[k, V] > 0.0 else -shape.radius
            yaw = states[k, YAW]
            if unseen_at(states[k, X] + reach * math.cos(yaw), states[k, Y] + reach * math.sin(yaw), scene):
                s *= math.exp(-model.unknown * speed * step)
        faced *= fade
        if p > faced:
            s *= (1.0 - p) / (1.0 - faced)
            faced = min(p, 0.999)
        out[k] = s
        if s < LOST:
            for rest in range(k, count + 1):
                out[rest] = 0.0
            return 0.0
    v = states[count, V]
    if abs(v) > 0.02:
        tail = states[count].copy()
        length = v * abs(v) / (2.0 * brake)
        pieces = int(abs(length) / (0.5 * shape.radius)) + 1
        for i in range(1, pieces + 1):
            f = i / pieces
            tail[X] = states[count, X] + f * length * math.cos(states[count, YAW])
            tail[Y] = states[count, Y] + f * length * math.sin(states[count, YAW])
            tail[V] = v * math.sqrt(1.0 - f)
            p = touch_probability(tail, count, count * step, scene, shape, model)
            if p > faced:
                s *= (1.0 - p) / (1.0 - faced)
                faced = min(p, 0.999)
    return s


