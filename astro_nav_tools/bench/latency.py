"""`bench latency`: what latency from sensing to actuation costs, with fast-forward and without.

The full stack in lockstep at 1 m/s, in the home and in BARN worlds; half of the latency is added to the scans, half to the base's
dead time, and nothing tells the planners but what they measure. Without fast-forward a plan starts from the newest odometry as if it
were from now, joined to the last plan as with it, and neither planner nor guard reckons with a dead time. Further runs, with fast-forward, have the dead time assumed
wrong, stamps that are off, latencies that vary, and scans that get lost.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.latency import ActuationEstimator
from astro_nav_common.types import State
from astro_nav_local.fast_forward import start_state
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner
from astro_nav_reactive.params import GuardParams
from astro_nav_sim.result import RunResult
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.stack import full_stack, warm_up
from astro_nav_sim.world import World
from astro_nav_sim.worlds import load_world
from astro_nav_sim.worlds.barn import read_records, world_from_record
from astro_nav_tools.bench.barn import select
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.installation import data_folder
from astro_nav_tools.results import provenance

LATENCIES_MS = (0, 100, 200, 300, 500)
SPEED = 1.0
HOME = "home"


class Case(NamedTuple):
    """ms of latency; whether it is reckoned with; the dead time assumed, over the true one; jitter ms; share of scans lost; ms by which
    their stamps are late, so that they seem as much younger than they are."""

    latency_ms: int
    fast_forward: bool = True
    assumed: float = 1.0
    jitter_ms: int = 0
    loss: float = 0.0
    stamp_ms: int = 0


SWEEP = tuple(Case(latency, fast_forward) for fast_forward in (True, False) for latency in LATENCIES_MS)
#: the dead time assumed 20 % too short and too long, the age of the scans likewise, jitter, lost scans, and all of it
DISTURBED = (
    Case(300, assumed=0.8), Case(300, assumed=1.2), Case(300, stamp_ms=30), Case(300, stamp_ms=-30), Case(300, jitter_ms=50),
    Case(300, loss=0.05), Case(300, assumed=1.2, jitter_ms=50, loss=0.05, stamp_ms=30),
)  # fmt: skip


class Trial(NamedTuple):
    """world: "home", or a record of a BARN file."""

    case: Case
    world: str | dict[str, Any]
    seed: int


class UnawarePlanner(LocalPlanner):
    """Plans from the newest odometry as if it were from now and commands took effect at once; plans are joined as ever."""

    def _fast_forward(self, now: float) -> tuple[State, float]:
        newest = self.odometry.newest
        assert newest is not None  # the loop plans only once there is odometry
        plan = self._last.trajectory
        self._held.update(now, newest, self.commands, plan)
        if self._held.now:
            plan = None
        return start_state(newest._replace(t=now), plan, self.params.start_blend_distance)


class AssumedDelay(ActuationEstimator):
    """The measured dead time times a factor."""

    def __init__(self, robot: SimRobot, factor: float) -> None:
        super().__init__(robot.params.actuation_delay, robot.params.actuation_time_constant)
        self._factor = factor

    @property
    def delay(self) -> float:
        """What the planners are told, s."""
        return self._factor * super().delay


def latency(
    worlds: Annotated[Path | None, typer.Option(help="JSON-lines file of BARN worlds.")] = None,
    ids: Annotated[str, typer.Option(help="BARN worlds, as in bench barn; none: the home alone.")] = "0-288:36",
    trials: Annotated[int, typer.Option(min=1, help="Trials in the home with each case; one in each BARN world.")] = 3,
    fast_forward_only: Annotated[bool, typer.Option(help="Leave out the drives without fast-forward.")] = False,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/latency.json"),
) -> int:
    """Sensing-to-actuation latency, with fast-forward and without."""
    places: list[tuple[str | dict[str, Any], int]] = [(HOME, seed) for seed in range(trials)]
    if ids != "none":
        records = read_records(worlds or data_folder() / "barn" / "worlds_dev.jsonl")
        places += [(records[number], 0) for number in select(ids, records)]
    sweep_cases = tuple(case for case in SWEEP if case.fast_forward or not fast_forward_only)
    cases = sweep_cases + DISTURBED
    for name in ("astro", "jackal"):
        warm_up(load_sim_robot(name))
    runs = in_processes(run, [Trial(case, world, seed) for case in cases for world, seed in places], workers)
    rows = [row(case, [r for r in runs if r["case"] == case._asdict()]) for case in cases]
    sweep, disturbed = rows[: len(sweep_cases)], rows[len(sweep_cases) :]
    by_world = [
        {"world": name, **row(case, [r for r in runs if r["case"] == case._asdict() and (r["world"] == HOME) == (name == HOME)])}
        for name in (HOME, "barn")[: 1 + (ids != "none")] for case in sweep_cases
    ]  # fmt: skip
    summary = {"rows": sweep, "disturbed": disturbed, "by_world": by_world, "cost_of_500_ms": cost(sweep)}
    draw(out.with_suffix(".png"), by_world)
    lines = [line(r) for r in rows]
    return finish(out, summary, provenance({"first": 0, "last": trials - 1}), lines, runs=runs)


def run(trial: Trial) -> dict[str, Any]:
    """One drive."""
    case = trial.case
    added = 0.5e-3 * case.latency_ms
    world = place(trial.world)
    robot = slow_robot("astro" if world.map is not None else "jackal")
    robot = robot.delayed(added, added, 1e-3 * case.jitter_ms, case.loss, 1e-3 * case.stamp_ms)
    planner = (LocalPlanner if case.fast_forward else UnawarePlanner)(LocalParams(), robot.params, trial.seed)
    guard = GuardParams()
    loop = full_stack(
        world, robot, local_planner=planner, actuation=AssumedDelay(robot, case.assumed if case.fast_forward else 0.0),
        # a robot whose sensor is that slow is told so, or it would never move
        guard=replace(guard, scan_timeout=guard.scan_timeout + added), seed=trial.seed,
    )  # fmt: skip
    return {"case": case._asdict(), "world": world.name, "trial": trial.seed, **measured(loop.run())}


def measured(result: RunResult) -> dict[str, Any]:
    """What counts of a run."""
    summary = result.summary()
    keys = ("outcome", "reason", "time_s", "rms_jerk_mps3", "rms_yaw_accel_radps2", "min_clearance_m")
    return {"contacts": len(result.contacts), **{key: summary[key] for key in keys}}


def place(world: str | dict[str, Any]) -> World:
    """The world of a trial."""
    return load_world(world) if isinstance(world, str) else world_from_record(world, np.random.default_rng(0))


@functools.lru_cache
def slow_robot(name: str) -> SimRobot:
    """The robot, at most at 1 m/s."""
    robot = load_sim_robot(name)
    return replace(robot, params=replace(robot.params, v_max=min(SPEED, robot.params.v_max)))


def row(case: Case, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A case over all its runs: means, time and smoothness of the successful ones, the least clearance."""
    good = [r for r in runs if r["outcome"] == "success"]
    means = {
        key: float(np.mean([r[key] for r in good])) if good else None
        for key in ("time_s", "rms_jerk_mps3", "rms_yaw_accel_radps2")
    }
    return {
        **case._asdict(), "trials": len(runs), "success_rate": len(good) / len(runs), "contacts": sum(r["contacts"] for r in runs),
        **means, "min_clearance_m": min(r["min_clearance_m"] for r in runs),
    }  # fmt: skip


