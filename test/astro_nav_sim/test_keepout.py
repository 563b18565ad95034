"""A keepout mask while driving, in lockstep: what the map calls free is not driven through."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.footprint import Footprint
from astro_nav_common.geometry import inverse, transform_points
from astro_nav_common.grid import Grid
from astro_nav_common.masks import KeepoutMask
from astro_nav_common.types import Pose
from astro_nav_global.params import GlobalParams
from astro_nav_global.planner import GlobalPlanner
from astro_nav_sim.closed_loop import LoopParams
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import full_stack
from astro_nav_sim.world import Goal
from astro_nav_sim.worlds import load_world

#: between the start and the goal, with room to the north
ZONE = Grid(np.full((21, 8), 100, np.int8), 0.1, 1.6, 0.5)
CELLS = ZONE.centers(np.argwhere(np.ones(ZONE.shape, bool)))


@pytest.mark.parametrize(("start", "keeps_out"), [(None, True), (Pose(2.3, 1.5, 3.1), False)], ids=["beside", "inside"])
def test_the_robot_drives_round_it_and_out_of_it(start: Pose | None, keeps_out: bool) -> None:
    robot, world = load_sim_robot("astro"), load_world("two_ways")
    planner = GlobalPlanner(GlobalParams(), robot.params)
    assert world.map is not None
    planner.set_map(world.map)
    planner.set_keepout(KeepoutMask(ZONE))
    loop = full_stack(world, robot, params=LoopParams(timeout=40.0), planner=planner, start=start)
    run = loop.run([Goal("beyond", Pose(3.2, 1.5, 0.0))])
    assert run.outcome == "success", run.reason
    footprint = Footprint.of(robot.params)
    if keeps_out:
        gaps = [
            footprint.distances(transform_points(inverse(Pose(*row[1:4])), CELLS), row[6]).min()
            for row in run.truth[::5]
        ]
        assert min(gaps) > 0.0
