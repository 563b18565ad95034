"""`astro-nav bench NAME`: the benchmarks, imported only when one is asked for."""

from __future__ import annotations

import typer


def bench(context: typer.Context) -> int:
    """Measure one thing, and write the result as JSON: `astro-nav bench --help` lists what."""
    from astro_nav_tools.bench.registry import make_app

    return int(make_app()(context.args, standalone_mode=False, prog_name="astro-nav bench") or 0)
