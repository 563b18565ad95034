"""`bench barn`: the full stack in lockstep on worlds of the BARN challenge, without a map, scored by the challenge's rules.

A trial succeeds within 1 m of the goal, and fails at the first contact or after 100 s. Its score is OT / clip(T, 2 OT, 8 OT)
for a success, else 0; OT = reference length / 2 m/s, T = seconds from the first 0.1 m driven.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.errors import InputError
from astro_nav_sim.metrics import barn_score
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.stack import full_stack, warm_up
from astro_nav_sim.worlds.barn import read_records, world_from_record
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.installation import data_folder
from astro_nav_tools.results import percentiles, provenance


class Trial(NamedTuple):
    """What to run: a record of the file, the trial's number, the robot, added latency s, and field of view rad (0: the robot's own)."""

    record: dict[str, Any]
    trial: int
    robot: str
    latency: float = 0.0
    fov: float = 0.0


def barn(
    worlds: Annotated[Path | None, typer.Option(help="JSON-lines file of BARN worlds.")] = None,
    ids: Annotated[
        str, typer.Option(help="Worlds to run, as 0,12,24 or first-last or first-last:step; default: all.")
    ] = "",
    trials: Annotated[int, typer.Option(min=1, help="Trials a world, with seeds 0, 1, ...")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes. Planning times are only worth something with 1.")] = 1,
    robot: Annotated[str, typer.Option(help="Simulated robot.")] = "jackal",
    latency: Annotated[
        float, typer.Option(min=0.0, max=1000.0, help="Added latency, ms: half in sensing, half in actuation.")
    ] = 0.0,
    fov: Annotated[
        float, typer.Option(min=0.0, max=360.0, help="Field of view of the lidar, degrees; 0: the robot's own.")
    ] = 0.0,
    out: Annotated[Path, OUT] = Path("out/bench/barn.json"),
) -> int:
    """BARN: the full stack without a map in cluttered corridors."""
    file = worlds or data_folder() / "barn" / "worlds_dev.jsonl"
    records = read_records(file)
    chosen = select(ids, records)
    warm_up(load_sim_robot(robot))
    began = time.perf_counter()
    extra = 1e-3 * latency, math.radians(fov)
    runs = run_all(
        [Trial(records[world], trial, robot, *extra) for world in chosen for trial in range(trials)], workers
    )
    summary = summarize(runs, len(chosen), trials) | {"added_latency_ms": latency, "fov_deg": fov or "robot's own"}
    summary["wall_time_s"] = time.perf_counter() - began
    rows = [{key: value for key, value in run.items() if key != "plan_ms"} for run in runs]
    lines = [
        f"{run['id']:>4} trial {run['trial']}: {run['outcome']} {run['reason']}"
        for run in runs
        if run["outcome"] != "success"
    ]
    lines.append(
        f"{len(runs)} runs: success {summary['success_rate']:.3f}, score {summary['mean_score']:.4f}, "
        f"{summary['mean_time_s']:.2f} s a success, plan {summary['plan_ms']['p50']:.1f} ms (median)"
    )
    return finish(out, summary, provenance({"first": 0, "last": trials - 1}), lines, runs=rows)


def run_all(trials: Sequence[Trial], workers: int) -> list[dict[str, Any]]:
    """Run trials, in this process or in several, and return their rows in the given order."""
    if workers == 1:
        return [run_trial(trial) for trial in trials]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(run_trial, trials))


def run_trial(trial: Trial) -> dict[str, Any]:
    """One run: its row of the result file, and its planning times."""
    world = world_from_record(trial.record, np.random.default_rng(trial.trial))
    robot = robot_for(trial.robot, trial.latency, trial.fov)
    result = full_stack(world, robot, seed=trial.trial, clock=time.perf_counter).run()
    length = float(trial.record["optimal_length_m"])
    return {
        "id": int(trial.record["id"]),
        "trial": trial.trial,
        "outcome": result.outcome,
        "reason": result.reason,
        "time_s": result.time,
        "score": barn_score(result.success, result.time, length),
        "min_clearance_m": result.min_clearance,
        "mean_speed_mps": result.mean_speed,
        "plan_ms": result.plan_ms,
    }


@functools.cache
def robot_for(name: str, latency: float, fov: float) -> SimRobot:
    """A robot with added latency, s, half in sensing and half in actuation, and lidars of another field of view, rad; 0: its own."""
    robot = load_sim_robot(name).delayed(0.5 * latency, 0.5 * latency)
    return robot.seeing(fov) if fov else robot


def summarize(runs: Sequence[dict[str, Any]], worlds: int, trials: int) -> dict[str, Any]:
    """Rates, mean score over all runs (every world has as many trials), time of the successes, planning times."""
    outcomes = [run["outcome"] for run in runs]
    times = [run["time_s"] for run in runs if run["outcome"] == "success"]
    return {
        "worlds": worlds,
        "trials": trials,
        "success_rate": outcomes.count("success") / len(runs),
        "collision_rate": outcomes.count("collision") / len(runs),
        "timeout_rate": outcomes.count("timeout") / len(runs),
        "mean_score": float(np.mean([run["score"] for run in runs])),
        "mean_time_s": float(np.mean(times)) if times else float("nan"),
        "plan_ms": percentiles(np.concatenate([run["plan_ms"] for run in runs]), 50, 99),
    }


def select(text: str, known: dict[int, dict[str, Any]]) -> list[int]:
    """The ids that `text` names, in order. A range takes those of its numbers that exist; a single id must exist."""
    if not text:
        return sorted(known)
    chosen: list[int] = []
    for part in text.split(","):
        span, _, step = part.partition(":")
        first, dash, last = span.partition("-")
        numbers = [first, *([last] if dash else []), *([step] if step else [])]
        if not all(number.isdigit() for number in numbers) or (step and int(step) == 0):
            raise InputError(f"--ids={text}: '{part}' must be an id, first-last, or first-last:step")
        wanted = range(int(first), int(last if dash else first) + 1, int(step or 1))
        found = [number for number in wanted if number in known]
        if not found:
            raise InputError(f"--ids={text}: there is no world {part}; ids run from {min(known)} to {max(known)}")
        chosen += found
    return chosen
