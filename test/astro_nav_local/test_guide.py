"""Where the wave starts: the goal, or the path where it leaves the window."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.types import Guidance, Pose
from astro_nav_local.guide import BESIDE, SEED_LENGTH, PathFollower
from astro_nav_local.wavefront import DOUBTFUL, UNSEEN

RES, SIDE = 0.05, 120


def follower(points: np.ndarray, goal: Pose | None = None) -> PathFollower:
    return PathFollower(Guidance(points, goal or Pose(*points[-1], 0.0)))


def seeds(path: PathFollower, x: float, y: float, distance: np.ndarray | None = None):  # type: ignore[no-untyped-def]
    clear = np.full((SIDE, SIDE), 3.0, np.float32) if distance is None else distance
    return path.seeds(x, y, x - 3.0, y - 3.0, RES, clear, 0.15)


def line(length: float) -> np.ndarray:
    x = np.linspace(0.0, length, int(10 * length) + 1)
    return np.column_stack((x, np.zeros_like(x)))


def test_a_goal_in_the_window_is_the_seed_with_exact_distances() -> None:
    got = seeds(follower(line(2.0)), 0.0, 0.0)
    assert got.final
    assert got.remaining == 0.0
    for row, col, value in got.cells:
        x, y = (col + 0.5) * RES - 3.0, (row + 0.5) * RES - 3.0
        assert value == pytest.approx(np.hypot(x - 2.0, y))


def test_a_path_beyond_the_window_is_seeded_where_it_leaves() -> None:
    got = seeds(follower(line(10.0)), 0.0, 0.0)
    assert not got.final
    columns, values = got.cells[:, 1], got.cells[:, 2]
    assert columns.max() * RES - 3.0 == pytest.approx(2.85, abs=0.11)
    assert values.min() == 0.0
    assert values.max() <= SEED_LENGTH
    assert got.remaining == pytest.approx(10.0 - 2.85, abs=0.11)


def test_blocked_seeds_are_left_out_while_others_remain() -> None:
    distance = np.full((SIDE, SIDE), 3.0, np.float32)
    distance[:, 112:] = 0.0
    got = seeds(follower(line(10.0)), 0.0, 0.0, distance)
    assert (got.cells[:, 1] < 112).all()
    distance[:] = 0.0
    assert len(seeds(follower(line(10.0)), 0.0, 0.0, distance).cells) > 0


def test_progress_does_not_jump_to_a_later_leg_that_comes_near() -> None:
    out = line(8.0)
    back = out[::-1] + np.array((0.0, 0.3))
    path = follower(np.concatenate((out, back)))
    for x in np.arange(0.0, 4.0, 0.1):
        at = path.progress(float(x), 0.14)
    assert at == pytest.approx(39, abs=2)


def test_a_path_that_comes_back_into_the_window_is_seeded_where_it_first_leaves() -> None:
    out = line(8.0)
    back = out[::-1] + np.array((0.0, 1.0))
    got = seeds(follower(np.concatenate((out, back))), 0.0, 0.0)
    assert not got.final
    assert got.remaining > 10.0


def test_a_path_outside_the_window_is_approached_through_the_rim() -> None:
    got = seeds(follower(line(5.0) + np.array((10.0, 0.0))), 0.0, 0.0)
    assert got.cells[0, 1] == SIDE - 3


@pytest.mark.parametrize("spacing", [0.1, 2.5])
def test_what_is_unseen_is_doubted_away_from_the_path_only(spacing: float) -> None:
    x = np.arange(0.0, 10.01, spacing)
    unseen = np.ones((SIDE, SIDE), np.uint8)
    unseen[:, :20] = 0
    doubt = follower(np.column_stack((x, np.zeros_like(x)))).doubt(unseen, -1.0, -3.0, RES)
    assert (doubt[:, :20] == 0).all()
    assert (doubt[51:70, 20:] == UNSEEN).all()  # within about 0.5 m of y = 0
    assert (doubt[:49, 20:] == DOUBTFUL).all()
    assert (doubt[72:, 20:] == DOUBTFUL).all()


@pytest.mark.parametrize("far", [1e3, 1e9])
def test_a_path_from_and_to_far_away_costs_no_more(far: float) -> None:
    path = follower(np.array([[-far, 0.0], [0.0, 0.0], [0.0, far]]))
    at = path.samples((-1.0, -1.0), (1.0, 1.0))
    assert len(at) <= 2 * 2 / BESIDE + 2
    assert at[0] == pytest.approx((-1.0, 0.0), abs=1e-6 * far)
    assert at[-1] == pytest.approx((0.0, 1.0), abs=1e-6 * far)
    assert (np.hypot(*np.diff(at, axis=0).T) <= BESIDE + 1e-6 * far).all()


def test_only_what_lies_in_the_window_is_sampled_each_time_it_does() -> None:
    x = np.linspace(-5.0, 5.0, 201)
    there = np.column_stack((x, np.full_like(x, 0.2)))
    at = follower(np.concatenate((there, there[::-1] + np.array((0.0, 0.4))))).samples((-1.0, 0.0), (1.0, 1.0))
    assert (np.abs(at[:, 0]) <= 1.0 + 1e-9).all()
    assert sorted(set(at[:, 1].round(6))) == [0.2, 0.6]
    assert np.ptp(at[:, 0]) == pytest.approx(2.0)
    assert len(at) == 10  # every half metre, and both ends


def test_a_robot_that_is_new_on_a_path_is_found_wherever_on_it_it_is() -> None:
    out = line(8.0)
    back = out[::-1] + np.array((0.0, 1.0))
    assert follower(np.concatenate((out, back))).progress(2.0, 0.9) == 81 + 60
    assert follower(np.concatenate((out, out[::-1]))).progress(0.05, 0.02) <= 1  # it comes back to where it begins


def test_a_path_outside_the_window_leaves_all_that_is_unseen_in_doubt() -> None:
    doubt = follower(line(5.0)).doubt(np.ones((SIDE, SIDE), np.uint8), 20.0, 20.0, RES)
    assert (doubt == DOUBTFUL).all()
