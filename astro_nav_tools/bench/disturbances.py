"""`bench disturbances`: the robot moved by hand, jumps of the localisation, drift of the odometry; and the time that ghosts cost.

A ghost is an occupied cell of the local map with nothing within 0.15 m of it; it holds the robot up while it lies within 1 m of its
centre and the robot stands (slower than 0.1 m/s and 0.2 rad/s) with a goal to go to. See `astro_nav_sim/ghosts.py`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_sim.disturbances import DISTURBANCES, drive
from astro_nav_sim.result import SUCCESS
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import warm_up
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance

#: degrees; 0: the robot's own lidar, which sees all around
VIEWS = (0, 120)
#: s for which a ghost may hold the robot up
ALLOWED = 1.0


class Case(NamedTuple):
    """One drive; fov in degrees."""

    disturbance: str
    fov: int
    seed: int


def disturbances(
    seeds: Annotated[int, typer.Option(min=1, help="Seeds 0, 1, ... of each.")] = 5,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/disturbances.json"),
) -> int:
    """Moved by hand, jumps of the pose, drift: ghosts in the local map, and how long they hold the robot up."""
    warm_up(load_sim_robot("astro"))
    cases = [Case(name, fov, seed) for fov in VIEWS for name in DISTURBANCES for seed in range(seeds)]
    runs = in_processes(run, cases, workers)
    rows = [
        row([r for r in runs if (r["disturbance"], r["fov"]) == (name, fov)]) for fov in VIEWS for name in DISTURBANCES
    ]
    lines = [
        f"{r['disturbance']}, {r['fov'] or 360} degrees, seed {r['seed']}: {r['reason']}" for r in runs if r["reason"]
    ]
    lines += [line(r) for r in rows]
    held = max(r["stood_s_max"] for r in rows)
    passed = held <= ALLOWED and sum(r["contacts"] for r in rows) == 0
    return finish(out, {"rows": rows, "stood_s_max": held}, provenance({"last": seeds - 1}), lines, passed, runs=runs)


def run(case: Case) -> dict[str, Any]:
    """The row of the result file."""
    return {**case._asdict(), **dataclasses.asdict(drive(case.disturbance, case.seed, math.radians(case.fov)))}


def row(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All drives of one kind together."""
    good = [r for r in runs if r["outcome"] == SUCCESS]
    return {
        "disturbance": runs[0]["disturbance"],
        "fov": runs[0]["fov"],
        "trials": len(runs),
        "success_rate": len(good) / len(runs),
        "contacts": sum(r["contacts"] for r in runs),
        "disturbed": sum(r["disturbed"] for r in runs),
        "time_s": float(np.mean([r["time_s"] for r in good])) if good else None,
        "ghosts_s": float(np.mean([r["ghosts_s"] for r in runs])),
        "stood_s_max": max(r["stood_s"] for r in runs),
    }


def line(values: dict[str, Any]) -> str:
    """A row for people."""
    took = "no success" if values["time_s"] is None else f"{values['time_s']:.1f} s"
    return (
        f"{values['disturbance']}, {values['fov'] or 360} degrees: success {values['success_rate']:.2f}, {took}, "
        f"contacts {values['contacts']}, disturbed {values['disturbed']} times; ghosts in reach for {values['ghosts_s']:.1f} s a drive, "
        f"stood before them {values['stood_s_max']:.1f} s at most"
    )
