"""`bench random-goals`: goals drawn at random on a map, one after the other, by the full stack in lockstep.

A goal is reachable if the footprint fits there and a disc as wide as the footprint gets there: computed here from the map alone, not by
the planner. Those must be reached, the others reported as unreachable; where it is a matter of less than a cell, the map cannot tell,
and no goal is drawn. The time of a drive is compared with that of the shortest such way at full speed. Beside it stands what a robot without any
delay would take that turns on the spot, drives that way as if it were straight, and turns on the spot, all at its limits.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.conventions import FREE
from astro_nav_common.errors import WorldError
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_sim.closed_loop import LoopParams
from astro_nav_sim.result import FAILED, SUCCESS
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import full_stack, warm_up
from astro_nav_sim.world import Goal
from astro_nav_sim.worlds import load_world
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.bench.ways import Ways, time_in_turn
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.installation import data_folder
from astro_nav_tools.results import percentiles, provenance

#: goals in a row that one robot drives to; then another one starts where the last was to end
LEG = 10
#: median time of the drives in a world, as a multiple of that of the shortest way at full speed, that is accepted
TIME_RATIO = 1.3
#: every so many goals one is drawn from all cells of the map, walls and enclosed places too
_ANYWHERE_EVERY = 10


class Stretch(NamedTuple):
    """What one robot drives: a world's name, the robot's, seed, where it starts, its goals, the length of the way to each, and the time, s,
    to turn, drive it and turn."""

    world: str
    robot: str
    seed: int
    start: Pose
    goals: list[Pose]
    lengths: list[float]
    in_turn: list[float]


def random_goals(
    worlds: Annotated[
        str, typer.Option(help="Worlds or map files, separated by commas; default: the home and all maps of the data.")
    ] = "",
    goals: Annotated[int, typer.Option(min=1, help="Goals a world.")] = 50,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the goals and of all noise.")] = 0,
    robot: Annotated[str, typer.Option(help="Simulated robot.")] = "astro",
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/random_goals.json"),
) -> int:
    """Random goals on maps: all that can be reached are, the others are reported, nothing is touched."""
    names = worlds.split(",") if worlds else ["home", *map(str, sorted((data_folder() / "maps").glob("*.yaml")))]
    stretches = [stretch for name in names for stretch in draw(name, robot, goals, seed)]
    warm_up(load_sim_robot(robot))
    rows = [row for part in in_processes(drive, stretches, workers) for row in part]
    summary = summarize(rows)
    lines = [
        f"{row['world']} seed {row['seed']} from {_place(row['start'])} to {_place(row['goal'])}, ended at {_place(row['end'])}: "
        f"{row['outcome']} {row['reason']}"
        for row in rows
        if not row["right"]
    ]
    lines += [f"{name}: {describe(part)}" for name, part in summary["worlds"].items()]
    wrong = complaints(summary)
    return finish(out, summary, provenance({"seed": seed}), [*lines, *wrong], not wrong, runs=rows)


def draw(name: str, robot: str, count: int, seed: int) -> list[Stretch]:
    """The goals of a world, in stretches. A robot that starts a stretch stands at the last reachable goal of the one before."""
    world = load_world(name)
    if world.map is None:
        raise WorldError(f"world '{name}' has no map to draw goals on")
    params = load_sim_robot(robot).params
    rng = np.random.default_rng([seed, 7])
    free, anywhere = np.argwhere(world.map.data == FREE), np.argwhere(world.map.data != -1)
    ways = Ways(world.map, params)
    stretches: list[Stretch] = []
    pose = start = world.start
    goals: list[Pose] = []
    lengths: list[float] = []
    in_turn: list[float] = []
    for i in range(count):
        cells = anywhere if i % _ANYWHERE_EVERY == _ANYWHERE_EVERY - 1 else free
        goal = _drawn(rng, world.map, cells)
        while abs(ways.room(goal)) < world.map.resolution:
            goal = _drawn(rng, world.map, cells)
        goals.append(goal)
        way = ways.shortest(pose, goal)
        lengths.append(way.length)
        in_turn.append(time_in_turn(way, pose, goal, params))
        if math.isfinite(lengths[-1]):
            pose = goals[-1]
        if len(goals) == LEG or i == count - 1:
            stretches.append(Stretch(name, robot, seed + i, start, goals, lengths, in_turn))
            start, goals, lengths, in_turn = pose, [], [], []
    return stretches


def _drawn(rng: np.random.Generator, grid: Grid, cells: np.ndarray) -> Pose:
    row, col = cells[rng.integers(len(cells))]
    x, y = grid.center(int(row), int(col))
    return Pose(float(x), float(y), float(rng.uniform(-math.pi, math.pi)))


def drive(stretch: Stretch) -> list[dict[str, Any]]:
    """Rows of the result file, one a goal. After a goal that was wrongly missed another robot goes on from there."""
    world, robot = load_world(stretch.world), load_sim_robot(stretch.robot)
    params = LoopParams(stop_on_contact=False, timeout=600.0)
    rows: list[dict[str, Any]] = []
    start, loop = stretch.start, None
    for goal, length, in_turn in zip(stretch.goals, stretch.lengths, stretch.in_turn):
        if loop is None:
            loop = full_stack(world, robot, params=params, seed=stretch.seed, start=start)
            loop.settle()
        contacts, began, wall = len(loop.sim.contacts), loop.sim.time, time.perf_counter()
        outcome, reason = loop.drive_to(Goal("random", goal))
        took, end = loop.sim.time - began, loop.sim.truth()
        reachable = math.isfinite(length)
        right = outcome == SUCCESS if reachable else outcome == FAILED and took < 2.0
        rows.append(
            {
                "world": Path(stretch.world).stem,
                "seed": stretch.seed,
                "start": list(start),
                "goal": list(goal),
                "end": [end.x, end.y, end.yaw],
                "reachable": reachable,
                "outcome": outcome,
                "reason": reason,
                "right": right,
                "time_s": took,
                "wall_s": time.perf_counter() - wall,
                "length_m": length,
                "time_ratio": took * robot.params.v_max / length if reachable and length > 0.0 else math.nan,
                "in_turn_ratio": in_turn * robot.params.v_max / length if reachable and length > 0.0 else math.nan,
                "contacts": len(loop.sim.contacts) - contacts,
            }
        )
        if reachable:
            start = goal
            loop = loop if right else None
    return rows


def summarize(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts over everything and by world."""
    names = list(dict.fromkeys(row["world"] for row in rows))
    return {**_counts(rows), "worlds": {name: _counts([row for row in rows if row["world"] == name]) for name in names}}


