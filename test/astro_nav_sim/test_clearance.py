"""True clearance: by hand, and against MuJoCo's own distance between geoms."""

from __future__ import annotations

import math

import mujoco
import numpy as np
import pytest

from astro_nav_common.types import Pose, State
from astro_nav_sim.clearance import ClearanceMeter, box_corners
from astro_nav_sim.model import build_model
from astro_nav_sim.world import Box, Cylinder, World


def at(x: float, y: float, yaw: float, screen_yaw: float = 0.0) -> State:
    return State(0.0, x, y, yaw, screen_yaw=screen_yaw)


def test_distance_ahead_of_the_robot(astro) -> None:
    meter = ClearanceMeter(astro, [Box("wall", 2.0, 0.0, 0.0, 0.2, 4.0)])
    assert meter.distance(at(1.0, 0.0, 0.0)) == pytest.approx(0.9 - 0.21)
    assert meter.distance(at(1.0, 0.0, math.pi / 2)) == pytest.approx(0.9 - 0.125)


def test_distance_to_a_corner_and_to_a_cylinder(astro) -> None:
    meter = ClearanceMeter(astro, [Cylinder("post", 0.51, 0.525, 0.1)])
    assert meter.distance(at(0.0, 0.0, 0.0)) == pytest.approx(0.5 - 0.1)


def test_the_turned_screen_counts(astro) -> None:
    """Screen turned by 90 degrees: reaches 0.24 m forward."""
    meter = ClearanceMeter(astro, [Box("wall", 1.0, 0.0, 0.0, 0.2, 4.0)])
    assert meter.distance(at(0.0, 0.0, 0.0, math.pi / 2)) == pytest.approx(0.9 - 0.24)


def test_each_outline_only_meets_what_is_at_its_height(astro) -> None:
    """Base up to 0.28 m, screen above."""
    low, high = Box("low", 1.0, 0.0, 0.0, 0.2, 4.0, 0.0, 0.2), Box("high", 1.0, 0.0, 0.0, 0.2, 4.0, 0.3, 0.44)
    over = Box("over", 1.0, 0.0, 0.0, 0.2, 4.0, 0.45, 0.6)
    state = at(0.0, 0.0, 0.0, math.pi / 2)
    assert ClearanceMeter(astro, [low]).distance(state) == pytest.approx(0.9 - 0.21)
    assert ClearanceMeter(astro, [high]).distance(state) == pytest.approx(0.9 - 0.24)
    assert ClearanceMeter(astro, [over]).distance(state, cap=1.5) == 1.5


def test_moving_solids_count_where_they_are(astro) -> None:
    meter = ClearanceMeter(astro, [])
    assert meter.distance(at(0.0, 0.0, 0.0), [Cylinder("person", 1.0, 0.0, 0.25)]) == pytest.approx(0.75 - 0.21)


def test_agrees_with_mujoco_for_random_poses(robot) -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        yaw, size = rng.uniform(-3, 3), rng.uniform(0.1, 0.8, 2)
        solids = (
            Box("box", 1.0 + rng.uniform(0, 0.5), rng.uniform(-1, 1), yaw, *size),
            Cylinder("post", rng.uniform(-1, 1), -1.0 - rng.uniform(0, 0.5), rng.uniform(0.05, 0.3)),
        )
        pose = Pose(*rng.uniform(-0.2, 0.2, 2), rng.uniform(-3, 3))
        model, handles = build_model(World("w", solids, pose), robot, pose)
        data = mujoco.MjData(model)
        mujoco.mj_forward(model, data)
        pairs = [(hull, model.geom(solid.name).id) for hull in handles.hull_geoms for solid in solids]
        expected = min(mujoco.mj_geomDistance(model, data, hull, other, 5.0, None) for hull, other in pairs)
        assert ClearanceMeter(robot, solids).distance(at(*pose), cap=5.0) == pytest.approx(expected, abs=2e-3)


def test_corners_of_a_turned_box() -> None:
    corners = box_corners(Box("b", 1.0, 2.0, math.pi / 2, 2.0, 1.0))
    assert sorted(map(tuple, corners.round(9))) == [(0.5, 1.0), (0.5, 3.0), (1.5, 1.0), (1.5, 3.0)]
