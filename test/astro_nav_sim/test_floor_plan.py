"""Floor plans: what their words become, and what is wrong with bad ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.errors import WorldError
from astro_nav_sim.clearance import box_corners
from astro_nav_sim.world import Box
from astro_nav_sim.worlds.floor_plan import floor_plan_world
from astro_nav_sim.worlds.furniture import KINDS, furniture

PLAN = {"start": [1.0, 1.0, 0.0]}
WALL = {"from": [0, 2], "to": [4, 2], "thickness": 0.2}


def test_a_gap_divides_a_wall() -> None:
    world = floor_plan_world("p", PLAN | {"walls": [WALL | {"gaps": [{"at": 1.0, "width": 0.8}]}]})
    spans = sorted((box_corners(box)[:, 0].min(), box_corners(box)[:, 0].max()) for box in world.solids)
    assert np.allclose(spans, [(-0.1, 1.0), (1.8, 4.1)])


@pytest.mark.parametrize(("hinge", "x"), [("start", 1.0), ("end", 1.8)])
def test_a_closed_leaf_fills_its_gap_and_an_open_one_stands_across(hinge, x) -> None:
    leaf = {"name": "d", "hinge": hinge, "schedule": [[0.0, 0.0], [1.0, 1.0]]}
    world = floor_plan_world("p", PLAN | {"walls": [WALL | {"gaps": [{"at": 1.0, "width": 0.8, "leaf": leaf}]}]})
    closed, opened = (box_corners(world.doors[0].leaf(t)) for t in (0.0, 1.0))
    assert closed[:, 0].min() == pytest.approx(1.0, abs=0.011)
    assert closed[:, 0].max() == pytest.approx(1.8, abs=0.011)
    assert np.abs(opened[:, 0] - x).max() == pytest.approx(0.02)
    assert abs(opened[:, 1] - 2.0).max() == pytest.approx(0.79, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_stays_within_its_size_and_on_or_above_the_floor(kind) -> None:
    size = KINDS[kind][0]
    parts = furniture("it", {"kind": kind, "at": [0.0, 0.0, 0.0]})
    assert len({part.name for part in parts}) == len(parts)
    for part in parts:
        assert part.z_low >= 0.0
        if isinstance(part, Box):
            assert np.all(np.abs(box_corners(part)) <= np.array(size) / 2 + 1e-9)


def test_a_chair_is_four_legs_below_the_robots_top() -> None:
    parts = furniture("it", {"kind": "chair", "at": [2.0, 3.0, 0.4]})
    low = [part for part in parts if part.z_low < 0.44]
    assert len(low) == 4
    assert all(math.hypot(leg.x - 2.0, leg.y - 3.0) > 0.2 and leg.size_x < 0.05 for leg in low)


def test_movers_and_surprises() -> None:
    walker = {"name": "w", "frames": [[0, 0, 0], [4, 4, 0]], "period": 5.0}
    world = floor_plan_world(
        "p", PLAN | {"movers": [walker], "surprises": [{"kind": "box", "at": [3, 1], "near": 1.0}]}
    )
    assert world.movers[0].track.position(4.0) == pytest.approx((4.0, 0.0))
    assert (world.surprises[0].solid.name, world.surprises[0].near) == ("box_1", 1.0)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"start": [1.0]}, "section start"),
        ({"goals": {"a": [1.0, "x", 0.0]}}, "section goals"),
        ({"goals": [1, 2]}, "section goals"),
        ({"rooms": []}, "no 'rooms'"),
        ({"walls": [{"from": [0, 0]}]}, "section walls: 'to' is missing"),
        ({"walls": [WALL | {"gaps": [{"at": 3.5, "width": 0.8}]}]}, "does not fit"),
        ({"walls": [WALL | {"gaps": [{"at": 1.0, "width": 0.8, "leaf": {"name": "d", "hinge": "top"}}]}]}, "'top'"),
        ({"furniture": [{"kind": "piano", "at": [0, 0]}]}, "unknown kind 'piano'; the kinds are: table"),
        ({"furniture": [{"kind": "chair"}]}, "'at' is missing"),
        ({"furniture": [{"kind": "chair", "at": [0, 0], "size": [1]}]}, "size of 2 numbers"),
        ({"movers": [{"name": "m", "frames": [[0, 0]]}]}, "frames"),
        ({"surprises": [{"kind": "chair", "at": [0, 0], "near": 1.0}]}, "one part"),
        ({"surprises": [{"kind": "box", "at": [0, 0]}]}, "a time 'at'"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said(change, text) -> None:
    with pytest.raises(WorldError, match=text):
        floor_plan_world("p", PLAN | change)


def test_a_plan_without_a_start_is_refused() -> None:
    with pytest.raises(WorldError, match="must have a start"):
        floor_plan_world("p", {"walls": []})
