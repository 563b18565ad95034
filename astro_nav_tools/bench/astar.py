"""`bench astar`: is the global search exact, how long does it take, and how much memory?

Exactness: the MovingAI problems with uniform costs, against their published lengths; on inflated costs, against scipy's Dijkstra on the
same graph. Time and memory: large grids, against pyastar2d and skimage in the same run where they are installed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from astro_nav_tools.bench.grid_maps import clutter, maze, open_field, random_cells, rooms
from astro_nav_tools.bench.grid_searches import missing
from astro_nav_tools.bench.grid_trials import SEED, GridCase, measure
from astro_nav_tools.bench.moving_ai import exactness, read_map
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.installation import data_folder
from astro_nav_tools.results import provenance

CASES = (
    GridCase("rooms_1024", partial(rooms, 1024), True, 1.0),
    GridCase("clutter_1024", partial(clutter, 1024), True, 1.0),
    GridCase("rooms_4000", partial(rooms, 4000), True, 0.6),
    GridCase("clutter_4000", partial(clutter, 4000), True, 0.6),
    GridCase("open_4000", partial(open_field, 4000), False),
    GridCase("rooms_4000", partial(rooms, 4000), False),
    GridCase("maze_4000", partial(maze, 4000), False),
    GridCase("random_4000", partial(random_cells, 4000), False),
)
BYTES_PER_CELL, COST_EXCESS = 40.0, 1e-3


def astar(
    maps: Annotated[Path | None, typer.Option(help="Folder of MovingAI maps and problems.")] = None,
    goals: Annotated[int, typer.Option(min=1, help="Goals on each large grid.")] = 3,
    repeats: Annotated[int, typer.Option(min=1, help="Timed runs to each of them.")] = 2,
    out: Annotated[Path, OUT] = Path("out/bench/astar.json"),
) -> int:
    """Global search: exactness on MovingAI's problems; time, memory and cost on large grids, beside its peers."""
    folder = maps or data_folder() / "movingai"
    summary: dict[str, Any] = {**exactness(folder), "grids": []}
    print(
        f"{summary['optimal']} of {summary['problems']} optimal, lengths within {summary['max_excess']:.1e} of the published ones",
        flush=True,
    )
    berlin = GridCase("Berlin_0_1024", lambda _: read_map(folder / "Berlin_0_1024.map"), True)
    for case in (berlin, *CASES) if (folder / "Berlin_0_1024.map").is_file() else CASES:
        summary["grids"].append(measure(case, goals, repeats))
        print(describe(summary["grids"][-1]), flush=True)
    wrong = complaints(summary)
    lines = [*missing(), *wrong]
    return finish(out, summary, provenance({"grids": SEED}), lines, passed=not wrong)


def describe(row: dict[str, Any]) -> str:
    """A line about a grid."""
    text = f"{row['name']}, {row['costs']}: {row['time_ms']:.1f} ms (first {row['first_ms']:.1f}), {row['bytes_per_cell']:.1f} bytes a cell"
    if row["ratio"] is not None:
        text += f"; pyastar2d {row['pyastar2d_ms']:.1f} ms (ratio {row['ratio']:.2f}), {row['pyastar2d_bytes_per_cell']:.1f}"
    if row["skimage_ms"] is not None:
        text += f"; skimage {row['skimage_ms']:.1f} ms, {row['skimage_bytes_per_cell']:.1f}"
    if row["cost_excess"] is not None:
        text += f"; cost {row['cost_excess']:+.1e} from Dijkstra's"
    return text


def complaints(summary: dict[str, Any]) -> list[str]:
    """What of the acceptance is not met, a sentence each; what could not be compared is not met."""
    wrong = []
    if summary["optimal"] < summary["problems"]:
        wrong.append(f"{summary['problems'] - summary['optimal']} of MovingAI's problems are not solved optimally")
    for row in summary["grids"]:
        name = f"{row['name']}, {row['costs']}"
        if row["bytes_per_cell"] > BYTES_PER_CELL:
            wrong.append(f"{name}: {row['bytes_per_cell']:.1f} bytes a cell are more than {BYTES_PER_CELL:g}")
        if row["cost_excess"] is not None and abs(row["cost_excess"]) > COST_EXCESS:
            wrong.append(f"{name}: a cost is {row['cost_excess']:+.1e} from Dijkstra's, more than {COST_EXCESS:g}")
        if row["limit"] is not None and row["ratio"] is None:
            wrong.append(f"{name}: there is no time of pyastar2d to compare with")
        elif row["limit"] is not None and row["ratio"] > row["limit"]:
            wrong.append(f"{name}: {row['ratio']:.2f} times pyastar2d's time are more than {row['limit']:g}")
    return wrong
