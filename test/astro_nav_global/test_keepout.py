"""Planning with keepout masks."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.errors import PlanningError
from astro_nav_common.grid import Grid
from astro_nav_common.masks import KeepoutMask
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.params import GlobalParams
from astro_nav_global.planner import GlobalPlanner

START, GOAL = Pose(1.0, 2.0, 0.0), Pose(7.0, 2.0, 0.0)


def hall() -> GlobalPlanner:
    """8 x 4 m, nothing in it."""
    data = np.zeros((80, 160), np.int8)
    data[[0, -1]] = data[:, [0, -1]] = OCCUPIED
    planner = GlobalPlanner(GlobalParams(), RobotParams())
    planner.set_map(Grid(data, 0.05, 0.0, 0.0))
    return planner


def zone(
    value: int, resolution: float = 0.1, low: tuple[float, float] = (3.5, 1.0), size: tuple[float, float] = (1.0, 2.0)
) -> Grid:
    """A mask that covers only the zone: x 3.5 to 4.5 m, y 1 to 3 m."""
    shape = round(size[1] / resolution), round(size[0] / resolution)
    return Grid(np.full(shape, value, np.int8), resolution, *low)


@pytest.mark.parametrize("resolution", [0.02, 0.05, 0.1, 0.25])
def test_keepout_is_not_entered_by_any_part_of_the_width(resolution: float) -> None:
    planner = hall()
    planner.set_keepout(KeepoutMask(zone(100, resolution)))
    points = planner.plan(START, GOAL).points
    beside = points[(points[:, 0] > 3.5) & (points[:, 0] < 4.5)]
    assert np.abs(beside[:, 1] - 2.0).min() > 1.0 + 0.125 - 0.05
    planner.set_keepout(None)
    assert np.abs(planner.plan(START, GOAL).points[:, 1] - 2.0).max() < 0.1


def test_a_goal_or_a_wall_of_keepout_is_refused() -> None:
    planner = hall()
    planner.set_keepout(KeepoutMask(zone(100)))
    with pytest.raises(PlanningError) as caught:
        planner.plan(START, Pose(4.0, 2.0, 0.0))
    assert caught.value.code == PlanningError.GOAL_OCCUPIED
    planner.set_keepout(KeepoutMask(zone(100, low=(3.5, -1.0), size=(1.0, 9.0))))
    with pytest.raises(PlanningError) as caught:
        planner.plan(START, GOAL)
    assert caught.value.code == PlanningError.NO_VALID_PATH


def test_values_between_discourage_and_unknown_says_nothing() -> None:
    planner = hall()
    for value, detours in ((60, True), (UNKNOWN, False), (0, False)):
        planner.set_keepout(KeepoutMask(zone(value)))
        assert bool(np.abs(planner.plan(START, GOAL).points[:, 1] - 2.0).max() > 0.9) is detours


def test_keepout_holds_for_the_next_map_and_while_observing() -> None:
    planner = hall()
    planner.set_keepout(KeepoutMask(zone(100)))
    data = np.zeros((100, 200), np.int8)
    data[0] = OCCUPIED
    planner.set_map(Grid(data, 0.05, -1.0, -0.5))
    planner.observe(Grid(np.zeros((40, 40), np.int8), 0.05, 3.0, 1.0), 1.0)
    assert not planner.is_valid(np.array(((4.0, 2.0),)), 1.0)


@pytest.mark.parametrize(
    "mask", [zone(100, low=(100.0, 100.0)), zone(100, size=(0.1, 0.1)), zone(100, size=(40.0, 0.1), low=(-20.0, -9.0))]
)
def test_a_mask_of_another_size_or_place_is_no_error(mask: Grid) -> None:
    planner = hall()
    planner.set_keepout(KeepoutMask(mask))
    assert planner.plan(START, GOAL).goal == GOAL
