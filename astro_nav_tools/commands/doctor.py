"""`astro-nav doctor`: checks an environment and explains what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def doctor(
    map_file: Annotated[Path | None, typer.Option("--map", help="Check this map_server YAML file, too.")] = None,
) -> int:
    """Check Python, libraries, ROS, interfaces, DDS, caches and the machine; say how to mend what is broken."""
    from astro_nav_tools.doctor.run import run_doctor

    return run_doctor(map_file)
