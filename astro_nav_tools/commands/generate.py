"""`astro-nav generate [--check]`: the files that are made from the code."""

from __future__ import annotations

from typing import Annotated

import typer


def generate(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; show what differs, and fail if anything does.")
    ] = False,
) -> int:
    """Write config/astro_nav.yaml and docs/parameters.md from the parameters declared in the code."""
    from astro_nav_tools.generate import files

    if check:
        diff = files.differences()
        print(
            f"{diff}\n\nGenerated files differ; run: astro-nav generate" if diff else "Generated files are up to date."
        )
        return 1 if diff else 0
    changed = files.write()
    print(f"Written: {', '.join(changed)}" if changed else "Nothing to change.")
    return 0
