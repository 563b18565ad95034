"""A robot that is moved by hand, whose localisation jumps, whose odometry drifts: it goes on, and no ghost holds it up."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from astro_nav_common.conventions import FREE, OCCUPIED
from astro_nav_common.grid import Grid
from astro_nav_common.types import Command, Pose, State
from astro_nav_sim.disturbances import DISTURBANCES, DisturbedDrive, drive
from astro_nav_sim.ghosts import GhostMeter
from astro_nav_sim.robot import SimRobot
from astro_nav_sim.simulator import OdometryEvent, Simulator
from astro_nav_sim.world import Box, Cylinder, World

WALL = World("wall", (Box("wall", 2.0, 0.0, 0.0, 0.1, 6.0),), Pose(0.0, 0.0, 0.0))


@functools.cache
def driven(name: str, fov: float = 0.0) -> DisturbedDrive:
    """Seed 1."""
    return drive(name, 1, math.radians(fov))


@pytest.mark.parametrize(("name", "fov"), [(name, 0.0) for name in DISTURBANCES] + [("moved_unnoticed", 120.0)])
def test_no_ghost_holds_the_robot_up_for_more_than_a_second(name: str, fov: float) -> None:
    done = driven(name, fov)
    assert done.contacts == 0
    assert done.stood_s <= 1.0
    if (
        name != "localisation_jumps"
    ):  # what was mapped while localisation was wrong may make the navigator give a goal up
        assert (done.outcome, done.reason) == ("success", "")
    assert (done.disturbed >= 2) == (name not in ("none", "odometry_drifts"))


def test_a_robot_moved_unnoticed_leaves_ghosts_for_the_meter_to_see() -> None:
    assert driven("moved_unnoticed").ghosts_s > 0.1
    assert driven("none").ghosts_s <= 0.1


def marked(*points: tuple[float, float]) -> Grid:
    """A local map of 6 x 6 m around the origin with these points occupied."""
    grid = Grid(np.full((120, 120), FREE, np.int8), 0.05, -3.0, -3.0)
    for x, y in points:
        grid.data[grid.cell(x, y)] = OCCUPIED
    return grid


def test_cells_where_nothing_stands_are_ghosts_if_within_reach() -> None:
    meter = GhostMeter(WALL, 0.2, 0.1)
    near_wall, far, open_floor, mover = (1.85, 0.4), (-2.5, 0.0), (0.7, 0.1), (0.0, -0.8)
    local_map = marked(near_wall, far, open_floor, mover)
    at = State(0.0, 1.2, 0.0, 0.0)
    ghosts = meter.ghosts(local_map, Pose(0.0, 0.0, 0.0), at._replace(x=0.2), [Cylinder("person", 0.0, -1.0, 0.2)])
    assert ghosts.tolist() == [pytest.approx((0.725, 0.125))]
    # odometry that is 0.5 m off puts the wall's cell where nothing stands
    assert len(meter.ghosts(marked(near_wall), Pose(-0.5, 0.0, 0.0), at)) == 1


def test_only_standing_before_ghosts_counts_as_held_up() -> None:
    meter = GhostMeter(WALL, 0.2, 0.1)
    here, odom = State(0.0, 0.0, 0.0, 0.0), Pose(0.0, 0.0, 0.0)
    for speed, ghost in ((0.0, True), (0.0, True), (0.5, True), (0.0, True), (0.0, False)):
        meter.look(marked((0.5, 0.0)) if ghost else marked(), odom, here._replace(v=speed))
    assert meter.seen_s == pytest.approx(0.4)
    assert meter.stood_s == pytest.approx(0.2)


@pytest.mark.parametrize("noticed", [True, False])
def test_a_carried_robot_stands_where_it_is_put_down(astro: SimRobot, plain: World, noticed: bool) -> None:
    sim = Simulator(plain, astro, 0, Pose(1.0, 1.0, math.pi / 2))
    states = []

    def until(t: float) -> None:
        while sim.time < t:
            sim.send(Command())
            states.extend(event.state for event in sim.step() if isinstance(event, OdometryEvent))

    until(0.5)
    sim.carry(Pose(1.0, 0.5, 0.3), noticed, 1.0)
    until(1.0)
    assert sim.carried and not sim.contacts
    until(2.0)
    assert not sim.carried
    assert sim.truth().pose == pytest.approx((0.5, 2.0, math.pi / 2 + 0.3), abs=0.02)
    assert states[-1].pose == pytest.approx((1.0, 0.5, 0.3) if noticed else (0.0, 0.0, 0.0), abs=0.02)
    assert sim.odom_in_world == pytest.approx((1.0, 1.0, math.pi / 2), abs=0.03) or not noticed


def test_a_robot_can_be_elsewhere_at_once(astro: SimRobot, plain: World) -> None:
    sim = Simulator(plain, astro, 0)
    sim.step()
    sim.carry(Pose(2.0, 0.0, 0.0), noticed=False)
    for _ in range(10):
        sim.step()
    assert sim.truth().x == pytest.approx(2.0, abs=0.02)
