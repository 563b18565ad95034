"""The benchmarks by name, as subcommands of `astro-nav bench`; without a name, all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from astro_nav_tools.bench.astar import astar
from astro_nav_tools.bench.barn import barn
from astro_nav_tools.bench.calibration import calibration
from astro_nav_tools.bench.candidates import candidates
from astro_nav_tools.bench.cycle import cycle
from astro_nav_tools.bench.disturbances import disturbances
from astro_nav_tools.bench.faults import faults
from astro_nav_tools.bench.gap_speed import gap_speed
from astro_nav_tools.bench.guard import guard
from astro_nav_tools.bench.guard_latency import guard_latency
from astro_nav_tools.bench.latency import latency
from astro_nav_tools.bench.objective import objective
from astro_nav_tools.bench.random_goals import random_goals
from astro_nav_tools.bench.report import write_report
from astro_nav_tools.bench.scenarios import scenarios
from astro_nav_tools.bench.search import search
from astro_nav_tools.bench.space import space
from astro_nav_tools.bench.tour import tour
from astro_nav_tools.bench.tracking import tracking

BENCHMARKS = (
    cycle,
    barn,
    astar,
    space,
    calibration,
    search,
    objective,
    gap_speed,
    candidates,
    latency,
    disturbances,
    guard,
    guard_latency,
    tracking,
    faults,
    tour,
    scenarios,
    random_goals,
)


def make_app() -> typer.Typer:
    """The command with all its subcommands."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.callback(invoke_without_command=True)(_suite)
    for benchmark in BENCHMARKS:
        app.command(benchmark.__name__)(benchmark)
    return app


def _suite(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="Folder for the results of the suite.")] = Path("out/bench"),
) -> int:
    """Measure one thing, and write the result as JSON; without a name, run the whole suite and write a report page."""
    if context.invoked_subcommand is not None:
        return 0
    worst = 0
    for benchmark in BENCHMARKS:
        print(f"-- {benchmark.__name__}", flush=True)
        worst = max(worst, benchmark(out=folder / f"{benchmark.__name__}.json"))
    print(f"Report: {write_report(folder)}")
    return worst
