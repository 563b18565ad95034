"""Where a path meets somebody who walks, and where the robot must wait."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import RobotParams
from astro_nav_reactive.motion import RIM, SWEPT, TIME, YAW, X
from astro_nav_reactive.mover_sweep import AT_ONCE, NEAR, NOBODY, mover_clearances, segment_distance
from astro_nav_reactive.mover_tracks import MYOUNG

FOOTPRINT = Footprint.of(RobotParams())
OUTLINE = (FOOTPRINT.base, FOOTPRINT.screen, *FOOTPRINT.pan)
MARGIN, FREE, DELAY = 0.02, 0.1, 0.05
coordinates = st.floats(-2.0, 2.0)


@settings(max_examples=200, deadline=None)
@given(ax=coordinates, ay=coordinates, bx=coordinates, by=coordinates)
def test_distance_of_a_segment_is_that_of_its_nearest_point(ax: float, ay: float, bx: float, by: float) -> None:
    square = np.array(((1.0, 0.5), (-1.0, 0.5), (-1.0, -0.5), (1.0, -0.5)))
    f = np.linspace(0.0, 1.0, 2001)[:, None]
    points = (1.0 - f) * (ax, ay) + f * (bx, by)
    outside = np.hypot(*np.maximum(np.abs(points) - (1.0, 0.5), 0.0).T)
    d = segment_distance(ax, ay, bx, by, square)
    assert max(d, 0.0) == pytest.approx(outside.min(), abs=2e-3)


def straight(speed: float = 1.0, length: float = 1.0) -> np.ndarray:
    """A path straight on."""
    at = np.arange(round(length / 0.02) + 1) * 0.02
    path = np.zeros((len(at), 7))
    path[:, X] = path[:, RIM] = path[:, SWEPT] = at
    path[:, TIME] = at / speed - DELAY
    return path


def walker(x: float, y: float, vx: float, vy: float, new: float = 0.0, young: float = 0.0) -> np.ndarray:
    return np.array([(x, y, vx, vy, 0.2, new, young)])


def swept(
    movers: np.ndarray, path: np.ndarray | None = None, lost: float = 0.0, stop: tuple[float, float] = (0.0, DELAY)
) -> tuple[np.ndarray, int]:
    """Clearances left of `FREE`, and how near something new is; `stop`: m of rim and s until the robot stands."""
    path = straight() if path is None else path
    out = np.full(len(path), FREE)
    return out, mover_clearances(
        movers, path, DELAY, lost, *stop, *OUTLINE, FOOTPRINT.circumscribed_radius, MARGIN, out
    )


def test_nobody_is_in_the_way() -> None:
    assert (swept(np.empty((0, 7)))[0] == FREE).all()


def test_the_robot_waits_before_the_lane_of_somebody_who_crosses() -> None:
    out, _ = swept(walker(0.9, -1.0, 0.0, 1.3))
    first = np.argmax(out < 0.0) * 0.02
    edge = 0.9 - 0.2 - FOOTPRINT.base[:, 0].max()  # where the front comes into the lane
    assert edge - 0.15 < first < edge


@pytest.mark.parametrize("mover", [
    walker(0.9, -3.0, 0.0, 1.0),  # comes when the robot has gone by
    walker(0.9, 0.8, 0.0, 1.0),  # goes away
    walker(0.5, 0.8, 1.0, 0.0),  # goes beside it
    walker(-1.0, 0.0, -1.0, 0.0),  # goes away behind
])  # fmt: skip
def test_who_does_not_meet_the_robot_does_not_matter(mover: np.ndarray) -> None:
    assert (swept(mover)[0] == FREE).all()


def test_a_robot_that_must_speed_up_first_gives_way() -> None:
    mover = walker(0.6, -2.0, 0.0, 1.0)
    assert (swept(mover)[0] == FREE).all()
    assert (swept(mover, lost=0.6)[0] < 0.0).any()


def test_who_runs_into_the_robot_anyway_only_forbids_to_go_nearer() -> None:
    towards = swept(walker(0.8, 0.0, -1.0, 0.0))[0]
    assert (towards[:10] < 0.0).any()
    away = straight()
    away[:, X] *= -1.0
    assert (swept(walker(0.5, 0.0, -0.5, 0.0), away)[0] >= 0.0).all()


def test_a_robot_beside_somebody_who_comes_may_not_turn_towards_them() -> None:
    turn = np.zeros((41, 7))
    turn[:, YAW] = np.arange(41) * 0.05
    turn[:, RIM] = turn[:, SWEPT] = 0.2 * turn[:, YAW]
    turn[:, TIME] = np.arange(41) * 0.025 - DELAY
    assert (swept(walker(0.0, 0.6, 0.0, -0.4), turn)[0] < 0.0).any()
    assert (swept(walker(0.0, 0.6, 0.0, 0.4), turn)[0] == FREE).all()


def test_a_robot_that_would_stop_in_a_lane_drives_out_of_it_if_there_is_time() -> None:
    path, stop = straight(length=2.5), (0.4, 0.6)  # at 1 m/s
    assert (swept(walker(0.5, 1.7, 0.0, -1.0), path, stop=stop)[0] == FREE).all()
    assert (swept(walker(0.5, 1.1, 0.0, -1.0), path, stop=stop)[0] < 0.0).any()  # there is not
    assert (swept(walker(0.5, 1.7, 0.0, -1.0), path, lost=0.6, stop=stop)[0] < 0.0).any()


def test_a_robot_that_would_be_run_into_where_it_stops_may_get_by_closely() -> None:
    path, stop = straight(length=2.5), (0.4, 0.6)
    assert (swept(walker(0.5, 1.34, 0.0, -1.0), path, stop=stop)[0] == FREE).all()
    assert (swept(walker(0.5, 1.28, 0.0, -1.0), path, stop=stop)[0] < 0.0).any()  # it would be touched as well
    assert (swept(walker(1.0, 1.86, 0.0, -1.0), path, stop=stop)[0] < 0.0).any()  # it stops before


def test_whose_speed_is_just_known_is_given_more_room() -> None:
    old, young = (swept(walker(0.9, 1.0, 0.0, -1.1, young=y))[0] for y in (0.0, 1.0))
    assert np.argmax(young < 0.0) < np.argmax(old < 0.0)
    aside = walker(0.9, 0.5, 0.6, 0.0)  # goes beside it
    assert (swept(aside)[0] == FREE).all()
    aside[0, MYOUNG] = 1.0
    assert (swept(aside)[0] < FREE).any()


def test_it_waits_instead_where_it_can_stop_before() -> None:
    assert (swept(walker(1.2, 1.4, 0.0, -1.0), straight(length=2.5), stop=(0.4, 0.6))[0] < 0.0).any()


@pytest.mark.parametrize(("mover", "stop", "found"), [
    (walker(1.0, 0.9, 0.0, 0.0, new=1.0), (0.05, 0.2), NEAR),
    (walker(1.0, 0.7, 0.0, 0.0, new=1.0), (0.05, 0.2), NEAR),  # it stands long before
    (walker(0.3, 0.6, 0.0, 0.0, new=1.0), (0.05, 0.2), AT_ONCE),
    (walker(1.0, 2.9, 0.0, 0.0, new=1.0), (0.4, 0.6), NOBODY),
    (walker(1.0, 0.9, 0.0, 0.3), (0.4, 0.6), NOBODY),  # known
])  # fmt: skip
def test_somebody_new_near_the_way_slows_the_robot_and_at_the_way_stops_it(
    mover: np.ndarray, stop: tuple[float, float], found: int
) -> None:
    assert swept(mover, stop=stop)[1] == found


def test_clearances_are_only_ever_lowered() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        mover = np.array([(*rng.uniform(-2, 2, 2), *rng.uniform(-1.5, 1.5, 2), 0.2, 0.0, rng.uniform())])
        out, _ = swept(mover)
        assert (out <= FREE).all()
        assert np.isfinite(out).all()
        assert not math.isnan(out.sum())
