"""What every benchmark does with its result."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from astro_nav_tools.results import write_result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


def save(figure: Figure, path: Path, colors: int = 96) -> None:
    """Write a picture as PNG with a palette of so many colours: a third of the size, as pictures in the docs should be."""
    from PIL import Image

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(drawn).convert("RGB").quantize(colors, dither=Image.Dither.NONE).save(path, optimize=True)
