"""`bench candidates`: a picture of what one planning cycle weighs, on the way up to a doorway and in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from astro_nav_common.footprint import Footprint
from astro_nav_common.types import Pose, State
from astro_nav_local.local_plan import LocalPlan
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams
from astro_nav_sim.closed_loop import ClosedLoop, LoopParams
from astro_nav_sim.picture import draw_grid
from astro_nav_sim.robot import load_sim_robot
from astro_nav_tools.bench.gaps import LENGTH, MIDDLE, passage, room
from astro_nav_tools.bench.output import OUT, finish, save
from astro_nav_tools.results import provenance

#: m: width and thickness of the doorway; the distances before its middle at which a cycle is looked at; half of a panel's side
GAP, THICKNESS, BEFORE, HALF = 0.45, 0.15, (1.6, 0.8, 0.1), 1.6
_START = Pose(0.8, -0.8, 0.4)


@dataclass
class Look:
    """Keeps the first cycle at which the robot has come as near to the doorway as each of BEFORE says."""

    planner: LocalPlanner
    cycles: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, now: float, plan: LocalPlan) -> None:
        """A cycle is over."""
        # odom begins at the start
        pose = Pose(plan.start.x, plan.start.y, plan.start.yaw)
        to_go = MIDDLE - _in_world(pose)[0]
        if len(self.cycles) < len(BEFORE) and to_go <= BEFORE[len(self.cycles)] and len(plan.candidates.cost):
            self.cycles.append({
                "t": now, "start": plan.start, "best": plan.candidates.best, "grid": self.planner.map.grid(),
                "xy": plan.candidates.xy.copy(), "cost": plan.candidates.cost.copy(),
                "survival": float(plan.trajectory.survival[-1]),
            })  # fmt: skip


def _in_world(pose_odom: Pose) -> np.ndarray:
    c, s = np.cos(_START.yaw), np.sin(_START.yaw)
    return np.array((_START.x + c * pose_odom.x - s * pose_odom.y, _START.y + s * pose_odom.x + c * pose_odom.y))


def candidates(
    seed: Annotated[int, typer.Option(help="Of the drive.")] = 0,
    out: Annotated[Path, OUT] = Path("out/bench/candidates.json"),
) -> int:
    """Candidates: a picture of planning cycles before and in a doorway."""
    robot = load_sim_robot("astro")
    planner = LocalPlanner(LocalParams(), robot.params, seed)
    look = Look(planner)
    world = room("doorway", passage(GAP, THICKNESS), _START, Pose(LENGTH - 0.8, 0.6, 0.0))
    guard = Guard(GuardParams(), robot.params)
    ClosedLoop(world, robot, planner, guard=guard, params=LoopParams(arrival_radius=0.3), seed=seed, on_plan=look).run()
    rows = [
        {
            "t": cycle["t"], "speed_mps": cycle["start"].v, "candidates": len(cycle["cost"]),
            "best_cost_m": float(cycle["cost"].min()), "survival": cycle["survival"],
        }
        for cycle in look.cycles
    ]  # fmt: skip
    draw(out.with_suffix(".png"), look.cycles, Footprint.of(robot.params))
    lines = [
        f"t = {row['t']:.1f} s, {row['speed_mps']:.2f} m/s: best of {row['candidates']} costs {row['best_cost_m']:.2f} m, "
        f"survival {row['survival']:.3f}"
        for row in rows
    ]
    return finish(out, {"rows": rows}, provenance({"drive": seed}), lines)


def draw(path: Path, cycles: list[dict[str, Any]], footprint: Footprint) -> None:
    """A panel a cycle: the local map, every third candidate from green (best) to red (worst), the chosen one bold."""
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure
    from matplotlib.patches import Polygon

    figure = Figure(figsize=(10.0, 3.6), dpi=80, layout="constrained")
    for axes, cycle in zip(figure.subplots(1, len(BEFORE)), cycles):
        start: State = cycle["start"]
        cost, xy = cycle["cost"], cycle["xy"]
        ranked = np.flatnonzero(np.isfinite(cost))
        ranked = ranked[np.argsort(-cost[ranked], kind="stable")]
        badness = np.linspace(1.0, 0.0, len(ranked))
        colors = np.column_stack((np.minimum(1.0, 2.0 * badness), np.minimum(0.8, 1.6 - 1.6 * badness), 0.0 * badness))
        draw_grid(axes, cycle["grid"])
        axes.add_collection(LineCollection(list(xy[ranked[::3]]), colors=colors[::3], linewidths=0.6, alpha=0.7))
        axes.plot(*xy[cycle["best"]].T, color="#004d1a", linewidth=2.5)
        for outline in footprint.polygons_at(start.pose, start.screen_yaw):
            axes.add_patch(Polygon(outline, closed=True, facecolor="none", edgecolor="#c2185b", linewidth=1.5))
        middle = xy[cycle["best"]][len(xy[0]) // 3]
        axes.set(xlim=(middle[0] - HALF, middle[0] + HALF), ylim=(middle[1] - HALF, middle[1] + HALF), aspect="equal")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_title(f"{start.v:.2f} m/s, survival {cycle['survival']:.3f}", fontsize=9)
    save(figure, path)