def cost(rows: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    """What the longest latency adds to time and jerk with fast-forward, relative to none; and to the share of successes."""
    first, last = (
        next(r for r in rows if r["fast_forward"] and r["latency_ms"] == ms)
        for ms in (LATENCIES_MS[0], LATENCIES_MS[-1])
    )

    def added(key: str) -> float | None:
        return last[key] / first[key] - 1.0 if first[key] and last[key] else None

    return {
        "time": added("time_s"),
        "jerk": added("rms_jerk_mps3"),
        "success": last["success_rate"] - first["success_rate"],
    }


def line(values: dict[str, Any]) -> str:
    """A row for people."""
    kind = "fast-forward" if values["fast_forward"] else "without     "
    extra = "".join(
        f" {key} {values[key]}"
        for key, usual in (("assumed", 1.0), ("jitter_ms", 0), ("loss", 0.0), ("stamp_ms", 0))
        if values[key] != usual
    )
    numbers = "no success" if values["time_s"] is None else (
        f"{values['time_s']:.1f} s, jerk {values['rms_jerk_mps3']:.2f}, yaw acceleration {values['rms_yaw_accel_radps2']:.2f}"
    )  # fmt: skip
    return (
        f"{values['latency_ms']:>3} ms {kind}{extra}: success {values['success_rate']:.2f}, contacts {values['contacts']}, "
        f"{numbers}, clearance {values['min_clearance_m']:.3f} m"
    )


def draw(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Success, time, jerk and clearance against latency, in each kind of world, with fast-forward and without."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 6.0), dpi=110, layout="constrained")
    panels = (
        ("success_rate", "share of successes"), ("time_s", "time of the successful, s"), ("rms_jerk_mps3", "their RMS jerk, m/s³"),
        ("rms_yaw_accel_radps2", "their RMS yaw acceleration, rad/s²"), ("min_clearance_m", "least clearance, m"),
        ("contacts", "contacts"),
    )  # fmt: skip
    lines = [
        (world, fast_forward) for world in dict.fromkeys(r["world"] for r in rows) for fast_forward in (True, False)
    ]
    for i, (key, label) in enumerate(panels):
        axes = figure.add_subplot(2, 3, i + 1)
        for world, fast_forward in lines:
            points = [
                (r["latency_ms"], r[key])
                for r in rows
                if (r["world"], r["fast_forward"]) == (world, fast_forward) and r[key] is not None
            ]
            axes.plot(
                *(zip(*points) if points else ((), ())), marker="o", linestyle="-" if world == HOME else "--",
                color="tab:blue" if fast_forward else "tab:red", label=f"{world}, {'fast-forward' if fast_forward else 'without'}",
            )  # fmt: skip
        axes.set(xlabel="added latency, ms", ylabel=label)
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        axes.grid(alpha=0.3)
    figure.axes[0].legend(loc="lower left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
