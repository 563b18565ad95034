"""The whole stack in lockstep: simulator, local planner, guard and global planner, put together as on the robot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from astro_nav_common.latency import ActuationEstimator
from astro_nav_common.types import GuardReport, Pose
from astro_nav_global.navigation import Action
from astro_nav_global.params import GlobalParams, NavigatorParams
from astro_nav_global.planner import GlobalPlanner
from astro_nav_local.local_plan import LocalPlan
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams
from astro_nav_sim.closed_loop import BARN_RULES, ClosedLoop, LoopParams
from astro_nav_sim.guides import NavigatorGuide
from astro_nav_sim.localisation import Jump
from astro_nav_sim.robot import SimRobot
from astro_nav_sim.world import World


def full_stack(
    world: World,
    robot: SimRobot,
    *,
    params: LoopParams | None = None,
    local: LocalParams | None = None,
    local_planner: LocalPlanner | None = None,
    guard: GuardParams | None = None,
    global_: GlobalParams | None = None,
    navigator: NavigatorParams | None = None,
    planner: GlobalPlanner | None = None,
    actuation: ActuationEstimator | None = None,
    epoch: float = 0.0,
    seed: int = 0,
    start: Pose | None = None,
    jumps: Sequence[Jump] = (),
    clock: Callable[[], float] | None = None,
    on_plan: Callable[[float, LocalPlan], None] | None = None,
    on_action: Callable[[float, Action], None] | None = None,
    on_report: Callable[[GuardReport], None] | None = None,
) -> ClosedLoop:
    """A loop of the full stack. A world with a map is driven on it and localised in it; one without, by odometry, BARN's way.

    Args:
        params: of the loop; for a world with a map `localised` is set, whatever it says.
        local_planner: another one than `local` and `seed` make, for experiments.
        actuation: another estimator of the base's dead time than the usual, for experiments.
        planner: another one than `global_` makes, its map set already. epoch: its time at the loop's time 0, s.
        start: pose in the world; the world's own by default.
        jumps: of the localisation.
        clock: wall clock, only to measure planning times. on_plan: called with (time, plan) after each local cycle.
        on_action: called with (time, action) whenever the navigator has been asked. on_report: called with each report of the guard.
    """
    params = params or (LoopParams() if world.map is not None else BARN_RULES)
    if planner is None:
        planner = GlobalPlanner(global_ or GlobalParams(), robot.params)
        if world.map is not None:
            planner.set_map(world.map)
    local_planner = local_planner or LocalPlanner(local or LocalParams(), robot.params, seed)
    return ClosedLoop(
        world,
        robot,
        local_planner,
        guard=Guard(guard or GuardParams(), robot.params),
        guide=NavigatorGuide(
            navigator or NavigatorParams(), planner, local_planner, world.map is not None, epoch, on_action
        ),
        actuation=actuation,
        params=replace(params, localised=world.map is not None),
        seed=seed,
        start=start,
        jumps=jumps,
        clock=clock,
        on_plan=on_plan,
        on_report=on_report,
    )


def warm_up(robot: SimRobot) -> None:
    """Compile everything once, so that no measured cycle is late."""
    LocalPlanner(LocalParams(), robot.params).warm_up()
    Guard(GuardParams(), robot.params).warm_up()
    GlobalPlanner(GlobalParams(), robot.params).warm_up()
    ActuationEstimator(robot.params.actuation_delay, robot.params.actuation_time_constant).warm_up()
