"""What `astro-nav launch` does."""

from __future__ import annotations

from collections.abc import Sequence

from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.loader import find_launch_file, load
from astro_nav_tools.launch_runner.runner import run_programs


def run_file(name: str, arguments: Sequence[str], show_arguments: bool = False) -> int:
    """Run a launch file, by path or name, with `name:=value` arguments; returns the exit status."""
    launch = load(find_launch_file(name), parse_arguments(arguments))
    if show_arguments:
        for argument in launch.arguments.values():
            choices = f" (one of: {', '.join(argument.choices)})" if argument.choices else ""
            print(f"{argument.name}:={argument.value}\n    {argument.description}{choices}")
        return 0
    if not launch.programs:
        raise LaunchError(f"launch file '{name}' has nothing to run with these arguments")
    return run_programs(launch.programs)


def parse_arguments(words: Sequence[str]) -> dict[str, str]:
    """`name:=value` words as a mapping."""
    pairs = {}
    for word in words:
        key, separator, value = word.partition(":=")
        if not separator or not key.isidentifier():
            raise LaunchError(f"'{word}' is not a launch argument; write name:=value")
        pairs[key] = value
    return pairs
