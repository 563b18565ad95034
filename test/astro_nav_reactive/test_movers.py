"""What moves is told from what is only seen differently, and its speed is found."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from astro_nav_common.types import Obstacle, Pose, Scan
from astro_nav_reactive.mover_tracks import MNEW, MR, MVX, MVY, MX, MY, MYOUNG
from astro_nav_reactive.movers import Movers

Disc = tuple[float, float, float]
BEAMS = 360
STEP = math.tau / BEAMS


def ranges_to(discs: list[Disc], pose: Pose) -> np.ndarray:
    """Ranges of a full circle of beams, inf where nothing is met."""
    angles = pose.yaw - math.pi + STEP * np.arange(BEAMS)
    ranges = np.full(BEAMS, np.inf)
    for x, y, radius in discs:
        dx, dy = x - pose.x, y - pose.y
        along = dx * np.cos(angles) + dy * np.sin(angles)
        gap2 = radius**2 - (dx * dx + dy * dy - along**2)
        hit = (gap2 >= 0.0) & (along > 0.0)
        ranges[hit] = np.minimum(ranges[hit], along[hit] - np.sqrt(gap2[hit]))
    return ranges


def watch(
    discs_at: Callable[[float], list[Disc]], pose_at: Callable[[float], Pose] = lambda t: Pose(0.0, 0.0, 0.0),
    seconds: float = 1.0, noise: float = 0.01, dropout: float = 0.01,
) -> tuple[Movers, list[np.ndarray]]:  # fmt: skip
    """20 scans a second; the movers after each."""
    rng = np.random.default_rng(1)
    movers, seen = Movers(4.0), []
    for t in np.arange(0.0, seconds + 1e-9, 0.05).tolist():
        pose = pose_at(t)
        ranges = ranges_to(discs_at(t), pose) + noise * rng.standard_normal(BEAMS)
        ranges[rng.random(BEAMS) < dropout] = np.nan
        movers.add(Scan(t, ranges, -math.pi, STEP, 0.05, 10.0), pose, pose)
        seen.append(movers.at(t))
    return movers, seen


@pytest.mark.parametrize("velocity", [(-1.0, 0.0), (-0.8, 0.3), (0.0, -1.3), (-0.4, -0.2), (0.6, -0.6)])
def test_place_and_velocity_of_somebody_who_comes_nearer_or_passes_are_found(velocity: tuple[float, float]) -> None:
    vx, vy = velocity
    _, seen = watch(lambda t: [(1.5 - 0.5 * vx + t * vx, 0.8 - 0.5 * vy + t * vy, 0.2)])
    assert len(seen[-1]) == 1
    mover = seen[-1][0]
    assert mover[[MX, MY]] == pytest.approx((1.5 + 0.5 * vx, 0.8 + 0.5 * vy), abs=0.06)
    assert mover[[MVX, MVY]] == pytest.approx((vx, vy), abs=0.2)
    assert mover[MR] == pytest.approx(0.2, abs=0.06)
    assert mover[MNEW] == 0.0


def test_a_walker_behind_the_robot_is_found_across_the_end_of_the_scan() -> None:
    _, seen = watch(lambda t: [(-1.5, -0.6 + 1.2 * t, 0.2)])
    assert all(len(movers) == 1 for movers in seen[8:])
    assert seen[-1][0, MVY] == pytest.approx(1.2, abs=0.2)


def test_what_comes_towards_the_robot_is_found() -> None:
    _, seen = watch(lambda t: [(2.5 - 1.0 * t, 0.0, 0.2)])
    assert seen[-1][0, MVX] == pytest.approx(-1.0, abs=0.2)


@pytest.mark.parametrize("speed", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("rate", [0.0, 1.5, -2.5])
def test_what_stands_never_moves_however_the_robot_does(speed: float, rate: float) -> None:
    rng = np.random.default_rng(2)
    discs = [(*rng.uniform(-3.0, 4.0, 2), float(rng.uniform(0.02, 0.4))) for _ in range(25)]
    discs = [d for d in discs if abs(d[1]) > d[2] + 0.3]

    def pose_at(t: float) -> Pose:
        return Pose(speed * t, 0.0, rate * t)

    _, seen = watch(lambda t: discs, pose_at, seconds=3.0)
    assert sum(len(movers) for movers in seen) == 0


def test_what_comes_into_view_from_behind_something_does_not_move() -> None:
    discs = [(1.0, 0.6, 0.3), (2.0, 1.4, 0.2)]  # the second one stands behind the first
    _, seen = watch(lambda t: discs, lambda t: Pose(t, 0.0, 0.0), seconds=2.0)
    assert sum(len(movers) for movers in seen) == 0


def test_who_comes_out_where_nothing_was_is_new_until_the_speed_is_known() -> None:
    _, seen = watch(lambda t: [(1.5, 1.0 - t, 0.2)] if t > 0.495 else [])
    assert len(seen[9]) == 0
    assert seen[10][0, MNEW] == 1.0
    assert seen[10][0, [MX, MY]] == pytest.approx((1.5, 0.5), abs=0.06)
    assert seen[16][0, MNEW] == 0.0
    assert seen[16][0, MVY] == pytest.approx(-1.0, abs=0.4)


def test_who_comes_out_from_behind_a_wall_has_their_speed_from_the_first_moments_on() -> None:
    wall = [(1.0, y, 0.06) for y in np.arange(-2.0, -0.3, 0.08)]
    _, seen = watch(lambda t: [*wall, (1.6, -1.6 + 1.2 * t, 0.2)], seconds=1.4)
    known = [movers[0] for movers in seen if len(movers) and movers[0, MNEW] == 0.0]
    assert len(known) > 3
    assert known[0][[MVX, MVY]] == pytest.approx((0.0, 1.2), abs=0.6)  # after three scans
    for mover in known[2:]:
        assert mover[[MVX, MVY]] == pytest.approx((0.0, 1.2), abs=0.45)


def test_who_steps_out_beside_a_robot_that_goes_by_is_known_by_the_third_sight() -> None:
    # what the robot sees of them grows with its own motion, so no beam is seen to be cut off
    wall = [(x, 0.45, 0.03) for x in np.arange(-1.5, 1.4, 0.04).tolist()]

    def scene(t: float) -> list[Disc]:
        return [*wall, (1.8, 1.3 - 0.9 * t, 0.18)]

    def pose(t: float) -> Pose:
        return Pose(0.85 * t, 0.0, 0.0)

    _, seen = watch(scene, pose)
    shown = [int((ranges_to(scene(t), pose(t)) < ranges_to(wall, pose(t))).sum()) for t in np.arange(21) * 0.05]
    first = next(i for i, beams in enumerate(shown) if beams > 1)
    assert 3 < first < 15
    assert sum(len(movers) for movers in seen[:first]) == 0
    (mover,) = seen[first + 2]
    assert mover[[MVX, MVY]] == pytest.approx((0.0, -0.9), abs=0.3)


def test_that_more_of_somebody_is_seen_is_no_motion() -> None:
    wall = [(1.0, y, 0.06) for y in np.arange(-2.0, -0.3, 0.08)]
    _, seen = watch(lambda t: [*wall, (2.0, -1.9 + 1.2 * t, 0.3)], seconds=1.6)
    known = [movers[0] for movers in seen if len(movers) and movers[0, MNEW] == 0.0]
    assert len(known) > 9
    assert known[-1][MR] > known[0][MR] + 0.1
    assert [mover[MVY] for mover in known] == pytest.approx([1.2] * len(known), abs=0.3)


def test_a_speed_is_young_until_it_has_been_seen_often() -> None:
    _, seen = watch(lambda t: [(1.5, 1.0 - t, 0.2)] if t > 0.495 else [], seconds=1.6)
    young = [movers[0, MYOUNG] for movers in seen if len(movers) and movers[0, MNEW] == 0.0]
    assert young == sorted(young, reverse=True)
    assert young[0] > 0.8
    assert young[-1] == 0.0


def test_somebody_new_who_vanishes_where_nobody_looks_is_taken_to_be_still_there() -> None:
    movers, seen = watch(lambda t: [(1.0, 0.5, 0.2)] if t > 0.445 else [], seconds=0.5)
    assert seen[-1][0, MNEW] == 1.0
    here, beams = Pose(0.0, 0.0, 0.0), np.full(BEAMS, np.inf)
    beams[BEAMS // 2 : BEAMS // 2 + 60] = np.nan  # 0 to 60 degrees
    for t in np.arange(0.55, 4.0, 0.05).tolist():
        movers.add(Scan(t, beams, -math.pi, STEP, 0.05, 10.0), here, here)
    (mover,) = movers.at(4.0)
    assert mover[[MX, MY]] == pytest.approx((1.0, 0.5), abs=0.06)
    assert mover[[MVX, MVY, MNEW]].tolist() == [0.0, 0.0, 0.0]
    assert mover[MR] > 0.3
    movers.add(Scan(4.05, np.full(BEAMS, np.inf), -math.pi, STEP, 0.05, 10.0), here, here)
    assert len(movers.at(4.05)) == 0


def test_who_goes_where_nobody_looks_is_expected_to_go_on() -> None:
    movers, _ = watch(lambda t: [(1.0, 1.0 - t, 0.2)])
    blind = np.full(BEAMS, np.nan)
    blind[0] = np.inf
    for t in (1.05, 1.2, 1.4):
        movers.add(Scan(t, blind, -math.pi, STEP, 0.05, 10.0), Pose(0.0, 0.0, 0.0), Pose(0.0, 0.0, 0.0))
    assert movers.at(1.5)[0, [MX, MY]] == pytest.approx((1.0, -0.5), abs=0.15)


def test_who_does_not_come_out_again_from_where_nobody_looks_is_taken_to_stand_there() -> None:
    movers, _ = watch(lambda t: [(1.0, 1.0 - t, 0.2)], seconds=0.6)
    here, beams = Pose(0.0, 0.0, 0.0), np.full(BEAMS, np.inf)
    beams[BEAMS // 2 - 30 : BEAMS // 2 + 60] = np.nan  # -30 to 60 degrees
    for t in np.arange(0.65, 4.0, 0.05).tolist():
        movers.add(Scan(t, beams, -math.pi, STEP, 0.05, 10.0), here, here)
    (mover,) = movers.at(4.0)  # going on, they would have come out at 1.8 s
    assert mover[[MVX, MVY, MNEW]].tolist() == [0.0, 0.0, 0.0]
    for decel in (1.0, 3.0):
        assert math.hypot(mover[MX] - 1.0, mover[MY] - 0.4 + 0.5 / decel) < mover[MR]
    movers.add(Scan(4.05, np.full(BEAMS, np.inf), -math.pi, STEP, 0.05, 10.0), here, here)
    assert len(movers.at(4.05)) == 0


def test_who_goes_out_of_one_sensors_view_does_not_stand_where_another_sees_nobody() -> None:
    movers, _ = watch(lambda t: [(1.0, 1.0 - t, 0.2)], seconds=0.6)
    here, beams = Pose(0.0, 0.0, 0.0), np.full(BEAMS, np.inf)
    beams[BEAMS // 2 - 30 : BEAMS // 2 + 60] = np.nan
    for t in np.arange(0.65, 4.0, 0.05).tolist():
        movers.add(Scan(t, np.full(BEAMS, np.inf), -math.pi, STEP, 0.05, 10.0, source="other"), here, here)
        movers.add(Scan(t, beams, -math.pi, STEP, 0.05, 10.0), here, here)
    assert len(movers.at(4.0)) == 0


def test_who_has_gone_is_forgotten() -> None:
    movers, _ = watch(lambda t: [(1.0, 1.0 - t, 0.2)])
    free = np.full(BEAMS, np.inf)
    for t in (1.05, 1.2, 1.4):
        movers.add(Scan(t, free, -math.pi, STEP, 0.05, 10.0), Pose(0.0, 0.0, 0.0), Pose(0.0, 0.0, 0.0))
    assert len(movers.at(1.4)) == 0


def obstacle(vx: float, x: float = 1.0) -> Obstacle:
    return Obstacle(1, 0.0, np.array((x, 0.0, vx, 0.0)), np.eye(4), 0.3)


def test_what_is_told_counts_for_a_while_if_it_moves() -> None:
    movers = Movers(4.0)
    movers.tell([obstacle(1.0), obstacle(0.05), obstacle(math.nan)], 0.0)
    assert movers.at(0.2) == pytest.approx(np.array([(1.2, 0.0, 1.0, 0.0, 0.3, 0.0, 0.0)]))
    assert len(movers.at(0.6)) == 0
    movers.tell([], 0.3)
    assert len(movers.at(0.3)) == 0
