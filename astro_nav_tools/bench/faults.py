"""`bench faults`: what goes wrong while the robot drives at full speed, in real processes over DDS, one fault after the other."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from astro_nav_common.errors import AstroNavError, InputError
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.worlds import load_world
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.domain import private_environment
from astro_nav_tools.faults.catalogue import FAULTS, Fault
from astro_nav_tools.faults.table import replace_table, table
from astro_nav_tools.results import provenance

WORLD, ROBOT = "hall", "astro"


def faults(
    names: Annotated[str, typer.Option(help="Faults, separated by commas; default: all.")] = "",
    into: Annotated[Path | None, typer.Option(help="Page whose fault table is to be replaced.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulated noise.")] = 0,
    out: Annotated[Path, OUT] = Path("out/bench/faults.json"),
) -> int:
    """Nodes killed and hung, sensors, clock, transforms and plans spoiled, floods: how the robot stops, and comes back."""
    chosen = chosen_faults(names.split(",") if names else [])
    rows: list[dict[str, Any]] = []
    try:
        run(chosen, out.parent / "faults_log", seed, rows)
    finally:
        page = table(rows)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.with_suffix(".md").write_text(page)
    if into is not None:
        into.write_text(replace_table(into.read_text(), page))
    passed = sum(row["passed"] for row in rows)
    summary = {
        "faults": len(rows),
        "passed": passed,
        "contacts": sum(row.get("contacts", 0) for row in rows),
        "load": os.getloadavg()[1],
    }
    lines = [f"{passed} of {len(rows)} as they must be, {summary['contacts']} contacts"]
    return finish(out, summary, provenance({"simulation": seed}), lines, passed == len(rows), faults=rows)


def chosen_faults(names: Sequence[str]) -> list[Fault]:
    """The faults of these names, all without any. Raises InputError for a name that there is not."""
    known = {fault.name: fault for fault in FAULTS}
    for name in names:
        if name not in known:
            raise InputError(f"unknown fault '{name}'; there are: {', '.join(known)}")
    return [known[name] for name in names] or list(FAULTS)


def run(chosen: Sequence[Fault], folder: Path, seed: int, rows: list[dict[str, Any]]) -> None:
    """One stack, and the faults in turn; each adds its row."""
    os.environ.update(private_environment())
    try:
        from astro_nav_tools.live.stack_node import LiveStack
    except ImportError as error:
        raise AstroNavError(f"ROS 2 cannot be used ({str(error).splitlines()[0]}); try `astro-nav doctor`") from None
    from astro_nav_tools.faults.trial import run_fault
    from astro_nav_tools.live.patrol import Patrol

    folder.mkdir(parents=True, exist_ok=True)
    world, robot = load_world(WORLD), load_sim_robot(ROBOT).params
    with LiveStack(world, folder, WORLD, seed) as stack:
        stack.until_ready()
        patrol = Patrol(stack.client, (world.goals[0].pose, world.goals[1].pose))
        for fault in chosen:
            rows.append(run_fault(stack, patrol, robot, fault))
            print(f"{fault.name}: {rows[-1]['wrong'] or 'as it must be'}", flush=True)
