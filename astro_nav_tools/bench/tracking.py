"""`bench tracking`: how closely and how smoothly the guard drives its plans, with feedback and open loop, and on a whole tour."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

from astro_nav_common.diff_drive import to_wheels
from astro_nav_common.geometry import between, transform_points
from astro_nav_common.types import Pose, Trajectory
from astro_nav_reactive.params import GuardParams
from astro_nav_sim.metrics import rms_jerk
from astro_nav_sim.robot import SimRobot, load_sim_robot
from astro_nav_sim.stack import full_stack, warm_up
from astro_nav_sim.world import World
from astro_nav_sim.worlds import load_world
from astro_nav_tools.bench.guard_drive import Policy, drive
from astro_nav_tools.bench.guard_trials import END, Trial, noisy_robot, steady_plan
from astro_nav_tools.bench.output import OUT, finish
from astro_nav_tools.results import provenance

#: m/s and rad/s of the plans with which a disturbance is tried
_PLANS = ((0.6, 0.0), (0.6, 0.6))
#: s between the rows of a trial
_ROW = 0.02


class Case(NamedTuple):
    """A disturbance: what is wrong with the robot, and where its plan begins beside it."""

    name: str
    robot: SimRobot
    offset: Pose = Pose(0.0, 0.0, 0.0)


def cases() -> tuple[Case, ...]:
    """The home robot with its usual noise, and with more."""
    robot = noisy_robot("astro")
    odometry = replace(robot.odometry, distance_walk=0.015, yaw_walk=0.015, speed_noise=0.02, yaw_rate_noise=0.03)
    return (
        Case("none beside the usual noise", robot),
        Case("0.1 m to the side", robot, Pose(0.0, 0.1, 0.0)),
        Case("0.1 m back", robot, Pose(-0.1, 0.0, 0.0)),
        Case("5 degrees", robot, Pose(0.0, 0.0, np.radians(5.0))),
        Case("odometry five times as noisy", replace(robot, odometry=odometry)),
        Case("wheels 5 % off", replace(robot, base=replace(robot.base, wheel_radius_error=0.05))),
        Case("slippery floor", replace(robot, base=replace(robot.base, friction=0.1))),
    )


def tracking(
    trials: Annotated[int, typer.Option(min=1, help="Seeds of each disturbance.")] = 10,
    tours: Annotated[int, typer.Option(min=0, help="Tours of the home, seeds 0, 1, ...")] = 3,
    out: Annotated[Path, OUT] = Path("out/bench/tracking.json"),
) -> int:
    """Tracking error and smoothness: with feedback, open loop, and of a tour against its plans."""
    warm_up(load_sim_robot("astro"))
    rows = [row(case, feedback, trials) for case in cases() for feedback in (True, False)]
    home = [tour(seed) for seed in range(tours)]
    lines = [
        f"{r['disturbance']:<28} {'feedback ' if r['feedback'] else 'open loop'}: {r['aside_m']:.3f} m aside, {r['along_m']:.3f} m "
        f"along, {r['turn_rad']:.3f} rad after {END:g} s; wheel jerk {r['command_jerk_mps3']:.2f} m/s^3"
        for r in rows
    ]
    lines += [
        f"home, seed {t['seed']}: wheel jerk {t['jerk_mps3']:.2f} driven, {t['plan_jerk_mps3']:.2f} of the plans, ratio "
        f"{t['ratio']:.2f}"
        for t in home
    ]
    worst = max((t["ratio"] for t in home), default=None)
    summary = {"rows": rows, "worst_jerk_ratio": worst}
    return finish(out, summary, provenance({"last": trials - 1}), lines, worst is None or worst <= 1.2, tours=home)


def row(case: Case, feedback: bool, trials: int) -> dict[str, Any]:
    """Mean absolute errors at the end, in truth, and the jerk commanded to the wheels."""
    params = GuardParams() if feedback else GuardParams(correction=0.0)
    errors, jerks = [], []
    for seed in range(trials):
        for v, w in _PLANS:
            plan = moved(steady_plan(case.robot.params, v, w), case.offset)
            world = World("empty", (), Pose(0.0, 0.0, 0.0))
            trial = Trial(seed, case.robot, "", "none", abs(v), plan, world)
            rows = drive(trial, Policy.NONE, params).rows
            errors.append(np.abs(between(plan.sample(float(rows[-1, 0])).pose, Pose(*rows[-1, 1:4]))))
            jerks.append(rms_jerk(rows[:, 7], _ROW))
    along, aside, turn = np.mean(errors, axis=0)
    return {
        "disturbance": case.name, "feedback": feedback, "trials": len(errors), "aside_m": aside, "along_m": along,
        "turn_rad": turn, "command_jerk_mps3": float(np.mean(jerks)),
    }  # fmt: skip


def moved(plan: Trajectory, offset: Pose) -> Trajectory:
    """The same plan from another place."""
    xy = transform_points(offset, np.column_stack((plan.x, plan.y)))
    return replace(plan, x=xy[:, 0].copy(), y=xy[:, 1].copy(), yaw=plan.yaw + offset.yaw)


def tour(seed: int) -> dict[str, Any]:
    """RMS jerk at the wheels over a tour of the home: as driven in truth, and of the plans, each until the next begins."""
    robot = load_sim_robot("astro")
    plans: list[Trajectory] = []
    result = full_stack(
        load_world("home"), robot, seed=seed, on_plan=lambda t, plan: plans.append(plan.trajectory)
    ).run()
    times, track = result.truth[:, 0], robot.params.track
    driven = wheel_jerk(result.truth[:, 4:6], track, result.dt)
    planned = wheel_jerk(joined(plans, times), track, result.dt)
    return {
        "seed": seed, "outcome": result.outcome, "time_s": result.time, "jerk_mps3": driven, "plan_jerk_mps3": planned,
        "ratio": driven / planned,
    }  # fmt: skip


def joined(plans: Sequence[Trajectory], times: np.ndarray) -> np.ndarray:
    """(N, 2) v and w of the plan in effect at each time, at rest before the first."""
    starts = [float(plan.t[0]) for plan in plans]
    out = np.zeros((times.size, 2))
    for k, t in enumerate(times.tolist()):
        i = bisect_right(starts, t) - 1
        if i >= 0:
            state = plans[i].sample(t)
            out[k] = state.v, state.w
    return out


def wheel_jerk(speeds: np.ndarray, track: float, dt: float) -> float:
    """RMS over both wheels, m/s^3; speeds: (N, 2) v and w every dt s."""
    wheels = np.array([to_wheels(v, w, track) for v, w in speeds.tolist()])
    return float(np.sqrt(np.mean([rms_jerk(wheels[:, side], dt) ** 2 for side in (0, 1)])))
