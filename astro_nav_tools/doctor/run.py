"""Runs the checks and prints what they find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from astro_nav_common.errors import AstroNavError
from astro_nav_tools.doctor import dds, libraries, machine
from astro_nav_tools.doctor.finding import BROKEN, OK, WARNING, Check, Finding, broken, ok

_SIGNS = {OK: "[green]ok     [/green]", WARNING: "[yellow]warning[/yellow]", BROKEN: "[red]broken [/red]"}

CHECKS: tuple[Check, ...] = (
    ("Python", libraries.python_version),
    ("libraries", libraries.libraries),
    ("ROS 2", libraries.ros),
    ("interfaces", libraries.interfaces),
    ("transforms", libraries.transforms),
    ("DDS", dds.loopback),
    ("numba cache", machine.numba_cache),
    ("logs", machine.home),
    ("shared memory", machine.shared_memory),
    ("disk", machine.disk),
    ("processors", machine.processors),
    ("display", machine.display),
)


def run_doctor(map_file: Path | None) -> int:
    """Check everything, and the map if one is given; 1 if something is broken."""
    console = Console(highlight=False)
    checks = CHECKS if map_file is None else (*CHECKS, ("map", lambda: check_map(map_file)))
    findings = []
    for name, look in checks:
        finding = examine(look)
        findings.append(finding)
        console.print(f"{_SIGNS[finding.level]} {name}: {escape(finding.text)}", soft_wrap=True)
        if finding.remedy:
            console.print(f"        -> {escape(finding.remedy)}", soft_wrap=True)
    bad = sum(finding.level == BROKEN for finding in findings)
    console.print("Nothing is broken." if not bad else f"{bad} of {len(findings)} checks found something broken.")
    return 1 if bad else 0


def examine(look: Callable[[], Finding]) -> Finding:
    """One check; that it fails itself is a finding as well."""
    try:
        return look()
    except Exception as error:  # the doctor is for environments in which anything may be wrong
        return broken(
            f"the check itself failed: {type(error).__name__}: {error}",
            "run `make setup`; if that does not help, report this",
        )


def check_map(path: Path) -> Finding:
    """A map file can be read."""
    from astro_nav_global.map_io import load_map

    try:
        grid = load_map(path)
    except AstroNavError as error:
        return broken(str(error), "see the map_server format: a YAML file with image, resolution and origin")
    rows, cols = grid.shape
    return ok(f"{path}: {cols * grid.resolution:.1f} x {rows * grid.resolution:.1f} m, {grid.resolution:g} m a cell")
