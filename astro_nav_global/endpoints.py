"""Where a path may begin and end, and the sentences about where it may not."""

from __future__ import annotations

import math

import numpy as np

from astro_nav_common.errors import PlanningError
from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_global.costmap import LETHAL, NO_INFORMATION, PASSABLE, Costmap
from astro_nav_global.smoothing import line_cost


def place(pose: Pose) -> str:
    """In words."""
    return f"({pose.x:.2f}, {pose.y:.2f})"


def require_inside(grid: Grid, start: Pose, goal: Pose) -> None:
    """Both ends must lie on the map. Raises PlanningError."""
    rows, cols = grid.shape
    spans = (
        f"which spans x {grid.origin_x:.2f} to {grid.origin_x + cols * grid.resolution:.2f} m "
        f"and y {grid.origin_y:.2f} to {grid.origin_y + rows * grid.resolution:.2f} m"
    )
    if not grid.contains(start.x, start.y):
        raise PlanningError(PlanningError.START_OUTSIDE_MAP, f"the start {place(start)} is outside the map, {spans}")
    if not grid.contains(goal.x, goal.y):
        raise PlanningError(PlanningError.GOAL_OUTSIDE_MAP, f"the goal {place(goal)} is outside the map, {spans}")


def require_free(costmap: Costmap, goal: Pose, footprint: Footprint) -> None:
    """The robot must be able to stand at the goal, at its heading. Raises PlanningError."""
    level = costmap.level(*costmap.grid.cell(goal.x, goal.y))
    problem = ""
    if level == LETHAL:
        problem = "is in an obstacle"
    elif level == NO_INFORMATION:
        problem = "is in unknown space, which allow_unknown = False forbids"
    elif level > PASSABLE:
        problem = f"is nearer to an obstacle than the {costmap.blocked_below:.3f} m that the robot needs"
    else:
        obstacles = costmap.obstacles_near(goal.x, goal.y, footprint.circumscribed_radius)
        gaps = footprint.distances(transform_points(inverse(goal), obstacles))
        if gaps.min(initial=np.inf) < 0.0:
            x, y = obstacles[int(np.argmin(gaps))]
            problem = f"at heading {goal.yaw:.2f} rad would have the robot overlap an obstacle at ({x:.2f}, {y:.2f})"
    if problem:
        raise PlanningError(PlanningError.GOAL_OCCUPIED, f"the goal {place(goal)} {problem}")


def free_start(costmap: Costmap, start: Pose, tolerance: float) -> tuple[int, int]:
    """The cell to search from: the start's own, or the nearest passable one, within `tolerance` m, that no obstacle separates from it.

    Raises PlanningError.
    """
    grid, levels = costmap.grid, costmap.levels
    own = grid.cell(start.x, start.y)
    if levels[own] <= PASSABLE:
        return own
    reach = math.ceil(tolerance / grid.resolution)
    low = max(own[0] - reach, 0), max(own[1] - reach, 0)
    near = levels[low[0] : own[0] + reach + 1, low[1] : own[1] + reach + 1]
    candidates = np.argwhere(near <= PASSABLE) + low
    gaps = np.hypot(*(grid.centers(candidates) - (start.x, start.y)).T)
    # only obstacles count as walls here; the robot may already be closer to one than it should be, or appear to be in one
    walls = np.where(near == LETHAL, near, 0).astype(np.uint8)
    walls[own[0] - low[0], own[1] - low[1]] = 0
    u, v = own[1] - low[1] + 0.5, own[0] - low[0] + 0.5
    for i in np.argsort(gaps, kind="stable"):
        row, col = candidates[i]
        if gaps[i] > tolerance:
            break
        if line_cost(u, v, col - low[1] + 0.5, row - low[0] + 0.5, walls, costmap.factors, np.inf) < np.inf:
            return int(row), int(col)
    raise PlanningError(
        PlanningError.START_OCCUPIED,
        f"the start {place(start)} is in or too near to an obstacle, and no free place is within {tolerance} m",
    )
