"""Where packages and their programs are: in a ROS installation, or in this source tree."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from astro_nav_tools.installation import SOURCE_ROOT, prefixes
from astro_nav_tools.launch_runner.errors import LaunchError

PACKAGE = "astro_nav"


def find_share(package: str) -> Path:
    """The share folder of a package."""
    for prefix in prefixes():
        if (prefix / "share" / package / "package.xml").is_file():
            return prefix / "share" / package
    if package == PACKAGE and (SOURCE_ROOT / "launch").is_dir():
        return SOURCE_ROOT
    raise LaunchError(f"package '{package}' is not installed: no share/{package} under AMENT_PREFIX_PATH")


def find_program(package: str, executable: str) -> list[str]:
    """The command that runs an executable of a package, before its arguments."""
    for prefix in prefixes():
        path = prefix / "lib" / package / executable
        if path.is_file() and os.access(path, os.X_OK):
            return [str(path)]
    if package != PACKAGE:
        raise LaunchError(f"package '{package}' has no executable '{executable}' under AMENT_PREFIX_PATH")
    scripts = console_scripts()
    if executable not in scripts:
        raise LaunchError(f"package '{package}' has no executable '{executable}'; it has: {', '.join(sorted(scripts))}")
    return [sys.executable, "-m", scripts[executable].partition(":")[0]]


def console_scripts() -> Mapping[str, str]:
    """Names of astro_nav's programs and the functions they call: of the source tree, else of the installed package."""
    setup = configparser.ConfigParser()
    if setup.read(SOURCE_ROOT / "setup.cfg"):
        lines = setup.get("options.entry_points", "console_scripts").strip().splitlines()
        return {name.strip(): target.strip() for name, _, target in (line.partition("=") for line in lines)}
    scripts = metadata.entry_points(group="console_scripts")
    return {entry.name: entry.value for entry in scripts if entry.dist is not None and entry.dist.name == PACKAGE}
