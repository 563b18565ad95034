"""What every benchmark does with its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from astro_nav_tools.results import write_result

#: the option `--out` of every benchmark
OUT = typer.Option(help="File for the result.")


def finish(
    out: Path,
    summary: Mapping[str, Any],
    source: Mapping[str, Any],
    lines: Iterable[str],
    passed: bool = True,
    **more: Any,
) -> int:
    """Write the result file and print the lines that matter; returns the exit status."""
    write_result(out, summary, source, **more)
    for line in lines:
        print(line)
    print(f"Written to {out}")
    return 0 if passed else 1
