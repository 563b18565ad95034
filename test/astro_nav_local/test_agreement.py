"""Scans that fit the map, scans that do not, and when a map is given up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scenes import Segment, scan_of

from astro_nav_common.history import OdometryBuffer
from astro_nav_common.types import Pose, State
from astro_nav_local.agreement import SCANS, VOTES, Agreement
from astro_nav_local.local_map import LocalMap
from astro_nav_local.params import LocalParams

#: a corridor 1.2 m wide, and a room of 4 x 4 m
CORRIDOR: list[Segment] = [(-4.0, 0.6, 4.0, 0.6), (-4.0, -0.6, 4.0, -0.6)]
ROOM: list[Segment] = [(-2.0, -2.0, 2.0, -2.0), (2.0, -2.0, 2.0, 2.0), (2.0, 2.0, -2.0, 2.0), (-2.0, 2.0, -2.0, -2.0)]


def standing(until: float = 10.0) -> OdometryBuffer:
    """Odometry that never notices anything."""
    odometry = OdometryBuffer(keep=until + 1.0)
    for t in np.arange(-0.2, until, 0.1).tolist():
        odometry.add(State(t, 0.0, 0.0, 0.0))
    return odometry


def occupied_near(local_map: LocalMap, x: float, y: float) -> bool:
    grid = local_map.grid()
    row, col = grid.cell(x, y)
    return bool((grid.data[row - 1 : row + 2, col - 1 : col + 2] == 100).any())


def mapped(segments: list[Segment], scans: int = 20) -> tuple[LocalMap, OdometryBuffer]:
    local_map, odometry = LocalMap(LocalParams()), standing()
    for k in range(scans):
        assert local_map.integrate(scan_of(segments, Pose(0.0, 0.0, 0.0), 0.05 * k), odometry)
    return local_map, odometry


def test_a_robot_put_elsewhere_forgets_what_it_can_no_longer_see() -> None:
    local_map, odometry = mapped(CORRIDOR)
    # it looks ahead only: what is behind would stay for a minute
    for k in range(SCANS + 1):
        scan = scan_of(ROOM, Pose(0.5, 0.3, 1.0), 1.0 + 0.05 * k)
        scan.ranges[np.abs(-math.pi + np.arange(720) * math.tau / 720) > math.pi / 3] = np.nan
        local_map.integrate(scan, odometry)
    assert not occupied_near(local_map, -1.0, 0.6) and not occupied_near(local_map, -1.0, -0.6)
    assert (local_map.grid().data == 100).sum() > 20


def test_somebody_who_passes_close_by_does_not_make_it_forget() -> None:
    local_map, odometry = mapped(CORRIDOR)
    for k in range(20):
        y = -0.5 + 0.05 * k
        legs: list[Segment] = [(0.6, y - 0.15, 0.6, y + 0.15)]
        local_map.integrate(scan_of(CORRIDOR + legs, Pose(0.0, 0.0, 0.0), 1.0 + 0.05 * k), odometry)
    assert occupied_near(local_map, -1.0, 0.6) and occupied_near(local_map, 2.0, -0.6)


def test_a_few_centimetres_and_degrees_of_drift_fit() -> None:
    local_map, odometry = mapped(CORRIDOR)
    for k in range(20):
        local_map.integrate(scan_of(CORRIDOR, Pose(0.0, 0.08, 0.05), 1.0 + 0.05 * k), odometry)
    local_map.integrate(scan_of([], Pose(0.0, 0.0, 0.0), 2.0, range_max=0.2), odometry)
    assert occupied_near(local_map, -1.0, 0.6)


def test_it_takes_several_scans_in_a_row_with_votes_enough() -> None:
    agreement = Agreement()
    for _ in range(3):
        assert [agreement.lost(0, VOTES) for _ in range(SCANS - 1)] == [False] * (SCANS - 1)
        assert not agreement.lost(VOTES, 0)
    assert not any(agreement.lost(0, VOTES - 1) for _ in range(10))
    assert [agreement.lost(1, VOTES) for _ in range(SCANS)][-1]


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_without_a_map_yet_nothing_is_contradicted(shift: float) -> None:
    local_map, odometry = mapped(ROOM, scans=1)
    local_map.integrate(scan_of(ROOM, Pose(0.0, 0.0, 0.0), 0.05 + shift), odometry)
    assert occupied_near(local_map, 2.0, 0.0)
