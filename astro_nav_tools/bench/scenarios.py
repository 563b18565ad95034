"""`bench scenarios`: drives in which something happens on the way (see astro_nav_sim/scenarios.py), over several seeds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from astro_nav_common.errors import InputError
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.scenarios import SCENARIOS
from astro_nav_sim.stack import warm_up
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance


class Case(NamedTuple):
    """One scenario with one seed."""

    scenario: str
    seed: int


def scenarios(
    names: Annotated[str, typer.Option(help="Scenarios, separated by commas; default: all.")] = "",
    seeds: Annotated[int, typer.Option(min=1, help="Seeds 0, 1, ... of each.")] = 10,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/scenarios.json"),
) -> int:
    """Closed doors, blocked ways, jumps of the pose, goals replaced: what must come of them, replans and changes of side."""
    chosen = names.split(",") if names else list(SCENARIOS)
    for name in chosen:
        if name not in SCENARIOS:
            raise InputError(f"unknown scenario '{name}'; there are: {', '.join(SCENARIOS)}")
    warm_up(load_sim_robot("astro"))
    rows = in_processes(run, [Case(name, seed) for name in chosen for seed in range(seeds)], workers)
    parts = {name: _counts([row for row in rows if row["scenario"] == name]) for name in chosen}
    lines = [f"{row['scenario']} seed {row['seed']}: {row['wrong']}" for row in rows if not row["passed"]]
    lines += [
        f"{name}: {part['passed']} of {part['runs']} passed, {part['contacts']} contacts, {part['paths_mean']:.1f} paths "
        f"and at most {part['flips_max']} changes of side a drive, {part['recoveries']} recoveries"
        for name, part in parts.items()
    ]
    passed = all(row["passed"] for row in rows)
    return finish(out, {**_counts(rows), "scenarios": parts}, provenance({"last": seeds - 1}), lines, passed, runs=rows)


def run(case: Case) -> dict[str, Any]:
    """The row of the result file."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = SCENARIOS[case.scenario](case.seed, Path(folder))
    return {**case._asdict(), **outcome.summary()}


def _counts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "runs": len(rows),
        "passed": sum(row["passed"] for row in rows),
        "contacts": sum(row["contacts"] for row in rows),
        "paths_mean": sum(row["paths"] for row in rows) / sum(len(row["ways"]) for row in rows),
        "flips_max": max(row["flips_max"] for row in rows),
        "recoveries": sum(row["recoveries"] for row in rows),
    }
