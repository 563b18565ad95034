"""`bench tour`: a world's tour by the full stack in lockstep, over several seeds: time, smoothness, clearance."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.types import GuardReport
from astro_nav_reactive.watch import GuardCode
from astro_nav_sim.closed_loop import LoopParams
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import full_stack, warm_up
from astro_nav_sim.worlds import load_world
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance

#: Standard deviation of the localisation's wandering error, m.
LOCALISATION_NOISE = 0.02
#: What is averaged over the drives.
MEANS = (
    "time_s", "path_length_m", "mean_speed_mps", "rms_jerk_mps3", "rms_yaw_accel_radps2", "command_rms_jerk_mps3",
    "command_rms_yaw_accel_radps2", "interventions", "full_brakings", "full_brakings_for_movers",
)  # fmt: skip


class Trial(NamedTuple):
    """One drive."""

    world: str
    robot: str
    seed: int


def tour(
    world: Annotated[str, typer.Option(help="World, by name or file.")] = "home",
    robot: Annotated[str, typer.Option(help="Simulated robot.")] = "astro",
    seeds: Annotated[int, typer.Option(min=1, help="Drives with seeds 0, 1, ...")] = 4,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/tour.json"),
) -> int:
    """A tour in lockstep: time, jerk, yaw acceleration, clearance."""
    warm_up(load_sim_robot(robot))
    runs = in_processes(run, [Trial(world, robot, seed) for seed in range(seeds)], workers)
    summary: dict[str, Any] = {
        "world": world, "robot": robot, "trials": seeds,
        "success_rate": float(np.mean([one["outcome"] == "success" for one in runs])),
        "contacts": sum(one["collisions"] for one in runs), **{key: float(np.mean([one[key] for one in runs])) for key in MEANS},
        "min_clearance_m": min(one["min_clearance_m"] for one in runs),
    }  # fmt: skip
    lines = [f"seed {one['seed']}: {one['outcome']} {one['reason']} {one['time_s']:.1f} s" for one in runs]
    lines.append(
        f"success {summary['success_rate']:.2f}, {summary['time_s']:.1f} s, jerk {summary['rms_jerk_mps3']:.2f} m/s³, yaw "
        f"acceleration {summary['rms_yaw_accel_radps2']:.2f} rad/s², clearance {summary['min_clearance_m']:.3f} m; by the guard {summary['interventions']:.2f} "
        f"interventions a tour, {summary['full_brakings']:.2f} full brakings, {summary['full_brakings_for_movers']:.2f} of them for movers"
    )
    return finish(out, summary, provenance({"first": 0, "last": seeds - 1}), lines, runs=runs)


class Interventions:
    """Counts how often the guard slows the robot down, brakes fully, and does that while it sees somebody move."""

    #: s between those that are not one
    APART = 0.3

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self.counts = dict.fromkeys(("interventions", "full_brakings", "full_brakings_for_movers"), 0)

    def __call__(self, report: GuardReport) -> None:
        """Take a report of the guard into account."""
        braking, movers = report.extra.get("braking", 0.0) > 0.0, report.extra.get("movers", 0.0) > 0.0
        slowed = report.code in (GuardCode.SLOWING, GuardCode.STOPPED_OBSTACLE)
        for name, happens in zip(self.counts, (slowed, braking, braking and movers)):
            if happens:
                self.counts[name] += report.t - self._last.get(name, -math.inf) > self.APART
                self._last[name] = report.t


def run(trial: Trial) -> dict[str, Any]:
    """The row of the result file."""
    params, guard = LoopParams(localisation_noise=LOCALISATION_NOISE), Interventions()
    loop = full_stack(
        load_world(trial.world), load_sim_robot(trial.robot), params=params, seed=trial.seed, on_report=guard
    )
    summary = loop.run().summary()
    return {"seed": trial.seed, **guard.counts, **{key: value for key, value in summary.items() if key != "plan_ms"}}
