"""A map that is replaced while the robot drives, in lockstep."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.grid import Grid
from astro_nav_global.navigation import Action
from astro_nav_global.params import GlobalParams
from astro_nav_global.planner import GlobalPlanner
from astro_nav_sim.closed_loop import LoopParams
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import full_stack
from astro_nav_sim.worlds import load_world

WORLD = load_world("two_ways")


def coarser(grid: Grid) -> Grid:
    """Cells of twice the size, from a metre further out."""
    data = np.pad(grid.data, 20, constant_values=-1)
    data = data[: data.shape[0] // 2 * 2, : data.shape[1] // 2 * 2]
    data = data.reshape(data.shape[0] // 2, 2, data.shape[1] // 2, 2).max(axis=(1, 3))
    return Grid(data, 2 * grid.resolution, grid.origin_x - 20 * grid.resolution, grid.origin_y - 20 * grid.resolution)


@pytest.mark.parametrize(
    "other", [coarser(WORLD.map), Grid(np.zeros_like(WORLD.map.data), 0.05, -1.0, -1.0)], ids=["coarser", "empty"]
)
def test_the_drive_goes_on_over_another_map(other: Grid) -> None:
    robot = load_sim_robot("astro")
    planner = GlobalPlanner(GlobalParams(), robot.params)
    planner.set_map(WORLD.map)
    replaced = []

    def replace_once(now: float, _action: Action) -> None:
        if now > 2.5 and not replaced:
            planner.set_map(other)
            replaced.append(now)

    loop = full_stack(WORLD, robot, params=LoopParams(timeout=60.0), planner=planner, seed=1, on_action=replace_once)
    run = loop.run([WORLD.goal("other")])
    assert replaced
    assert (run.outcome, run.contacts) == ("success", []), run.reason
