"""Risk as probability: of touching what the map shows, people on their way, and what has not been seen.

At one instant the footprint touches an obstacle with probability Phi(-d / sigma), d the signed distance between them and sigma the
standard deviation along the line between them. What it has several causes for, each with its own persistence:

- what is wrong with the map stays where it is, and the pose's error goes on growing in the direction it has: to pass a second time, or
  on and on, as close to things on the same side adds no risk, coming closer adds the difference, and another side is another risk;
- the tracking error is another one after its correlation time, `memory`, and only its share of sigma is drawn again.

So for each of two sides q is the risk already faced there, which fades with that share, and a step's hazard is what exceeds it:

    h_k = (p_k - q_k) / (1 - q_k) if p_k > q_k else 0,    q_k = max(p_{k-1}, q_{k-1}) exp(-step speed v' / (sigma memory)),    S_k = S_{k-1} (1 - h_k)

People: how far off the prediction of each is persists, and that of one says nothing about another. So each has a risk already faced, which
does not fade, and a step's hazard is the product of what exceeds it for each.

`bench calibration` compares the outcome with Monte Carlo draws of these errors.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.jit import inline_kernel, lean_kernel
from astro_nav_common.trig import cos_sin
from astro_nav_local.rollout import COS, PAN, SIN, YAW, V, X, Y
from astro_nav_local.scene import Body, Frame, Scene, Shape
from astro_nav_local.sides import static_sides

#: Beyond this many standard deviations an obstacle is not looked at more closely: Phi(-3.5) = 2e-4.
CLEAR = 3.5
#: Likewise for people, whose places are far less certain: Phi(-2.5) = 0.006.
PEOPLE_CLEAR = 2.5
#: Where a person's place is less certain than this, m, the footprint's shape does not matter: a disc of its mean radius stands for it.
SHAPELESS = 0.25
#: What is on the other side matters unless it is further away than the nearest thing by more than this many standard deviations.
OTHER = 1.5
#: A probability that is as good as certain.
CERTAIN = 0.999
#: Below this survival a candidate is over: what it would do afterwards counts for nothing.
LOST = 1e-3
#: Time in which tracking makes good what a change of speed left in position error, s.
TRACKING_TIME = 0.5
#: Decay of the discomfort of driving close to things, m, and the distance beyond which it is nothing.
NEAR_SCALE, NEAR_RANGE = 0.1, 0.3
#: The risk of touching is looked up again when a point of the robot may have moved this far, m.
LOOK_EVERY = 0.04


class RiskModel(NamedTuple):
    """sigma^2 = base^2 + (way s)^2 + (speed v')^2, s the way driven; memory s; unknown: expected obstacles a metre of unseen space.

    v' is the greatest recent speed: an error in timing is an error in place while driving, and stays one after braking until tracking
    has made it good.
    """

    base: float
    way: float
    speed: float
    memory: float
    unknown: float


@inline_kernel
def normal_tail(z: float) -> float:
    """Phi(-z), to within 2e-4 (Bowling et al., "A logistic approximation to the cumulative normal distribution", 2009)."""
    return 1.0 / (1.0 + math.exp(z * (1.5976 + 0.07056 * z * z)))


@inline_kernel
def sigma_at(v: float, way: float, model: RiskModel) -> float:
    """Standard deviation of the distance to what the map shows after `way` m, with v the greatest recent speed, m."""
    return math.sqrt(model.base * model.base + (model.way * way) ** 2 + (model.speed * v) ** 2)


def crowd(
    positions: np.ndarray, radii: np.ndarray, v_max: float, step: float, model: RiskModel, body: Body
) -> np.ndarray:
    """`Scene.people` of predicted positions (N, T + 1, 3) x, y, std and radii (N,); v_max is the robot's."""
    furthest = v_max * step * np.arange(positions.shape[1])
    sigma = np.hypot(np.hypot(model.base, model.way * furthest), model.speed * v_max)
    reach = PEOPLE_CLEAR * np.hypot(sigma, positions[:, :, 2]) + radii[:, None] + body.radius
    return np.ascontiguousarray(np.concatenate((positions, reach[:, :, None] ** 2), axis=2).transpose(1, 2, 0))


@inline_kernel
def _past_people(  # type: ignore[no-untyped-def]
    x: float, y: float, c: float, s: float, k: int, sigma: float, people: np.ndarray, radii: np.ndarray, base: np.ndarray, body: Body,
    faced: np.ndarray,
):  # fmt: skip
    """Of those that came so far, the share that gets by people at a position with cosine and sine of the heading, step k.

    faced: (N,) the risk already faced from each, updated.
    """
    share = 1.0
    near = 0
    for j in range(radii.shape[0]):
        dx = people[k, 0, j] - x
        dy = people[k, 1, j] - y
        near += 1 if dx * dx + dy * dy < people[k, 3, j] else 0
    if near > 0:
        for j in range(radii.shape[0]):
            dx = people[k, 0, j] - x
            dy = people[k, 1, j] - y
            away2 = dx * dx + dy * dy
            if away2 < people[k, 3, j]:
                std = people[k, 2, j]
                gap = math.sqrt(away2) - body.mean_radius
                if std < SHAPELESS:
                    bx = c * dx + s * dy
                    by = c * dy - s * dx
                    gap = np.inf
                    for i in range(base.shape[0]):
                        ex = bx - base[i, 0]
                        ey = by - base[i, 1]
                        gap = min(gap, math.sqrt(ex * ex + ey * ey) - base[i, 2])
                    gap -= body.bias
                p = normal_tail((gap - radii[j]) / math.sqrt(sigma * sigma + std * std))
                if p > faced[j]:
                    share *= (1.0 - p) / (1.0 - faced[j])
                    faced[j] = min(p, CERTAIN)
    return share


@inline_kernel
def unseen_at(x: float, y: float, unseen: np.ndarray, frame: Frame) -> bool:
    """True if the cell at (x, y) lies in the window and was never seen."""
    col = int((x - frame.origin_x) / frame.resolution)
    row = int((y - frame.origin_y) / frame.resolution)
    rows, cols = unseen.shape
    return 0 <= row < rows and 0 <= col < cols and unseen[row, col] != 0


@inline_kernel
def _get_by(nearest: float, beside: int, other: float, sigma: float, left: float, right: float):  # type: ignore[no-untyped-def]
    """Of those that came so far, the share that gets by what is near; and the risks faced on the left and on the right from then on.

    What lies ahead or behind counts once: its risk is part of that on either side.
    """
    p = normal_tail(nearest / sigma)
    before = max(left, right) if beside == 0 else left if beside > 0 else right
    share = 1.0
    if p > before:
        share = (1.0 - p) / (1.0 - before)
        p = min(p, CERTAIN)
        if beside >= 0:
            left = p
        if beside <= 0:
            right = p
    if other < CLEAR * sigma:
        p = normal_tail(other / sigma)
        before = right if beside > 0 else left
        if p > before:
            share *= (1.0 - p) / (1.0 - before)
            p = min(p, CERTAIN)
            if beside > 0:
                right = p
            else:
                left = p
    return share, left, right


@lean_kernel
def survive(  # type: ignore[no-untyped-def]
    states: np.ndarray, step: float, brake: float, progress_time: float, scene: Scene, shape: Shape, model: RiskModel, out: np.ndarray,
    faced: np.ndarray,
):  # fmt: skip
    """Survival along a rollout, and to rest beyond it; and how much of the way is driven close to things.

    Args:
        states: (T + 1, COLUMNS).
        step: s a row.
        brake: deceleration of the stop that must be possible from the last row, m/s^2.
        progress_time: time constant, s, by which what is driven later counts for less.
        out: (T + 1,) survival at each row, overwritten; out[0] = 1.
        faced: (N,) room for the risk faced from each person, overwritten.

    Returns:
        Survival until the robot has come to rest beyond the horizon; and the way driven close to static things, m: a metre at no distance
        counts as one, at NEAR_SCALE as 1/e, weighted as progress is.
    """
    distance, unseen, frame, people, radii = (
        scene.distance,
        scene.unseen,
        scene.frame,
        scene.people,
        scene.people_radius,
    )
    base, screen, body = shape.base, shape.screen, shape.body
    count = states.shape[0] - 1
    slow_fade = math.exp(-step / TRACKING_TIME)
    discount = 1.0
    later = math.exp(-step / progress_time)
    recent = 0.0
    way = 0.0
    near = 0.0
    s = 1.0
    out[0] = 1.0
    left = 0.0  # risk already faced on either side
    right = 0.0
    redraw = model.speed / model.memory
    driven = 0.0  # at the greatest recent speed, since the last look, m
    faced[:] = 0.0
    lower = -np.inf  # of the static distance, from the row before and the motion since
    checked = 0
    closeness = 0.0
    for k in range(count + 1):  # several at a time
        c, w = cos_sin(states[k, YAW])
        states[k, COS] = c
        states[k, SIN] = w
    for k in range(count + 1):
        x, y, yaw, v = states[k, X], states[k, Y], states[k, YAW], states[k, V]
        if k > 0:
            turn = abs(yaw - states[k - 1, YAW]) + abs(states[k, PAN] - states[k - 1, PAN])
            way += abs(v) * step
            lower -= abs(v) * step + body.radius * turn
        recent = max(abs(v), recent * slow_fade)
        # where the robot hardly moved since the last look, that look still holds
        dx = x - states[checked, X]
        dy = y - states[checked, Y]
        moved = abs(dx) + abs(dy) + body.radius * abs(yaw - states[checked, YAW])
        if k == 0 or k == count or k - checked >= 4 or moved > LOOK_EVERY:
            sigma = sigma_at(recent, way, model)
            driven += (k - checked) * step * recent
            checked = k
            c, w = states[k, COS], states[k, SIN]
            share = _past_people(x, y, c, w, k, sigma, people, radii, base, body, faced)
            if lower < NEAR_RANGE:
                lower, beside, other = static_sides(
                    x,
                    y,
                    c,
                    w,
                    states[k, PAN],
                    distance,
                    frame,
                    base,
                    screen,
                    body,
                    NEAR_RANGE,
                    CLEAR * sigma,
                    OTHER * sigma,
                )
                if lower < CLEAR * sigma:
                    keep = math.exp(-redraw * driven / sigma)
                    driven = 0.0
                    got_by, left, right = _get_by(lower, beside, other, sigma, keep * left, keep * right)
                    share *= got_by
            if k > 0:  # whoever is here has survived the start
                s *= share
                reach = body.radius if v > 0.0 else -body.radius
                if moved > 0.0 and unseen_at(x + reach * c, y + reach * w, unseen, frame):
                    s *= math.exp(-model.unknown * math.sqrt(dx * dx + dy * dy))
            closeness = math.exp(-max(lower, 0.0) / NEAR_SCALE) if lower < NEAR_RANGE else 0.0
        if k == 0:
            continue
        out[k] = s
        near += s * discount * abs(v) * step * closeness
        discount *= later
        if s < LOST:
            out[k:] = 0.0
            return 0.0, near
    v = states[count, V]
    if abs(v) > 0.02:
        # and on to rest, braking straight ahead, against the static map
        yaw = states[count, YAW]
        c, w = states[count, COS], states[count, SIN]
        length = v * abs(v) / (2.0 * brake)
        pieces = int(abs(length) / (0.5 * body.radius)) + 1
        sigma = sigma_at(recent, way, model)
        for i in range(1, pieces + 1):
            f = i / pieces
            x = states[count, X] + f * length * c
            y = states[count, Y] + f * length * w
            d, beside, other = static_sides(
                x,
                y,
                c,
                w,
                states[count, PAN],
                distance,
                frame,
                base,
                screen,
                body,
                CLEAR * sigma,
                CLEAR * sigma,
                OTHER * sigma,
            )
            if d < CLEAR * sigma:
                got_by, left, right = _get_by(d, beside, other, sigma, left, right)
                s *= got_by
    return s, near
