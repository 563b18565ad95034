"""`astro-nav launch FILE [name:=value]...`: run a launch file without ros2 launch."""

from __future__ import annotations

from typing import Annotated

import typer


def launch(
    file: Annotated[str, typer.Argument(help="A *.launch.yaml, by path or by its name in launch/.")],
    arguments: Annotated[list[str] | None, typer.Argument(help="Launch arguments, name:=value.")] = None,
    show_args: Annotated[
        bool, typer.Option("--show-args", "-s", help="List the file's arguments, and do nothing.")
    ] = False,
) -> int:
    """Run a launch file: the nodes it names, until one that the others need ends, or Ctrl-C."""
    from astro_nav_tools.launch_runner.cli import run_file

    return run_file(file, arguments or [], show_args)
