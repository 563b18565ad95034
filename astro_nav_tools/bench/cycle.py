"""`bench cycle`: how long a full local planning cycle takes, against candidates, horizon, people and map size.

The robot drives through the home in lockstep, so maps, scans and plans are those of a real drive. People stand in for a tracker's
output: so many of them, within the local map around the robot, walking past at 1 m/s.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from astro_nav_common.types import Obstacle
from astro_nav_local.local_plan import LocalPlan
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner
from astro_nav_sim.closed_loop import LoopParams
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.stack import full_stack
from astro_nav_sim.world import World
from astro_nav_sim.worlds import load_world
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.results import percentiles, provenance

#: s of a case that are not counted: caches fill, the map grows
_BEFORE = 2.0


@dataclass(frozen=True)
class Case:
    """Share of the default number of candidates, horizon s, people, side of the map m."""

    share: float = 1.0
    horizon: float = 3.0
    people: int = 20
    map_size: float = 6.0


#: the first is the case of the budget
CASES = (
    Case(),
    Case(people=0),
    Case(people=10),
    Case(share=0.5),
    Case(share=2.0),
    Case(horizon=2.0),
    Case(horizon=4.0),
    Case(map_size=4.0),
    Case(map_size=10.0),
)


def cycle(
    cycles: Annotated[int, typer.Option(min=20, help="Measured cycles of each case.")] = 400,
    robot: Annotated[str, typer.Option(help="Simulated robot.")] = "astro",
    world: Annotated[str, typer.Option(help="World to drive in.")] = "home",
    cpu: Annotated[
        bool, typer.Option(help="Count the thread's time only: what it takes on a machine that does nothing else.")
    ] = False,
    out: Annotated[Path, OUT] = Path("out/bench/cycle.json"),
) -> int:
    """Time of a full local planning cycle."""
    place, machine = load_world(world), load_sim_robot(robot)
    clock = time.thread_time if cpu else time.perf_counter
    rows = [measure(case, place, machine, cycles, clock) for case in CASES]
    lines = [
        f"{row['candidates']:>5} candidates x {row['steps']} steps, {row['people']:>2} people, {row['map_m']:>2g} m: "
        f"{row['total_ms']['p50']:.2f} ms median, {row['total_ms']['p99']:.2f} ms at 99 % ("
        + ", ".join(f"{stage} {time_ms['p50']:.2f}" for stage, time_ms in row["stages_ms"].items())
        + ")"
        for row in rows
    ]
    return finish(out, rows[0], provenance({"all": 0}), lines, rows=rows)


def measure(
    case: Case, world: World, robot: SimRobot, cycles: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Times of one case, ms, in total and by stage."""
    params = scaled(case)
    planner = LocalPlanner(params, robot.params, clock=clock)
    planner.warm_up()
    loop_params = LoopParams(timeout=_BEFORE + cycles / params.rate_hz, stop_on_contact=False)
    plans: list[tuple[int, dict[str, float]]] = []

    def on_plan(now: float, plan: LocalPlan) -> None:
        if now > _BEFORE and plan.candidates.best >= 0:
            plans.append((len(plan.candidates.cost), plan.stages_ms))
        planner.set_obstacles(passers_by(case.people, now, *_position(planner)))

    seed = 0
    while len(plans) < cycles:  # a tour after the other, until there is enough
        loop = full_stack(world, robot, local_planner=planner, params=loop_params, seed=seed, on_plan=on_plan)
        loop.run()
        seed += 1
    counts, stages = zip(*plans[:cycles], strict=True)
    totals = [sum(laps.values()) for laps in stages]
    return {
        "candidates": int(np.median(counts)),
        "steps": params.steps,
        "people": case.people,
        "map_m": case.map_size,
        "clock": "cpu" if clock is time.thread_time else "wall",
        "cycles": cycles,
        "total_ms": percentiles(totals, 50, 99),
        "stages_ms": {name: percentiles([laps[name] for laps in stages], 50, 99) for name in stages[0]},
    }


def scaled(case: Case) -> LocalParams:
    """The default parameters with as many candidates and steps as the case wants."""
    params = LocalParams()
    counts = {
        name: round(case.share * getattr(params, name)) for name in ("samples_global", "samples_warm", "samples_refine")
    }
    return replace(params, horizon=case.horizon, map_size=case.map_size, **counts)


def passers_by(count: int, now: float, x: float, y: float) -> list[Obstacle]:
    """People on a ring of 1.2 to 2.8 m around (x, y), which walk along it."""
    people = []
    for i in range(count):
        radius = 1.2 + 1.6 * (i / max(count - 1, 1))
        angle = 2.4 * i + now / radius
        state = np.array(
            (x + radius * math.cos(angle), y + radius * math.sin(angle), -math.sin(angle), math.cos(angle))
        )
        people.append(Obstacle(i, now, state, np.diag((0.02, 0.02, 0.04, 0.04)), 0.25))
    return people


def _position(planner: LocalPlanner) -> tuple[float, float]:
    newest = planner.odometry.newest
    return (newest.x, newest.y) if newest is not None else (0.0, 0.0)
