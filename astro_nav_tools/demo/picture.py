"""The picture of a drive: the map, the driven path coloured by speed, the goals, and a few planning cycles close up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.footprint import Footprint
from astro_nav_common.grid import Grid
from astro_nav_common.types import Pose
from astro_nav_sim.world import Goal
from astro_nav_tools.demo.drive import Drive, Snapshot
from astro_nav_tools.demo.request import Tour
from astro_nav_tools.results import ResultError

matplotlib.use("Agg")

#: unknown, free, occupied
_FLOOR = ListedColormap(("#e4e6ea", "#ffffff", "#3a3f4b"))
_INK, _QUIET, _MAGENTA, _GOAL = "#20242c", "#6b7280", "#c2185b", "#111827"
#: slow to fast; dark enough on a white floor throughout
_SPEED = LinearSegmentedColormap.from_list("speed", ("#d7263d", "#f46036", "#e0a100", "#2e9e8f", "#1b6ca8"))
#: inches: largest size of the plan, and the space around it
_MAIN_HEIGHT, _MAIN_WIDTH, _LEFT, _BOTTOM, _TOP, _RIM, _GAP = 8.6, 14.0, 0.6, 0.55, 0.7, 0.15, 0.32
_LABEL_BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.0}
#: m to either side of the robot in a close-up
_CLOSE_UP = 1.6
#: s and m between close-ups
_APART = (5.0, 2.5)


def draw(path: Path, tour: Tour, drive: Drive, title: str, close_ups: int = 3) -> None:
    """Write the picture. Raises ResultError."""
    chosen = choose_snapshots(drive, close_ups)
    low, high = _extent(tour.map, drive)
    aspect = float((high[0] - low[0]) / (high[1] - low[1]))
    height = min(_MAIN_HEIGHT, _MAIN_WIDTH / aspect)  # in
    width = height * aspect
    side = (height - (close_ups - 1) * _GAP) / close_ups if chosen else 0.0
    size = (_LEFT + width + (_GAP + side if chosen else 0.0) + _RIM, _BOTTOM + height + _TOP)
    figure = Figure(figsize=size, dpi=130)

    def place(x: float, y: float, w: float, h: float) -> Axes:
        return figure.add_axes((x / size[0], y / size[1], w / size[0], h / size[1]))

    main = place(_LEFT, _BOTTOM, width, height)
    _draw_map(main, tour.map)
    main.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="x, m", ylabel="y, m")
    line = _draw_path(main, drive.truth, tour.robot.v_max)
    _draw_footprints(main, drive.truth, Footprint.of(tour.robot))
    _draw_goals(main, tour.start, tour.goals)
    figure.text(_LEFT / size[0], (_BOTTOM + height + 0.22) / size[1], title, fontsize=12, color=_INK)
    bar_width = min(2.4, 0.3 * size[0])
    bar = figure.colorbar(
        line, cax=place(size[0] - _RIM - bar_width, _BOTTOM + height + 0.42, bar_width, 0.1), orientation="horizontal"
    )
    bar.ax.spines["outline"].set_visible(False)
    bar.ax.tick_params(length=2, labelsize=8, colors=_QUIET, pad=2)
    figure.text(
        (size[0] - _RIM - bar_width - 0.1) / size[0],
        (_BOTTOM + height + 0.41) / size[1],
        "speed, m/s",
        fontsize=8,
        color=_QUIET,
        ha="right",
    )
    for index, snapshot in enumerate(chosen):
        row = drive.truth[int(np.argmin(np.abs(drive.truth[:, 0] - snapshot.t)))]
        _mark(main, "abcdefgh"[index], row)
        axes = place(_LEFT + width + _GAP, _BOTTOM + height - side - index * (side + _GAP), side, side)
        _draw_close_up(axes, "abcdefgh"[index], tour, drive, snapshot, row)
    try:
        figure.savefig(path)
    except OSError as error:
        raise ResultError(f"'{path}' cannot be written: {error.strerror}") from None


def choose_snapshots(drive: Drive, count: int) -> list[Snapshot]:
    """Planning cycles worth a close look: in turns taken at speed, apart in time and place; in order of time."""
    truth = drive.truth
    if not len(truth):
        return []
    rows = [truth[int(np.argmin(np.abs(truth[:, 0] - snapshot.t)))] for snapshot in drive.snapshots]
    order = sorted(range(len(rows)), key=lambda i: -abs(rows[i][4] * rows[i][5]))
    chosen: list[int] = []
    for i in order:
        if len(chosen) == count:
            break
        far = all(
            abs(rows[i][0] - rows[j][0]) > _APART[0] and np.hypot(*(rows[i][1:3] - rows[j][1:3])) > _APART[1]
            for j in chosen
        )
        if far and len(drive.snapshots[i].strips) > 3:
            chosen.append(i)
    return [drive.snapshots[i] for i in sorted(chosen)]


def _extent(grid: Grid, drive: Drive, margin: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Corners of what is known of the map and of the path: the empty rim of a map is not worth the paper."""
    rows, cols = np.nonzero(grid.data != UNKNOWN)
    cells = np.array([[rows.min(), cols.min()], [rows.max(), cols.max()]])
    points = np.concatenate((grid.centers(cells), drive.truth[:, 1:3]))
    return points.min(axis=0) - margin, points.max(axis=0) + margin


