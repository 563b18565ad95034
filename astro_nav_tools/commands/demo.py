"""`astro-nav demo`: the whole stack drives a tour."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    scenario: Annotated[
        str | None, typer.Option(help="World by name (default: home), or the path of a floor plan.")
    ] = None,
    robot: Annotated[str, typer.Option(help="Robot by name (astro, jackal), or the path of a YAML file.")] = "astro",
    map_file: Annotated[
        Path | None, typer.Option("--map", help="A map_server YAML file of your own; needs --goal.")
    ] = None,
    goal: Annotated[
        list[str] | None, typer.Option(help="x,y,yaw in the map (m, m, rad); may be given several times.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="x,y,yaw of the start.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all simulated noise.")] = 0,
    params: Annotated[Path | None, typer.Option(help="ROS parameter file of the navigation nodes.")] = None,
    rviz: Annotated[
        bool | None, typer.Option("--rviz/--headless", help="Default: rviz if it and a display are there.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("out/demo"),
    timeout: Annotated[float, typer.Option(min=1.0, help="Longest time for the tour, s.")] = 600.0,
) -> int:
    """Start simulator and planners, drive the tour through the home, measure and draw it."""
    from astro_nav_tools.demo.request import Request
    from astro_nav_tools.demo.run import run_demo

    return run_demo(Request(scenario, robot, map_file, goal or [], start, seed, params), out, timeout, rviz)
