"""`bench gap_speed`: the speed that comes about in a gap, against its width and the errors that are made and reckoned with.

There is no rule that slows the robot down in gaps: what the picture shows comes from survival-weighted progress alone, and from the guard
where the room beside the robot gets little. Each point is the mean over several random starts; a drive that never passes counts as speed
zero. Starts differ in place and heading, so the cells of the local map lie differently to the gap each time.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.types import Pose
from astro_nav_local.planner import LocalPlanner
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams
from astro_nav_sim.closed_loop import ClosedLoop, LoopParams
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.stack import warm_up
from astro_nav_sim.world import World
from astro_nav_tools.bench.gaps import expecting, noisy, passage, room
from astro_nav_tools.bench.output import OUT, finish, save
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance

PLAYS = (0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 1.0)
NOISES = (0.5, 1.0, 2.0)
#: Length of the gap, and of the stretch around its middle in which the speed is taken, m.
KINDS = {"doorway": (0.15, 0.35), "passage": (3.0, 2.0)}
LENGTH, START = 7.0, 0.9  # m: of the room, of the start and the goal from its ends
RULES = LoopParams(arrival_radius=0.3, timeout=25.0)


class Trial(NamedTuple):
    """One drive. play: m; noise: times the usual errors."""

    kind: str
    noise: float
    play: float
    seed: int


def gap_speed(
    starts: Annotated[int, typer.Option(min=1, help="Random starts for each point.")] = 6,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/gap_speed.json"),
) -> int:
    """Speed in a gap, against its width and the errors."""
    warm_up(load_sim_robot("astro"))
    cases = [(kind, noise, play) for kind in KINDS for noise in NOISES for play in PLAYS]
    runs = in_processes(run, [Trial(*case, seed) for case in cases for seed in range(starts)], workers)
    rows = [row(*case, runs[i * starts : (i + 1) * starts]) for i, case in enumerate(cases)]
    curves = {
        f"{kind}, {noise:g}": [r for r in rows if (r["kind"], r["noise"]) == (kind, noise)]
        for kind in KINDS
        for noise in NOISES
    }
    drops = {name: drop(curve) for name, curve in curves.items()}
    draw(out.with_suffix(".png"), rows)
    lines = [
        f"{name} of the usual errors: " + ", ".join(f"{r['play_m']:g} m {r['speed_mps']:.2f}" for r in curve)
        for name, curve in curves.items()
    ]
    worst = max(drops.values())
    lines.append(f"Where a gap gets wider the mean speed falls by at most {worst:.3f} m/s")
    contacts = sum(one["contacts"] for one in runs)
    summary = {"rows": rows, "drops_mps": drops, "largest_drop_mps": worst, "contacts": contacts}
    return finish(out, summary, provenance({"first": 0, "last": starts - 1}), lines)


def world_of(trial: Trial, width: float) -> World:
    """A room with a gap in its middle, `width` + play m wide, and a random start before it."""
    rng = np.random.default_rng([trial.seed, 7])
    start = Pose(START + rng.uniform(-0.2, 0.2), rng.uniform(-0.3, 0.3), rng.uniform(-1.0, 1.0))
    inside = passage(width + trial.play, KINDS[trial.kind][0], 0.5 * LENGTH)
    return room(trial.kind, inside, start, Pose(LENGTH - START, 0.0, 0.0), LENGTH)


@functools.lru_cache
def robot_with(noise: float) -> SimRobot:
    """The home robot with that many times the usual errors."""
    return noisy(load_sim_robot("astro"), noise, 1.0)


def run(trial: Trial) -> dict[str, Any]:
    """One drive: the mean speed over the time that it spends in the middle of the gap."""
    robot = robot_with(trial.noise)
    world = world_of(trial, float(np.ptp(robot.params.footprint_polygon[:, 1])))
    planner = LocalPlanner(expecting(trial.noise), robot.params, trial.seed)
    guard = Guard(GuardParams(), robot.params)
    result = ClosedLoop(world, robot, planner, guard=guard, params=RULES, seed=trial.seed).run()
    half = 0.5 * KINDS[trial.kind][1]
    x, speed = result.truth[:, 1], result.truth[:, 4]
    inside = np.abs(x - 0.5 * LENGTH) < half
    passed = bool((x > 0.5 * LENGTH + half).any())
    return {
        **trial._asdict(), "passed": passed, "speed_mps": float(speed[inside].mean()) if passed else 0.0,
        "contacts": len(result.contacts),
    }  # fmt: skip


def row(kind: str, noise: float, play: float, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A point of the picture; error: of the mean."""
    speeds = [one["speed_mps"] for one in runs]
    return {
        "kind": kind, "noise": noise, "play_m": play, "trials": len(runs), "passed": float(np.mean([one["passed"] for one in runs])),
        "speed_mps": float(np.mean(speeds)), "error_mps": float(np.std(speeds)) / math.sqrt(len(speeds)),
    }  # fmt: skip


def drop(rows: Sequence[dict[str, Any]]) -> float:
    """By how much the speed of a curve is at most lower than at a narrower gap, m/s."""
    speeds = np.array([values["speed_mps"] for values in rows])
    return float((np.maximum.accumulate(speeds) - speeds).max())


def draw(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Speed against play, a curve for each level of errors."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.4), dpi=100, layout="constrained")
    for axes, (kind, (length, _)) in zip(figure.subplots(1, len(KINDS), sharey=True), KINDS.items()):
        for noise, color in zip(NOISES, ("tab:green", "tab:blue", "tab:red")):
            points = [r for r in rows if (r["kind"], r["noise"]) == (kind, noise)]
            x, y, error = (np.array([r[key] for r in points]) for key in ("play_m", "speed_mps", "error_mps"))
            axes.plot(x, y, "o-", ms=3, color=color, label=f"{noise:g} times the usual errors")
            axes.fill_between(x, y - error, y + error, color=color, alpha=0.2, lw=0.0)
        axes.set(xscale="log", xlabel="play in the gap, m", title=f"{kind}, {length:g} m long", ylim=(0.0, None))
        axes.set_xticks((0.04, 0.1, 0.2, 0.4, 1.0), ("0.04", "0.1", "0.2", "0.4", "1"), minor=False)
        axes.grid(alpha=0.3)
    figure.axes[0].set_ylabel("speed in the gap, m/s")
    figure.axes[-1].legend(fontsize=8, loc="lower right")
    save(figure, path)
