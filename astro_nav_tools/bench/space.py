"""`bench space`: what the trajectory space holds: random samples from rest, at half and at full speed, and limits at 1 kHz."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Pose
from astro_nav_local.rollout import ALPHA, COLUMNS, A, V, W, X, Y, rollout
from astro_nav_local.trajectory_space import DIMENSIONS, Limits
from astro_nav_tools.bench.output import OUT, finish, save
from astro_nav_tools.results import provenance

HORIZON = 3.0
#: shares of the full speed that the pictured samples start at
STARTS = (0.0, 0.5, 1.0)


def space(
    samples: Annotated[int, typer.Option(min=10, help="Random trajectories a picture.")] = 600,
    checked: Annotated[int, typer.Option(min=10, help="Random trajectories checked at 1 kHz.")] = 400,
    robot: Annotated[str, typer.Option(help="Robot.")] = "astro",
    out: Annotated[Path, OUT] = Path("out/bench/space.json"),
) -> int:
    """The trajectory space: a picture, and its limits at 1 kHz."""
    machine = load_robot(robot)
    limits = Limits.of(machine)
    rng = np.random.default_rng(0)
    thetas = rng.random((samples, DIMENSIONS))
    pictured = [draw(thetas, share * limits.v_max, limits) for share in STARTS]
    picture(pictured, Footprint.of(machine), out.with_suffix(".png"))
    summary = worst(rng.random((checked, DIMENSIONS)), limits) | {
        "samples": checked * int(HORIZON * 1000),
        "robot": robot,
    }
    lines = [
        f"{summary['samples']} samples of {checked} trajectories: wheel acceleration at most "
        f"{summary['wheel_accel_of_limit']:.6f} of its limit, jerk {summary['wheel_jerk_of_limit']:.6f}",
        f"Picture: {out.with_suffix('.png')}",
    ]
    return finish(out, summary, provenance({"samples": 0}), lines)


def draw(thetas: np.ndarray, speed: float, limits: Limits, step: float = 0.05) -> np.ndarray:
    """Rollouts (K, T + 1, COLUMNS) of vectors (K, 5) from a constant forward speed, m/s."""
    start = np.zeros(COLUMNS)
    start[V] = speed
    out = np.zeros((len(thetas), round(HORIZON / step) + 1, COLUMNS))
    for theta, states in zip(thetas, out, strict=True):
        rollout(theta, start, limits, step, states)
    return out


def worst(thetas: np.ndarray, limits: Limits) -> dict[str, Any]:
    """The greatest wheel speed, acceleration and jerk at 1 kHz over all starts, as shares of their limits."""
    speeds, accels, jerks = [], [], []
    for i, theta in enumerate(thetas):
        states = draw(theta[None], STARTS[i % len(STARTS)] * limits.v_max, limits, 0.001)[0]
        half = 0.5 * limits.track
        for side in (-half, half):
            accel = states[:, A] + side * states[:, ALPHA]
            speeds.append(np.abs(states[:, V] + side * states[:, W]).max())
            accels.append(np.abs(accel).max())
            jerks.append(np.abs(np.diff(accel)).max() / 0.001)
    return {
        "wheel_speed_of_limit": float(max(speeds)) / limits.wheel_speed,
        "wheel_accel_of_limit": float(max(accels)) / limits.wheel_accel,
        "wheel_jerk_of_limit": float(max(jerks)) / limits.wheel_jerk,
    }


def picture(pictured: list[np.ndarray], footprint: Footprint, path: Path) -> None:
    """The samples from each start side by side, coloured by their final speed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 4.7), dpi=75, layout="constrained")
    for axes, states, share in zip(figure.subplots(1, len(pictured)), pictured, STARTS, strict=True):
        speeds = states[:, -1, V]
        colors = (speeds - speeds.min()) / max(float(np.ptp(speeds)), 1e-9)
        for path_xy, color in zip(states[:, :, [X, Y]], colors, strict=True):
            axes.plot(
                path_xy[:, 0], path_xy[:, 1], color=(0.85 - 0.7 * color, 0.25 + 0.4 * color, 0.3 + 0.55 * color), lw=0.5
            )
        for outline in footprint.polygons_at(Pose(0.0, 0.0, 0.0)):
            axes.fill(*outline.T, fc="none", ec="#c2185b", lw=1.5, zorder=3)
        axes.set_aspect("equal")
        axes.set_title(f"{len(states)} samples from {'rest' if share == 0.0 else f'{share:.0%} of full speed'}")
        axes.set_xlabel("x, m")
    save(figure, path)
