"""Pictures of trials of the guard: where the robot went, where the threat was, and how fast, beside full braking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from astro_nav_common.footprint import Footprint
from astro_nav_common.types import Pose
from astro_nav_sim.clearance import box_corners
from astro_nav_sim.world import Box, Solid
from astro_nav_tools.bench.guard_drive import Policy, Run, drive
from astro_nav_tools.bench.guard_trials import Trial, draw_trial

#: something of each kind: it appears, it comes in while turning, somebody crosses from behind a wall, it comes in while backing
SEEDS = (16, 5, 18, 13)
#: s between the outlines of the robot, and of a threat that moves
_EVERY = 0.4


def draw(path: Path, seeds: Sequence[int] = SEEDS) -> None:
    """One column a trial: from above, and speed over time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.6 * len(seeds), 6.0), dpi=110, layout="constrained")
    axes = figure.subplots(2, len(seeds), squeeze=False, height_ratios=(3, 2))
    for column, seed in enumerate(seeds):
        trial = draw_trial(seed)
        guarded, braked = drive(trial, Policy.GUARD), drive(trial, Policy.BRAKE)
        _from_above(axes[0, column], trial, guarded)
        _speeds(axes[1, column], guarded, braked)
        axes[0, column].set_title(f"seed {seed}: {trial.threat}, {trial.motion}", fontsize=10)
    axes[1, 0].set_ylabel("rim speed, m/s")
    axes[1, 0].legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _from_above(axes: Any, trial: Trial, run: Run) -> None:
    footprint = Footprint.of(trial.robot.params)
    axes.plot(run.rows[:, 1], run.rows[:, 2], color="tab:blue", linewidth=1.0)
    last = -np.inf
    for t, x, y, yaw, _, scale in run.rows[:, :6].tolist():
        if t - last < _EVERY:
            continue
        last = t
        color = "tab:blue" if scale >= 0.99 else "tab:red"
        for outline in footprint.polygons_at(Pose(x, y, yaw)):
            axes.fill(*outline.T, facecolor=color, edgecolor=color, alpha=0.25)
        threat = trial.threat_at(t)
        if threat is not None:
            _fill(axes, threat, "0.25", 0.3)
    for solid in trial.world.solids:
        _fill(axes, solid, "0.6", 0.8)
    middle = 0.5 * (run.rows[:, 1:3].min(axis=0) + run.rows[:, 1:3].max(axis=0))
    axes.set(xlim=middle[0] + np.array((-1.6, 1.6)), ylim=middle[1] + np.array((-1.6, 1.6)), aspect="equal")


def _fill(axes: Any, solid: Solid, color: str, alpha: float) -> None:
    if isinstance(solid, Box):
        outline = box_corners(solid)
    else:
        angles = np.linspace(0.0, 2.0 * np.pi, 40)
        outline = np.column_stack((solid.x + solid.radius * np.cos(angles), solid.y + solid.radius * np.sin(angles)))
    axes.fill(*outline.T, color=color, alpha=alpha, linewidth=0.5)


def _speeds(axes: Any, guarded: Run, braked: Run) -> None:
    for run, label, color in ((guarded, "guard", "tab:red"), (braked, "full braking", "0.5")):
        axes.plot(run.rows[:, 0], run.rows[:, 4], color=color, label=label)
    if braked.seen is not None:
        axes.axvline(braked.seen, color="0.5", linewidth=0.8, linestyle=":", label="first seen")
    axes.grid(alpha=0.3)
    axes.set_xlabel("s")