def _counts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    reachable = [row for row in rows if row["reachable"]]
    others = [row for row in rows if not row["reachable"]]
    driven = [row for row in reachable if row["outcome"] == SUCCESS]
    return {
        "goals": len(rows),
        "right": sum(row["right"] for row in rows),
        "reachable": len(reachable),
        "reached": sum(row["right"] for row in reachable),
        "reported_unreachable": sum(row["right"] for row in others),
        "contacts": sum(row["contacts"] for row in rows),
        "time_ratio": percentiles([row["time_ratio"] for row in driven], 50, 90),
        "in_turn_ratio": percentiles([row["in_turn_ratio"] for row in driven], 50, 90),
        "unreachable_wall_s": max((row["wall_s"] for row in others), default=0.0),
    }


def complaints(summary: dict[str, Any]) -> list[str]:
    """What of the acceptance is not met, a sentence each."""
    wrong = []
    for name, part in summary["worlds"].items():
        if part["right"] < part["goals"]:
            wrong.append(f"{name}: {part['goals'] - part['right']} goals did not end as they should")
        if part["contacts"] > 0:
            wrong.append(f"{name}: {part['contacts']} contacts")
        if part["time_ratio"]["p50"] > TIME_RATIO:  # NaN where nothing was reached
            wrong.append(f"{name}: time {part['time_ratio']['p50']:.2f} times the shortest is more than {TIME_RATIO:g}")
    return wrong


def describe(part: dict[str, Any]) -> str:
    """One line about a world."""
    return (
        f"{part['reached']} of {part['reachable']} reached, {part['reported_unreachable']} of "
        f"{part['goals'] - part['reachable']} reported unreachable (at most {part['unreachable_wall_s']:.2f} s), "
        f"{part['contacts']} contacts, time {part['time_ratio']['p50']:.2f} times the shortest at full speed (median; turning, driving and "
        f"turning at the limits would be {part['in_turn_ratio']['p50']:.2f})"
    )


def _place(pose: list[float]) -> str:
    return "({:.2f}, {:.2f}, {:.2f})".format(*pose)