def _draw_map(axes: Axes, grid: Grid) -> None:
    shade = np.where(grid.data == UNKNOWN, 0, np.where(grid.data > OCCUPIED // 2, 2, 1))
    rows, cols = grid.shape
    x, y = grid.origin_x, grid.origin_y
    extent = (x, x + cols * grid.resolution, y, y + rows * grid.resolution)
    axes.imshow(shade, cmap=_FLOOR, vmin=0, vmax=2, origin="lower", extent=extent, interpolation="nearest")
    axes.set_aspect("equal")
    axes.tick_params(length=2, colors=_QUIET, labelsize=8)
    for spine in axes.spines.values():
        spine.set_color("#c5c9d0")


def _draw_path(axes: Axes, truth: np.ndarray, v_max: float) -> Any:
    points = truth[:, 1:3]
    line = LineCollection(
        list(np.stack((points[:-1], points[1:]), axis=1)), array=np.abs(truth[:-1, 4]), cmap=_SPEED, linewidths=3.0,
        capstyle="round", zorder=3,
    )  # fmt: skip
    line.set_clim(0.0, v_max)
    axes.add_collection(line)
    return line


def _draw_footprints(axes: Axes, truth: np.ndarray, footprint: Footprint, every: float = 0.6) -> None:
    """Outlines of the robot along the path, one every so many metres."""
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(truth[:, 1:3], axis=0).T))))
    for distance in np.arange(0.0, arc[-1] if len(arc) else 0.0, every):
        row = truth[int(np.searchsorted(arc, distance))]
        for outline in footprint.polygons_at(Pose(*row[1:4]), row[6]):
            axes.add_patch(
                Polygon(outline, closed=True, fill=False, edgecolor="#5b6270", linewidth=0.5, alpha=0.7, zorder=2)
            )


def _draw_goals(axes: Axes, start: Pose, goals: tuple[Goal, ...]) -> None:
    axes.plot(start.x, start.y, marker=(3, 0, np.degrees(start.yaw) - 90.0), ms=11, color=_INK, zorder=5)
    for number, goal in enumerate(goals, 1):
        x, y, yaw = goal.pose
        axes.annotate(
            "", xytext=(x, y), xy=(x + 0.45 * np.cos(yaw), y + 0.45 * np.sin(yaw)), zorder=4,
            arrowprops={"arrowstyle": "-|>", "color": _GOAL, "lw": 1.6},
        )  # fmt: skip
        axes.plot(x, y, "o", ms=13, color=_GOAL, zorder=5)
        axes.text(
            x, y, str(number), color="white", ha="center", va="center_baseline", fontsize=9, weight="bold", zorder=6
        )
        axes.annotate(
            goal.name, (x, y), xytext=(0, -15), textcoords="offset points", ha="center", fontsize=8, color=_GOAL, zorder=6,
            bbox=_LABEL_BOX,
        )  # fmt: skip


def _mark(axes: Axes, letter: str, row: np.ndarray) -> None:
    x, y = row[1:3]
    corner = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1))) * _CLOSE_UP + (x, y)
    axes.add_patch(
        Polygon(corner, closed=True, fill=False, edgecolor=_MAGENTA, linewidth=0.9, linestyle=(0, (4, 3)), zorder=4)
    )
    label: dict[str, Any] = {"color": _MAGENTA, "fontsize": 10, "weight": "bold", "va": "top", "zorder": 6}
    axes.text(corner[3][0] + 0.1, corner[3][1] - 0.1, letter, **label, bbox=_LABEL_BOX)


def _draw_close_up(axes: Axes, letter: str, tour: Tour, drive: Drive, snapshot: Snapshot, row: np.ndarray) -> None:
    _draw_map(axes, tour.map)
    past = drive.truth[drive.truth[:, 0] <= snapshot.t]
    axes.plot(past[:, 1], past[:, 2], color="#9aa1ad", linewidth=1.5, zorder=2)
    widths = [3.0 if width >= max(snapshot.widths) else 0.7 for width in snapshot.widths]
    axes.add_collection(LineCollection(snapshot.strips, colors=snapshot.colors, linewidths=widths, zorder=3))
    for outline in Footprint.of(tour.robot).polygons_at(Pose(*row[1:4]), row[6]):
        axes.add_patch(
            Polygon(outline, closed=True, facecolor="#c2185b30", edgecolor=_MAGENTA, linewidth=1.4, zorder=4)
        )
    axes.set_xlim(row[1] - _CLOSE_UP, row[1] + _CLOSE_UP)
    axes.set_ylim(row[2] - _CLOSE_UP, row[2] + _CLOSE_UP)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_title(
        f"{letter}   t = {row[0]:.1f} s,  {row[4]:.2f} m/s,  {row[5]:+.2f} rad/s",
        fontsize=8.5,
        loc="left",
        color=_MAGENTA,
    )
