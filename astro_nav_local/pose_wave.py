"""The navigation function over poses: the way still to go where headings matter, around a robot in a tight place.

The wave of `wavefront.py` is that of a disc as wide as the robot, which turns for nothing. Where a longer robot cannot turn, or has to be in
line with a gap before it gets there, it leads into dead ends. Here the way is that of the footprint, made of short motions: straight on
and along arcs, forwards and backwards, and turns on the spot. It is searched from the end, by Dijkstra's algorithm; a cell of the lattice
keeps the pose that it was first reached with, not its own middle (as hybrid A*; Dolgov et al., "Path planning for autonomous vehicles in
unknown semi-structured environments", 2010), so that gaps need not lie on the lattice.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from astro_nav_common.distance_field import interpolate
from astro_nav_common.jit import inline_kernel, lean_kernel
from astro_nav_local.goal import Goal
from astro_nav_local.scene import Frame, PoseField, Shape
from astro_nav_local.wavefront import BUCKETS, UNREACHED, pop, push

#: Headings; cells beside each other; the way of one motion, m.
HEADINGS, CELLS, STEP = 24, 40, 0.1
#: Sizes of cells that this suits, m.
RESOLUTIONS = 0.04, 0.06
_TURN = 2.0 * math.pi / HEADINGS
#: The motions, forwards: way, m, turn, rad, and how much more than its way a motion counts: driving backwards is slow and blind.
_BACKWARDS = 2.0
_MOTIONS = np.array([
    (STEP, 0.0, 1.0), (STEP, _TURN, 1.0), (STEP, -_TURN, 1.0), (0.0, _TURN, 1.0), (0.0, -_TURN, 1.0),
    (-STEP, 0.0, _BACKWARDS), (-STEP, _TURN, _BACKWARDS), (-STEP, -_TURN, _BACKWARDS),
])  # fmt: skip
#: What the robot may lose on the way, m, before it gets on: poses that are further from the end than it by more than this do not matter.
BEYOND = 1.5
#: By less than this, m, the footprint may overlap what the map shows, which is no more exact: a robot that stands there has to get out.
OVERLAP = 0.03
#: A way by pose that is longer than that of a disc by more than this, m, is not believed: what fits by a hair may seem not to.
DETOUR = 2.5
_WIDTH = 0.02  # of a bucket of the queue, m


class PoseWork(NamedTuple):
    """Work space of `march_poses`, heading by heading, row by row.

    values: float32, m. poses: (n, 3) x, y, yaw of the pose that each was reached with. done: 1 if it is.
    entry, following: entries of the queue, chained by bucket from head.
    """

    values: np.ndarray
    poses: np.ndarray
    done: np.ndarray
    entry: np.ndarray
    following: np.ndarray
    head: np.ndarray

    @classmethod
    def new(cls) -> PoseWork:
        """For one wave after the other. Filled, so that the process has all of it from the start and not as waves get larger."""
        n = HEADINGS * CELLS * CELLS
        return cls(
            np.ones(n, np.float32), np.ones((n, 3)), np.ones(n, np.uint8),
            np.ones(8 * n, np.int32), np.ones(8 * n, np.int32), np.full(BUCKETS, -1, np.int32),
        )  # fmt: skip


@lean_kernel
def march_poses(
    start: np.ndarray, row: int, col: int, distance: np.ndarray, to_go: np.ndarray, frame: Frame, shape: Shape, goal: Goal, costs: np.ndarray,
    cost_step: float, turn_cost: float, work: PoseWork,
) -> float:  # fmt: skip
    """Fill `work.values` with the way to go from each pose, m; UNREACHED where none was found: no footprint fits, or it is too far.

    Returns the way to go from the furthest pose that was looked at, m; infinity if the robot's was not reached.

    Args:
        start: x, y, yaw of the robot, which the wave goes on beyond by BEYOND.
        row, col: of the lower left cell of the window.
        distance, to_go: (rows, cols), as in `Scene`; the wave starts from `to_go` around the window, where that is less than at the
            robot, and from the goal if it lies in it.
        costs, cost_step: what a metre costs by the distance of the footprint to obstacles, as in `WayCost`.
        turn_cost: what a turn on the spot costs, m a rad.
    """
    size = CELLS
    flat, poses, done, entry, following, head = work
    flat[:] = UNREACHED
    done[:] = 0
    low_x = frame.origin_x + col * frame.resolution
    low_y = frame.origin_y + row * frame.resolution
    robot_row = int((start[1] - low_y) / frame.resolution)
    robot_col = int((start[0] - low_x) / frame.resolution)
    robot = (_heading(start[2]) * size + robot_row) * size + robot_col
    by_place = to_go[row + robot_row, col + robot_col] + 0.0
    base = np.inf
    for i in range(size):
        for j in range(size):
            if i == 0 or j == 0 or i == size - 1 or j == size - 1:
                base = min(base, to_go[row + i, col + j])
    goal_col = int((goal.x - low_x) / frame.resolution)
    goal_row = int((goal.y - low_y) / frame.resolution)
    is_in = goal.final and low_x <= goal.x and low_y <= goal.y and goal_col < size and goal_row < size
    if is_in:
        base = 0.0
    entries = 0
    for h in range(HEADINGS):
        for i in range(size):
            for j in range(size):
                at_goal = is_in and i == goal_row and j == goal_col
                rim = i == 0 or j == 0 or i == size - 1 or j == size - 1
                value = 0.0 if at_goal else to_go[row + i, col + j] + 0.0
                if (at_goal or rim) and value < by_place:
                    x = goal.x if at_goal else low_x + (j + 0.5) * frame.resolution
                    y = goal.y if at_goal else low_y + (i + 0.5) * frame.resolution
                    yaw = h * _TURN
                    if at_goal or _room(x, y, yaw, distance, frame, shape) > -OVERLAP:
                        at = (h * size + i) * size + j
                        flat[at] = value
                        poses[at, 0] = x
                        poses[at, 1] = y
                        poses[at, 2] = yaw
                        entries = push(at, int((value - base) / _WIDTH), entry, following, head, entries)
    end = by_place + DETOUR
    most = np.inf
    pending = entries
    bucket = 0
    while pending > 0:
        at, bucket = pop(bucket, entry, following, head)
        pending -= 1
        if done[at] == 1:
            continue
        done[at] = 1
        here = flat[at] + 0.0
        if at == robot:
            end = here + BEYOND
            most = end
        if here > end:
            flat[at] = UNREACHED  # and so on, until the queue is empty
            continue
        for m in range(_MOTIONS.shape[0]):
            way = _MOTIONS[m, 0]
            turn = _MOTIONS[m, 1]
            # where the motion that ends here began
            yaw = poses[at, 2] - turn
            middle = poses[at, 2] - 0.5 * turn
            x = poses[at, 0] - way * math.cos(middle)
            y = poses[at, 1] - way * math.sin(middle)
            j = int(math.floor((x - low_x) / frame.resolution))
            i = int(math.floor((y - low_y) / frame.resolution))
            if i < 0 or j < 0 or i >= size or j >= size:
                continue
            h = _heading(yaw)
            near = (h * size + i) * size + j
            if done[near] == 1:
                continue
            length = abs(way) * _MOTIONS[m, 2] if way != 0.0 else turn_cost * abs(turn)
            if here + length >= flat[near] - 1e-4:
                continue
            room = _room(x, y, yaw, distance, frame, shape)
            if room < -OVERLAP:
                continue
            band = int(max(room, 0.0) / cost_step)
            price = costs[band] if band < costs.shape[0] else 1.0
            found = here + length * (price if room > 0.0 else 3.0 * price)
            if found < flat[near] - 1e-4 and entries < entry.shape[0]:
                flat[near] = found
                poses[near, 0] = x
                poses[near, 1] = y
                poses[near, 2] = yaw
                entries = push(near, max(int((found - base) / _WIDTH), bucket), entry, following, head, entries)
                pending += 1
    return most


@inline_kernel
def _heading(yaw: float) -> int:
    """Number of the nearest heading."""
    return int(math.floor(yaw / _TURN + 0.5)) % HEADINGS


@inline_kernel
def _room(x: float, y: float, yaw: float, distance: np.ndarray, frame: Frame, shape: Shape) -> float:
    """Distance of the base to the nearest obstacle, m, or less where the circle around it touches none; negative inside one."""
    u = (x - frame.origin_x) / frame.resolution - 0.5
    v = (y - frame.origin_y) / frame.resolution - 0.5
    room = interpolate(distance, u, v) - shape.body.radius
    if room < 0.0:
        c = math.cos(yaw)
        s = math.sin(yaw)
        room = np.inf
        for k in range(shape.base.shape[0]):
            du = (c * shape.base[k, 0] - s * shape.base[k, 1]) / frame.resolution
            dv = (s * shape.base[k, 0] + c * shape.base[k, 1]) / frame.resolution
            room = min(room, interpolate(distance, u + du, v + dv) - shape.base[k, 2])
        room -= shape.body.bias
    return room


@inline_kernel
def pose_value(x: float, y: float, yaw: float, poses: PoseField, frame: Frame, outside: float) -> float:
    """The way to go from a pose, m: between the poses of the lattice that have one; more than from any of them where hardly one has.

    Args: outside: by place, m, for poses outside the window.
    """
    size = poses.values.shape[1]
    u = (x - poses.x) / frame.resolution - 0.5
    v = (y - poses.y) / frame.resolution - 0.5
    if u < 0.0 or v < 0.0 or u >= size - 1 or v >= size - 1:
        return outside
    w = yaw / _TURN
    low = math.floor(w)
    j = int(u)
    i = int(v)
    total = 0.0
    known = 0.0
    for k in range(8):
        a = w - low if k & 1 else 1.0 - w + low
        b = v - i if k & 2 else 1.0 - v + i
        c = u - j if k & 4 else 1.0 - u + j
        value = poses.values[(int(low) + (k & 1)) % HEADINGS, i + ((k >> 1) & 1), j + ((k >> 2) & 1)]
        if value < UNREACHED:
            total += a * b * c * value
            known += a * b * c
    return total / known if known > 0.1 else max(outside, poses.most) + LOST_WAY


#: What a pose from which no way is known is worse than what the wave without headings says, and than any other pose, m.
LOST_WAY = 1.0
