"""The fault table of docs/reactive.md, from the rows of a run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from astro_nav_common.errors import InputError

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
HEAD = (
    "| fault, at full speed | what the robot does | at rest after (allowed) | jerk | what is said | back in service |\n"
    "| --- | --- | --- | --- | --- | --- |\n"
)


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Markdown."""
    return HEAD + "".join(_line(row) for row in rows)


def replace_table(page: str, text: str) -> str:
    """A page with the text between its two marks replaced. Raises InputError if they are missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"the page has no '{BEGIN}' and '{END}'")
    return f"{before}{BEGIN}\n{text}{END}{after}"


def _line(row: Mapping[str, Any]) -> str:
    if "contacts" not in row:
        return f"| {row['what']} | FAILED: {row['wrong']} | | | | |\n"
    rested = not math.isnan(row["stop_time"])
    if row["wrong"]:
        does = f"FAILED: {row['wrong']}"
    elif row["robot_lost"]:
        does = f"is gone; the guard goes on, and commands nothing but zeros after {row['zero_commanded_s']:.1f} s"
    elif rested:
        does = "stops"
    else:
        does = f"drives on, at {row['slowest_mps']:.2f} m/s or more"
    stop = (
        f"{row['stop_time']:.2f} s, {row['stop_distance']:.2f} m ({row['allowed_time']:.2f} s, {row['allowed_distance']:.2f} m)"
        if rested
        else ""
    )
    jerk = f"{row['stop_jerk']:.0f} m/s³" if rested else ""
    said = "; ".join(text for text in (row["guard"], *row["warnings"][:1]) if text) or "nothing"
    back = f"after {row['recovery_s']:.1f} s" + (", with a new goal" if row["new_goals"] else "")
    return f"| {row['what']} | {does} | {stop} | {jerk} | {said} | {back if row['recovered'] else 'no'} |\n"
