"""`astro-nav soak`: drive for long, with things going wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from astro_nav_common.errors import InputError


def soak(
    minutes: Annotated[float, typer.Option(min=0.1, help="Length, minutes of wall clock.")] = 20.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of goals, doors, obstacles, faults and noise.")] = 0,
    faults: Annotated[bool, typer.Option(help="Kill nodes and spoil inputs on the way.")] = True,
    cores: Annotated[str, typer.Option(help="Cores to stay on, such as 2,3; default: any.")] = "",
    out: Annotated[Path, typer.Option(help="File for the result.")] = Path("out/soak/soak.json"),
) -> int:
    """Random goals in a home with doors and obstacles that come and go, real processes; deadlines, latencies, memory, contacts."""
    from astro_nav_tools.soak.run import soak as run

    words = [word.strip() for word in cores.split(",") if word.strip()]
    if not all(word.isdigit() for word in words):
        raise InputError(f"--cores '{cores}' must be numbers separated by commas")
    return run(minutes, seed, faults, [int(word) for word in words], out)
