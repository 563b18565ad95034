"""Pictures of worlds and runs, for people. Matplotlib is imported when one is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.grid import Grid
from astro_nav_sim.clearance import box_corners
from astro_nav_sim.result import RunResult
from astro_nav_sim.world import Box, Solid, World

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FACES = {"wall": "0.35", "map": "0.35", "door": "saddlebrown", "person": "steelblue", "obstacle": "indianred"}


def save_picture(
    path: Path, world: World, run: RunResult | None = None, *, grid: Grid | None = None, t: float = 0.0
) -> None:
    """Write a picture of a world, with movers at time t, and of a run in it if there is one, to `path` (PNG).

    Args:
        grid: drawn beneath, if given; world frame.
    """
    from matplotlib.figure import Figure

    x_low, y_low, x_high, y_high = extent(world, run)
    scale = 12.0 / max(x_high - x_low, y_high - y_low)
    figure = Figure(
        figsize=(max(scale * (x_high - x_low), 4.0), max(scale * (y_high - y_low), 4.0)), dpi=100, layout="constrained"
    )
    axes = figure.add_subplot()
    if grid is not None:
        draw_grid(axes, grid)
    draw_world(axes, world, t)
    if run is not None:
        draw_run(axes, run)
        axes.set_title(
            f"{run.world}: {run.outcome}, {run.time:.1f} s, {run.path_length:.1f} m, closest {run.min_clearance:.2f} m"
        )
    axes.set(xlim=(x_low, x_high), ylim=(y_low, y_high), aspect="equal", xlabel="x, m", ylabel="y, m")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def extent(world: World, run: RunResult | None = None, margin: float = 0.5) -> tuple[float, float, float, float]:
    """(x_low, y_low, x_high, y_high) of everything, m."""
    points = [np.array([world.start[:2], *(goal.pose[:2] for goal in world.goals)])]
    points += [box_corners(s) if isinstance(s, Box) else np.array([[s.x, s.y]]) for s in world.solids]
    if run is not None:
        points.append(run.truth[:, 1:3])
    every = np.concatenate(points)
    return (*(every.min(axis=0) - margin), *(every.max(axis=0) + margin))


def draw_grid(axes: Axes, grid: Grid) -> None:
    """An occupancy grid in shades: free white, unknown light, occupied dark."""
    rows, cols = grid.shape
    h, x, y = grid.resolution, grid.origin_x, grid.origin_y
    shade = np.where(grid.data == UNKNOWN, 0.85, 1.0 - 0.6 * np.maximum(grid.data, 0) / OCCUPIED)
    axes.imshow(shade, cmap="gray", vmin=0, vmax=1, origin="lower", extent=(x, x + cols * h, y, y + rows * h), zorder=0)


def draw_world(axes: Axes, world: World, t: float = 0.0, robot_height: float = 0.45) -> None:
    """Solids (pale where they begin above `robot_height` m), movers and leaves at time t, surprises in outline, start and goals."""
    for solid in sorted((*world.solids, *world.moving_solids(t)), key=lambda item: -item.z_low):
        overhead = solid.z_low >= robot_height
        axes.add_patch(
            _patch(solid, alpha=0.25 if overhead else 0.9, facecolor=_FACES.get(solid.kind, "peru"), linewidth=0.0)
        )
    for surprise in world.surprises:
        axes.add_patch(_patch(surprise.solid, fill=False, edgecolor="red", linestyle="--"))
    for pose, name, color in [
        (world.start, "start", "black"),
        *((goal.pose, goal.name, "green") for goal in world.goals),
    ]:
        axes.annotate(
            "",
            (pose.x + 0.4 * np.cos(pose.yaw), pose.y + 0.4 * np.sin(pose.yaw)),
            pose[:2],
            arrowprops={"arrowstyle": "->", "color": color},
        )
        axes.annotate(name, pose[:2], color=color, fontsize=8, xytext=(3, -9), textcoords="offset points")


def draw_run(axes: Axes, run: RunResult) -> None:
    """The driven path coloured by speed, and where it touched something."""
    from matplotlib.collections import LineCollection

    xy, speed = run.truth[:, 1:3], np.abs(run.truth[:, 4])
    lines = LineCollection(
        list(np.stack((xy[:-1], xy[1:]), axis=1)), array=speed[:-1], cmap="turbo", linewidths=2.5, zorder=5
    )
    axes.add_collection(lines)
    axes.figure.colorbar(lines, ax=axes, label="speed, m/s", shrink=0.6)
    for contact in run.contacts:
        axes.plot(contact.x, contact.y, "rx", markersize=12, zorder=6)


def _patch(solid: Solid, **style: Any) -> Any:
    from matplotlib.patches import Circle, Polygon

    if isinstance(solid, Box):
        return Polygon(box_corners(solid), closed=True, **style)
    return Circle((solid.x, solid.y), solid.radius, **style)
