"""The global planner: the cheapest way through what is known of the world, as guidance for the local layer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from astro_nav_common.conventions import OCCUPIED
from astro_nav_common.errors import PlanningError
from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.masks import KeepoutMask
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.astar import GridSearch
from astro_nav_global.costmap import PASSABLE, Costmap
from astro_nav_global.endpoints import free_start, place, require_free, require_inside
from astro_nav_global.known_world import KnownWorld
from astro_nav_global.memory_store import MemoryStore
from astro_nav_global.navigability import Navigability
from astro_nav_global.params import GlobalParams
from astro_nav_global.passages import Passage
from astro_nav_global.path import GlobalPath, heading_points, subdivide
from astro_nav_global.smoothing import polyline_cost, shorten

_IDENTITY = Pose(0.0, 0.0, 0.0)
#: m, at most
_BLOCKED_RADIUS = 0.5
#: m ahead of a robot that is stuck within which a passage is taken for the reason
_BLOCKED_AHEAD = 1.5


class GlobalPlanner:
    """Plans in the map's frame; without a map, in the frame of the observations (odom) and through unexplored space too."""

    def __init__(self, params: GlobalParams, robot: RobotParams, store: MemoryStore | None = None) -> None:
        """Args: params: costs and limits. robot: its footprint is what must fit. store: keeps the navigability memory."""
        self._params = params
        self._footprint = Footprint.of(robot)
        self._world = KnownWorld(params, self._footprint.half_width, store)
        self._search: GridSearch | None = None

    def warm_up(self) -> None:
        """Compile and run every kernel once, so that the first goal is not late."""
        planner = GlobalPlanner(self._params, RobotParams())
        data = np.zeros((80, 80), np.int8)
        data[30:50, 40] = OCCUPIED
        planner.set_map(Grid(data, 0.05, 0.0, 0.0))
        planner.observe(Grid(data[:20, :20], 0.05, 1.0, 1.0), 0.0)
        planner.plan(Pose(0.5, 2.0, 0.0), Pose(3.5, 2.0, 0.0))
        planner.plan_to_each(Pose(0.5, 2.0, 0.0), (Pose(3.5, 2.0, 0.0), Pose(3.5, 1.0, 0.0)))

    def set_map(self, grid: Grid, passages: Sequence[Passage] = ()) -> None:
        """Plan on this occupancy grid from now on; what was observed over another one is forgotten. Raises MapError.

        Args:
            passages: those that have names (see `load_passages`); others are found in the map. Those off the map are ignored.
        """
        self._world.set_map(grid, passages)

    def retune(self, params: GlobalParams) -> None:
        """Plan with other parameters from now on; what was observed and is remembered stays."""
        self._params = params
        self._world.retune(params)

    def save(self) -> None:
        """Commit to the memory's file what is to be remembered; it is done every second anyway. See `memory_problem`."""
        self._world.save()

    @property
    def has_map(self) -> bool:
        """False while all that is known has been observed."""
        return self._world.has_map

    @property
    def memory(self) -> Navigability | None:
        """What is remembered of the map, to look at: `.states(now)`, `.layer(now)`, `.ignored`; None without a map."""
        return self._world.memory

    @property
    def memory_problem(self) -> str:
        """Why nothing new can be written to the memory's file at present; empty if it can."""
        return self._world.memory_problem

    def observe(self, local_map: Grid, now: float = 0.0, T_map_local: Pose = _IDENTITY) -> None:
        """Let what the local layer sees outweigh the map for a while; without a map, it becomes the map.

        Args:
            local_map: occupancy grid; unknown cells say nothing.
            now: when it was seen, s.
            T_map_local: the frame of local_map in the frame planned in.
        """
        self._world.observe(local_map, now, T_map_local)

    def block(self, x: float, y: float, now: float = 0.0) -> None:
        """Note that the robot could not pass here, whatever map and observations say; forgotten as an observation is.

        A disc as large as fits between the obstacles is taken for blocked, so that no way is left beside it in a narrow place.
        """
        costmap = self._world.costmap(np.array(((x, y),)), now)
        gaps = np.hypot(*(costmap.obstacles_near(x, y, _BLOCKED_RADIUS) - (x, y)).T)
        self._world.block(x, y, max(gaps.min(initial=_BLOCKED_RADIUS), self._footprint.half_width), now)

    def remember_blocked(self, ahead: np.ndarray, now: float = 0.0) -> str:
        """Note that the robot cannot get on along points ahead (N, 2+); returns the name of the passage that this is put down to.

        That is the first passage within `_BLOCKED_AHEAD` m; where there is none, nothing is noted.
        """
        if len(ahead) == 0:
            return ""
        arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(ahead[:, :2], axis=0).T))))
        names = (self._world.remember_blocked(float(x), float(y), now) for x, y in ahead[arc <= _BLOCKED_AHEAD, :2])
        return next((name for name in names if name), "")

    def set_keepout(self, mask: KeepoutMask | None) -> None:
        """Keep out of what a mask forbids, and rather out of what it discourages; None: no more. Without a map it has no effect."""
        self._world.set_keepout(mask)

    @property
    def keepout(self) -> KeepoutMask | None:
        """The mask that is kept out of."""
        return self._world.keepout

    def clear_observations(self, around: Pose | None = None, radius: float = 3.0, outside: bool = False) -> None:
        """Forget what was observed: everywhere, or in the square of half-width `radius` m around a pose, or outside of it."""
        self._world.clear_observations(around, radius, outside)

    def forget_before(self, t: float) -> bool:
        """Forget what was observed before that time, s; True if there was anything."""
        return self._world.forget_before(t)

    def plan(self, start: Pose, goal: Pose, now: float | None = None) -> GlobalPath:
        """The cheapest way from start to goal.

        Args:
            start, goal: poses in the frame planned in; the start's heading does not matter.
            now: the time, s, at which old observations are forgotten; None: that of the newest one.

        Raises:
            PlanningError: with Nav2's code and a sentence.
        """
        return self.plan_to_each(start, (goal,), now)[0]

    def plan_to_each(self, start: Pose, goals: Sequence[Pose], now: float | None = None) -> list[GlobalPath]:
        """The cheapest way from start to each of some goals, by one search. Raises PlanningError if one cannot be reached."""
        for goal in goals:
            self._require_finite(start, goal)
        return self._plan_on(self._world.costmap(np.array([pose[:2] for pose in (start, *goals)]), now), start, goals)

    def plan_through(self, start: Pose, goals: Sequence[Pose], now: float | None = None) -> GlobalPath:
        """The cheapest way from start through all goals in their order. Raises PlanningError naming the goal that is in the way."""
        if not goals:
            raise PlanningError(PlanningError.NO_VALID_PATH, "a path through poses needs at least one pose")
        points, cost = np.empty((0, 3)), 0.0
        for number, (here, goal) in enumerate(zip((start, *goals), goals), 1):
            try:
                leg = self.plan(here, goal, now)
            except PlanningError as error:
                raise PlanningError(error.code, f"pose {number} of {len(goals)}: {error}") from error
            points = np.vstack((points, leg.points[min(len(points), 1) :]))
            cost += leg.cost
        return GlobalPath(points, cost)

    def cost(self, points: np.ndarray, now: float | None = None) -> float:
        """What driving along points (N, 2+) x, y, ... would cost, in metres of open space; infinite if blocked.

        The first `start_tolerance` m may be nearer to obstacles than a path should be, as the start of a plan may.
        """
        costmap = self._world.costmap(points[:, :2], now)
        blocked = costmap.levels_at(points) > PASSABLE
        near = np.hypot(*(points[:, :2] - points[0, :2]).T) <= self._params.start_tolerance
        points = points[int(np.argmin(blocked & np.logical_and.accumulate(near))) :]
        return polyline_cost(_in_cells(costmap.grid, points), costmap.levels, costmap.factors) * costmap.grid.resolution

    def invalid_points(self, points: np.ndarray, now: float | None = None) -> np.ndarray:
        """Indices of those of points (N, 2+) x, y, ... that are blocked, off the map or not finite."""
        finite = np.isfinite(points).all(axis=1)
        invalid = ~finite
        costmap = self._world.costmap(points[finite, :2], now)
        invalid[finite] = costmap.levels_at(points[finite]) > PASSABLE
        return np.flatnonzero(invalid)

    def is_valid(self, points: np.ndarray, now: float | None = None) -> bool:
        """True if none of points (N, 2+) is blocked or off the map."""
        return self.invalid_points(points, now).size == 0

    def is_hopeless(self, start: Pose, goal: Pose) -> bool:
        """True if there is no way even if nothing observed were true, so waiting or looking again cannot help."""
        if not self._world.has_map:
            return False  # all that is in the way has been observed
        try:
            self._plan_on(self._world.mapped_costs(), start, (goal,))
        except PlanningError:
            return True
        return False

    def clearance(self, pose: Pose, now: float | None = None) -> tuple[float, float]:
        """From the footprint at `pose`, and from the circle in which the robot turns there, to the nearest obstacle's middle, m, at most 0.3."""
        radius, most = self._footprint.circumscribed_radius, 0.3
        obstacles = self._world.costmap(np.array((pose[:2],)), now).obstacles_near(pose.x, pose.y, radius + most)
        gaps = self._footprint.distances(transform_points(inverse(pose), obstacles))
        away = np.hypot(*(obstacles - pose[:2]).T) - radius
        return float(gaps.min(initial=most)), float(away.min(initial=most))

    def shut_at(self, points: np.ndarray, now: float | None = None) -> tuple[float, float] | None:
        """The middle of the first stretch of points (N, 2+) that is blocked, m; None if none is.

        A stretch at the beginning, within `start_tolerance` m, is where the robot stands.
        """
        blocked = self.invalid_points(points, now)
        near = np.hypot(*(points[:, :2] - points[:1, :2]).T) <= self._params.start_tolerance
        under = np.logical_and.accumulate(near & np.isin(np.arange(len(points)), blocked))
        blocked = blocked[~under[blocked]]
        if not len(blocked):
            return None
        stretch = blocked[: int(np.argmax(np.append(np.diff(blocked), 2) > 1)) + 1]
        x, y = points[stretch[len(stretch) // 2], :2]
        return float(x), float(y)

    def shut_on_map(self, start: Pose, goal: Pose, now: float | None = None) -> tuple[float, float] | None:
        """Where the way that the map alone has from start to goal is shut by what was observed; None without such a way."""
        if not self._world.has_map:
            return None
        try:
            path = self._plan_on(self._world.mapped_costs(), start, (goal,))[0]
        except PlanningError:
            return None
        return self.shut_at(path.points, now)

    def costmap(self, now: float | None = None) -> Costmap:
        """Occupancy (`.grid`) and costs (`.nav2_costs()`) planned on, to look at."""
        return self._world.costmap(np.empty((0, 2)), now)

    # The steps of a plan, in order.

    def _plan_on(self, costmap: Costmap, start: Pose, goals: Sequence[Pose]) -> list[GlobalPath]:
        for goal in goals:
            require_inside(costmap.grid, start, goal)
            require_free(costmap, goal, self._footprint)
        start_cell = free_start(costmap, start, self._params.start_tolerance)
        ways = self._find(costmap, start_cell, start, goals)
        return [self._path(costmap, cells, start, goal) for cells, goal in zip(ways, goals)]

    def _require_finite(self, start: Pose, goal: Pose) -> None:
        for name, pose, code in (
            ("start", start, PlanningError.START_OUTSIDE_MAP),
            ("goal", goal, PlanningError.GOAL_OUTSIDE_MAP),
        ):
            if not all(math.isfinite(value) for value in pose):
                raise PlanningError(code, f"the {name} {tuple(pose)} must be finite numbers x, y, yaw")
        if not self._world.has_map and max(abs(goal.x - start.x), abs(goal.y - start.y)) > self._params.growing_extent:
            raise PlanningError(
                PlanningError.GOAL_OUTSIDE_MAP,
                f"without a map a goal may be at most {self._params.growing_extent} m away, {place(goal)} is further from {place(start)}",
            )

    def _find(
        self, costmap: Costmap, start_cell: tuple[int, int], start: Pose, goals: Sequence[Pose]
    ) -> list[np.ndarray]:
        """Cells (N, 2) of the cheapest path to each goal."""
        if self._search is None or self._search.shape != costmap.levels.shape:
            self._search = GridSearch(costmap.grid.shape)
        goal_cells = [costmap.grid.cell(goal.x, goal.y) for goal in goals]
        ways = []
        for goal, found in zip(goals, self._search.run_to_all(costmap.levels, costmap.factors, start_cell, goal_cells)):
            if found is None:
                raise PlanningError(
                    PlanningError.NO_VALID_PATH,
                    f"there is no way from {place(start)} to {place(goal)} for a robot {2 * self._footprint.half_width:.2f} m wide",
                )
            ways.append(found.cells)
        return ways

    def _path(self, costmap: Costmap, cells: np.ndarray, start: Pose, goal: Pose) -> GlobalPath:
        """Guidance along cells (N, 2)."""
        grid = costmap.grid
        corners = self._straighten(costmap, cells, start, goal)
        cost = polyline_cost(_in_cells(grid, corners), costmap.levels, costmap.factors) * grid.resolution
        if tuple(cells[0]) != grid.cell(start.x, start.y):
            corners = np.vstack(((start.x, start.y), corners))
        return GlobalPath(heading_points(subdivide(corners, self._params.path_spacing), goal.yaw), cost)

    def _straighten(self, costmap: Costmap, cells: np.ndarray, start: Pose, goal: Pose) -> np.ndarray:
        """Corners (M, 2) x, y of the path along `cells`, from the start's place, if it is in the first cell, to the goal's."""
        points = costmap.grid.centers(cells)
        points = points if len(points) > 1 else np.repeat(points, 2, axis=0)
        if tuple(cells[0]) == costmap.grid.cell(start.x, start.y):
            points[0] = start.x, start.y
        points[-1] = goal.x, goal.y
        keep = shorten(_in_cells(costmap.grid, points), costmap.levels, costmap.factors, self._params.shortcut_margin)
        return points[keep]


def _in_cells(grid: Grid, points: np.ndarray) -> np.ndarray:
    """(N, 2) u = column, v = row, continuous, of points (N, 2+) x, y, ..."""
    cells: np.ndarray = (points[:, :2] - (grid.origin_x, grid.origin_y)) / grid.resolution
    return cells
