"""The benchmarks by name, as subcommands of `astro-nav bench`."""

from __future__ import annotations

import typer

from astro_nav_tools.bench.astar import astar
from astro_nav_tools.bench.barn import barn
from astro_nav_tools.bench.cycle import cycle


def make_app() -> typer.Typer:
    """The command with all its subcommands; each imports what it measures."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_group)
    for benchmark in (cycle, barn, astar):
        app.command(benchmark.__name__)(benchmark)
    return app


def _group() -> None:
    """Measure one thing, and write the result as JSON."""
