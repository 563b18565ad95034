"""`bench objective`: survival-weighted progress against a chance constraint and constant weighted sums, otherwise the same planner.

Each situation is a gap between a random start and a random goal, with the usual errors or half or twice as many, at half or at full
speed; simulator, errors and guard are as always, and all objectives see the same situations. What has a parameter is tuned first, on
other situations: the value is taken with which the mean time is least, where all but a success counts as the time-out.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.types import GuardReport, Trajectory
from astro_nav_local.local_plan import LocalPlan
from astro_nav_local.planner import LocalPlanner
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams
from astro_nav_sim.closed_loop import ClosedLoop, LoopParams
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.stack import warm_up
from astro_nav_tools.bench.gaps import expecting, noisy, random_gap
from astro_nav_tools.bench.objectives import SURVIVAL, search_by
from astro_nav_tools.bench.output import OUT, finish, save
from astro_nav_tools.bench.workers import WORKERS, in_processes
from astro_nav_tools.results import provenance

#: m wider than the robot; times the usual errors; m/s
PLAYS = (0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, 0.5, 1.0)
NOISES = (0.5, 1.0, 2.0)
SPEEDS = (0.5, 1.0)
#: Of the plays, those with which it is open who passes: parameters are tuned on these.
CONTESTED = PLAYS[2:7]
#: The parameters to choose from: probability, m, m/m.
SWEEPS: dict[str, tuple[float, ...]] = {
    "chance constraint": (0.03, 0.1, 0.3, 0.5, 0.8),
    "weighted risk": (0.3, 1.0, 3.0, 10.0),
    "weighted clearance": (0.2, 0.5, 1.0, 2.0),
}
RULES = LoopParams(arrival_radius=0.3, timeout=30.0)
#: Seeds of the situations that parameters are tuned on begin here.
TUNING = 1000
#: How far ahead of its start a plan's intention is looked at, s.
AHEAD = 0.5
#: The guard intervenes where it holds the speed below this share of the plan's.
SLOWED = 0.9


class Trial(NamedTuple):
    """One drive. play: m; noise: times the usual errors; speed: the greatest, m/s."""

    objective: str
    parameter: float
    play: float
    noise: float
    speed: float
    seed: int


class Intentions:
    """Collects by how much each plan's speed `AHEAD` s on differs from what the plan before it meant for that time, m/s."""

    def __init__(self) -> None:
        self._last: Trajectory | None = None
        self.steps = [0.0]

    def __call__(self, _now: float, plan: LocalPlan) -> None:
        """A cycle is over."""
        trajectory = plan.trajectory
        if self._last is not None:
            t = float(trajectory.t[0]) + AHEAD
            self.steps.append(abs(trajectory.sample(t).v - self._last.sample(t).v))
        self._last = trajectory


class WatchedGuard(Guard):
    """Counts how often it begins to hold the robot back."""

    interventions = 0
    _holding = False

    def tick(self, now: float) -> GuardReport:
        """As the base class."""
        report = super().tick(now)
        holding = report.scale < SLOWED
        self.interventions += holding and not self._holding
        self._holding = holding
        return report


