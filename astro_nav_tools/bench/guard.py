"""`bench guard`: what comes into the way of a robot whose planner sees nothing, and whether the guard stops in time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from astro_nav_common.latency import ActuationEstimator
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams
from astro_nav_tools.bench.guard_drive import Policy, Run, drive
from astro_nav_tools.bench.guard_picture import draw
from astro_nav_tools.bench.guard_trials import MOTIONS, ROBOTS, THREATS, draw_trial, noisy_robot
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance

#: m: where full braking itself passes closer than this, noise decides about the contact, and it says nothing about the guard
BRUSH = 0.01
#: m/s of the rim: a robot that is touched below that stood, and somebody walked into it
AT_REST = 0.02


def guard(
    trials: Annotated[int, typer.Option(min=1, help="Trials, of as many seeds.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="The first seed; the others follow.")] = 0,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/guard.json"),
) -> int:
    """Surprise obstacles: contacts where braking could have avoided them."""
    warm_up()
    rows = in_processes(run, range(seed, seed + trials), workers)
    summary = summarize(rows)
    kinds = [
        summarize(part, threat=threat, motion=motion)
        for threat in THREATS
        for motion in MOTIONS
        if (part := [row for row in rows if (row["threat"], row["motion"]) == (threat, motion)])
    ]
    lines = [*(line(kind) for kind in kinds), line({"threat": "all", "motion": "", **summary})]
    lines += [f"avoidable: seed {row['seed']}" for row in rows if row["avoidable"]]
    passed = summary["avoidable_contacts"] == 0 and (summary["speed_loss"] or 0.0) <= 0.03
    for row in rows:
        del row["core_ms"]
    draw(out.with_suffix(".png"))
    return finish(
        out,
        {**summary, "kinds": kinds},
        provenance({"first": seed, "last": seed + trials - 1}),
        lines,
        passed,
        runs=rows,
    )


def warm_up() -> None:
    """Compile what is timed."""
    for name in set(ROBOTS):
        params = noisy_robot(name).params
        Guard(GuardParams(), params).warm_up()
        ActuationEstimator(params.actuation_delay, params.actuation_time_constant).warm_up()


def run(seed: int) -> dict[str, Any]:
    """One trial, with the guard and again with what it is judged against."""
    trial = draw_trial(seed)
    threatened = trial.threat != "none"
    guarded = drive(trial, Policy.GUARD)
    braked, free = (drive(trial, Policy.BRAKE), Run()) if threatened else (Run(), drive(trial, Policy.NONE))
    return {
        "seed": seed, "robot": trial.robot.params.name, "motion": trial.motion, "threat": trial.threat, "speed": trial.speed,
        "contact": guarded.contact, "contact_speed": guarded.speed,
        "braking_contact": braked.contact, "seen": braked.seen,
        "clearance": guarded.clearance, "braking_clearance": braked.clearance if threatened else None,
        "avoidable": guarded.contact is not None and braked.contact is None and braked.clearance >= BRUSH,
        "brushed": guarded.contact is not None and braked.contact is None and braked.clearance < BRUSH,
        "speed_loss": None if threatened else 1.0 - guarded.gone / free.gone,
        "core_ms": guarded.core_ms,
    }  # fmt: skip


def summarize(rows: list[dict[str, Any]], **kind: str) -> dict[str, Any]:
    """Counts over trials; the loss is that of the mean speed over all trials without a threat."""
    core = np.concatenate([row["core_ms"] for row in rows])
    losses = [row["speed_loss"] for row in rows if row["speed_loss"] is not None]
    contacts = [row for row in rows if row["contact"] is not None]
    return {
        **kind,
        "trials": len(rows),
        "avoidable_contacts": sum(row["avoidable"] for row in rows),
        "avoidable_contacts_at_rest": sum(row["avoidable"] and row["contact_speed"] < AT_REST for row in rows),
        "brushing_contacts": sum(row["brushed"] for row in rows),
        "unavoidable_contacts": sum(row["braking_contact"] is not None for row in contacts),
        "braking_contacts": sum(row["braking_contact"] is not None for row in rows),
        "contact_speed": float(np.mean([row["contact_speed"] for row in contacts])) if contacts else None,
        "speed_loss": float(np.mean(losses)) if losses else None,
        "core_ms": {"p50": float(np.median(core)), "p99": float(np.percentile(core, 99))},
    }


def line(values: dict[str, Any]) -> str:
    """A row for people."""
    loss = "" if values["speed_loss"] is None else f", speed loss {100.0 * values['speed_loss']:.2f} %"
    return (
        f"{values['threat']:>9} {values['motion']:<12} {values['trials']:>5} trials: {values['avoidable_contacts']} avoidable "
        f"({values['avoidable_contacts_at_rest']} at rest), {values['brushing_contacts']} brushing and "
        f"{values['unavoidable_contacts']} unavoidable contacts, {values['braking_contacts']} with "
        f"full braking{loss}; core {values['core_ms']['p50']:.2f}, {values['core_ms']['p99']:.2f} ms"
    )
