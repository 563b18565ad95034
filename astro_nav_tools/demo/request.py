"""What the demo is asked to do, checked before anything is started: a bad map or goal is one sentence, not a late failure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astro_nav_common.errors import InputError, PlanningError
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.map_io import load_map
from astro_nav_global.params import GlobalParams
from astro_nav_global.planner import GlobalPlanner
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.world import Goal, World
from astro_nav_sim.worlds import load_world
from astro_nav_tools.parameter_files import changed_parameters

DEFAULT_SCENARIO = "home"


@dataclass(frozen=True)
class Request:
    """The command line of the demo, as it was given."""

    scenario: str | None = None
    robot: str = "astro"
    map_file: Path | None = None
    goals: Sequence[str] = ()
    start: str | None = None
    seed: int = 0
    params_file: Path | None = None


@dataclass(frozen=True)
class Tour:
    """A checked request.

    world_name: as the simulator takes it, a name or a path. map: what the robot is given. changed: parameters that differ
    from the defaults.
    """

    scenario: str
    world_name: str
    world: World
    map: Grid
    robot_name: str
    robot: RobotParams
    start: Pose
    goals: tuple[Goal, ...]
    seed: int
    params_file: Path | None
    changed: dict[str, Any]


def make_tour(request: Request) -> Tour:
    """The tour that was asked for. Raises AstroNavError with one sentence for whatever is wrong with it."""
    changed = changed_parameters(request.params_file) if request.params_file else {}
    robot = load_sim_robot(request.robot).params
    if request.map_file is not None and request.scenario is not None:
        raise InputError("--map and --scenario exclude each other: a scenario brings its own map")
    if request.map_file is not None:
        grid = load_map(request.map_file)
        if not request.goals:
            raise InputError("--map needs at least one --goal=x,y,yaw")
        world_name, scenario = str(request.map_file.resolve()), request.map_file.stem
        world = load_world(world_name)
    else:
        world_name = scenario = request.scenario or DEFAULT_SCENARIO
        world = load_world(world_name)
        if world.map is None:
            raise InputError(f"scenario '{scenario}' has no map, which the demo needs")
        grid = world.map
    given = tuple(Goal(f"goal {i}", parse_pose(text, "--goal")) for i, text in enumerate(request.goals, 1))
    goals = given or world.goals
    if not goals:
        raise InputError(f"scenario '{scenario}' names no goals; give some with --goal=x,y,yaw")
    start = parse_pose(request.start, "--start") if request.start is not None else world.start
    check_reachable(grid, robot, start, goals)
    return Tour(
        scenario,
        world_name,
        world,
        grid,
        request.robot,
        robot,
        start,
        goals,
        request.seed,
        request.params_file,
        changed,
    )


def parse_pose(text: str, option: str) -> Pose:
    """A pose from "x,y,yaw" or "x,y" (m, m, rad). Raises InputError."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) not in (2, 3) or not all(math.isfinite(value) for value in values):
        raise InputError(f"{option}={text} must be x,y,yaw: finite numbers in m, m and rad")
    return Pose(*(*values, 0.0)[:3])


def check_reachable(grid: Grid, robot: RobotParams, start: Pose, goals: Sequence[Goal]) -> None:
    """Plan every leg of the tour on the map. Raises PlanningError naming the goal that cannot be reached."""
    planner = GlobalPlanner(GlobalParams(), robot)
    planner.set_map(grid)
    here = start
    for goal in goals:
        try:
            planner.plan(here, goal.pose)
        except PlanningError as error:
            where = f"{goal.name} ({goal.pose.x:g}, {goal.pose.y:g})"
            raise PlanningError(
                error.code, f"{where} cannot be driven to from ({here.x:g}, {here.y:g}): {error}"
            ) from None
        here = goal.pose