def objective(
    trials: Annotated[int, typer.Option(min=1, help="Trials in each of the 60 situations.")] = 2,
    tune: Annotated[bool, typer.Option(help="Choose the parameters; otherwise the middle ones are taken.")] = True,
    workers: Annotated[int, WORKERS] = 1,
    out: Annotated[Path, OUT] = Path("out/bench/objective.json"),
) -> int:
    """Objectives: survival-weighted progress, a chance constraint, constant weighted sums; gaps from 0.04 to 1 m of play."""
    warm_up(load_sim_robot("astro"))
    chosen = {name: values[len(values) // 2] for name, values in SWEEPS.items()}
    tuning: list[dict[str, Any]] = []
    if tune:
        for name, values in SWEEPS.items():
            rows = [
                row(name, value, in_processes(run, situations(name, value, 1, TUNING, CONTESTED), workers))
                for value in values
            ]
            chosen[name] = min(rows, key=lambda r: float(r["penalised_time_s"]))["parameter"]
            tuning += rows
    runs = {
        name: in_processes(run, situations(name, value, trials), workers)
        for name, value in {SURVIVAL: 0.0, **chosen}.items()
    }
    rows = [row(name, chosen.get(name), results) for name, results in runs.items()]
    by_play = [
        {"play_m": play, **row(name, chosen.get(name), [r for r in results if r["play"] == play])}
        for play in PLAYS for name, results in runs.items()
    ]  # fmt: skip
    summary = {"rows": rows, "by_play": by_play, "tuning": tuning, "situations": len(PLAYS) * len(NOISES) * len(SPEEDS)}
    seeds = {"first": 0, "last": trials - 1, "tuning": TUNING}
    draw(out.with_suffix(".png"), by_play)
    every = [result for results in runs.values() for result in results]
    return finish(out, summary, provenance(seeds), [*map(line, [*tuning, *rows])], runs=every)


def situations(name: str, parameter: float, trials: int, first: int = 0, plays: Sequence[float] = PLAYS) -> list[Trial]:
    """A trial with each play, noise and speed for each seed from `first` on."""
    return [
        Trial(name, parameter, play, noise, speed, seed)
        for seed in range(first, first + trials) for play in plays for noise in NOISES for speed in SPEEDS
    ]  # fmt: skip


@functools.lru_cache
def robot_with(noise: float, speed: float) -> SimRobot:
    """The home robot with that many times the usual errors, m/s."""
    return noisy(load_sim_robot("astro"), noise, speed)


def run(trial: Trial) -> dict[str, Any]:
    """One drive."""
    robot, params = robot_with(trial.noise, trial.speed), expecting(trial.noise)
    width = float(np.ptp(robot.params.footprint_polygon[:, 1]))
    situation = [trial.seed, *(round(1000.0 * value) for value in (trial.play, trial.noise, trial.speed))]
    world = random_gap(width + trial.play, np.random.default_rng(situation))
    search = search_by(trial.objective, trial.parameter, params, trial.seed)
    guard = WatchedGuard(GuardParams(), robot.params)
    planner = LocalPlanner(params, robot.params, search=search)
    intentions = Intentions()
    result = ClosedLoop(world, robot, planner, guard=guard, params=RULES, seed=trial.seed, on_plan=intentions).run()
    summary = result.summary()
    cycle = round(1.0 / (params.rate_hz * result.dt))
    return {
        **trial._asdict(), "kind": world.name, "contacts": len(result.contacts),
        "max_speed_step_mps": float(np.abs(np.diff(result.commands[::cycle, 1])).max()),
        "replanned_mps": max(intentions.steps), "guard_interventions": guard.interventions,
        **{key: summary[key] for key in ("outcome", "reason", "time_s", "rms_jerk_mps3", "min_clearance_m")},
    }  # fmt: skip


def row(name: str, parameter: float | None, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One line of the table. Means: of time and jerk over the successful, of a trial's greatest steps over all."""
    good = [r for r in runs if r["outcome"] == "success"]
    means = {key: float(np.mean([r[key] for r in good])) if good else None for key in ("time_s", "rms_jerk_mps3")}
    return {
        "objective": name, "parameter": parameter, "trials": len(runs), "success_rate": len(good) / len(runs),
        "contacts": sum(r["contacts"] > 0 for r in runs), **means,
        "penalised_time_s": float(np.mean([r["time_s"] if r["outcome"] == "success" else RULES.timeout for r in runs])),
        "max_speed_step_mps": float(max(r["max_speed_step_mps"] for r in runs)),
        "mean_speed_step_mps": float(np.mean([r["max_speed_step_mps"] for r in runs])),
        "replanned_mps": float(np.mean([r["replanned_mps"] for r in runs])),
        "guard_interventions": float(np.mean([r["guard_interventions"] for r in runs])),
    }  # fmt: skip


def line(values: dict[str, Any]) -> str:
    """A row for people."""
    parameter = "" if values["parameter"] is None else f" {values['parameter']:g}"
    time = "  none" if values["time_s"] is None else f"{values['time_s']:>5.2f} s, jerk {values['rms_jerk_mps3']:.2f}"
    return (
        f"{values['objective'] + parameter:<24} success {values['success_rate']:.3f}, contacts {values['contacts']}, {time}, "
        f"failures as time-outs {values['penalised_time_s']:.2f} s, step {values['max_speed_step_mps']:.3f} m/s (mean {values['mean_speed_step_mps']:.3f}), "
        f"replanned by {values['replanned_mps']:.3f} m/s, guard {values['guard_interventions']:.1f} times"
    )


def draw(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Success, time and the step in speed against play."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 3.4), dpi=100, layout="constrained")
    panels = (
        ("success_rate", "share of successes"), ("penalised_time_s", "time, failures as time-outs, s"),
        ("replanned_mps", "largest change of intended speed, m/s"),
    )  # fmt: skip
    for axes, (key, label) in zip(figure.subplots(1, len(panels)), panels):
        for name in dict.fromkeys(values["objective"] for values in rows):
            points = [(values["play_m"], values[key]) for values in rows if values["objective"] == name]
            axes.plot(*zip(*points), "o-", ms=3, label=name)
        axes.set(xscale="log", xlabel="play in the gap, m", ylabel=label)
        axes.grid(alpha=0.3)
    figure.axes[0].legend(fontsize=8)
    save(figure, path)
