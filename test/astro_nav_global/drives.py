"""A robot that follows its guidance exactly, for tests of what lies above the navigator."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.navigation import Action, Drive, LocalReport, Phase
from astro_nav_global.navigator import Navigator
from astro_nav_global.params import GlobalParams, NavigatorParams
from astro_nav_global.planner import GlobalPlanner

DT, SPEED = 0.1, 0.5


def room() -> Grid:
    """8 x 4 m with a wall at x = 4 m that leaves a way at y > 2.5 m, and a closed cell at the lower right."""
    data = np.zeros((80, 160), np.int8)
    data[[0, -1]] = data[:, [0, -1]] = OCCUPIED
    data[:50, 80:84] = OCCUPIED
    data[:20, 140] = data[20, 140:] = OCCUPIED
    return Grid(data, 0.05, 0.0, 0.0)


def driven_in(grid: Grid, params: NavigatorParams | None = None) -> tuple[NavigatorParams, Navigator, GlobalPlanner]:
    """What the drives are made of."""
    params = params or NavigatorParams()
    planner = GlobalPlanner(GlobalParams(), RobotParams())
    planner.set_map(grid)
    return params, Navigator(params, planner), planner


def carry_out(drive: Drive, pose: Pose, seconds: float, now: float = 0.0) -> tuple[list[Action], list[Pose]]:
    """Actions and poses until the drive is done, or for so many seconds."""
    actions: list[Action] = []
    poses = [pose]
    report = LocalReport(-1)
    for _ in range(round(seconds / DT)):
        now += DT
        action = drive.update(now, pose, report)
        actions.append(action)
        if action.phase is Phase.DONE:
            break
        if action.path is not None:
            pose = _along(action.path.points, pose)
            end = action.path.goal
            report = LocalReport(action.path_id, reached=math.dist(pose[:2], end[:2]) < 0.02)
        poses.append(pose)
    return actions, poses


def _along(points: np.ndarray, pose: Pose) -> Pose:
    """One step further along a path."""
    nearest = int(np.argmin(np.hypot(*(points[:, :2] - pose[:2]).T)))
    left, x, y = SPEED * DT, pose.x, pose.y
    for point in points[nearest + 1 :]:
        step = math.dist((x, y), point[:2])
        if step >= left:
            f = left / step
            return Pose(x + f * (point[0] - x), y + f * (point[1] - y), float(point[2]))
        left, x, y = left - step, *map(float, point[:2])
    return Pose(x, y, float(points[-1, 2]))
