"""The picture of the search: what is shown, and in which colours."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from visualization_msgs.msg import Marker

from astro_nav_common.footprint import Footprint
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Guidance, Pose
from astro_nav_local.candidate_markers import ARROWS, candidate_markers, grade, shown_candidates
from astro_nav_local.local_plan import Candidates

K = 200


@pytest.fixture
def candidates() -> Candidates:
    rng = np.random.default_rng(3)
    cost = rng.permutation(np.arange(K, dtype=float))
    cost[:40] = np.inf
    return Candidates(rng.normal(size=(K, 61, 2)).astype(np.float32), cost, int(np.argmin(cost)))


def test_a_tenth_of_the_allowed_candidates_is_shown_and_the_best_is_last(candidates: Candidates) -> None:
    shown = shown_candidates(candidates)
    assert len(shown) == pytest.approx((K - 40) / 10, abs=1)
    assert all(np.isfinite(candidates.cost[index]) for index, _ in shown)
    assert shown[-1] == (candidates.best, 0.0)


def test_badness_grows_with_cost(candidates: Candidates) -> None:
    shown = shown_candidates(candidates)
    costs = [candidates.cost[index] for index, _ in shown]
    assert costs == sorted(costs, reverse=True)
    assert [badness for _, badness in shown] == sorted((badness for _, badness in shown), reverse=True)


def test_without_allowed_candidates_only_the_best_is_shown(candidates: Candidates) -> None:
    nothing = candidates._replace(cost=np.full(K, np.inf))
    assert shown_candidates(nothing) == [(candidates.best, 0.0)]
    assert shown_candidates(nothing._replace(best=-1)) == []


def test_good_is_green_and_bad_is_red() -> None:
    good, bad = grade(0.0, 1.0), grade(1.0, 1.0)
    assert (good.r, good.g) == (0.0, 1.0)
    assert (bad.r, bad.g) == (1.0, 0.0)


def test_the_picture_has_all_its_parts(candidates: Candidates) -> None:
    guidance = Guidance(np.column_stack((np.linspace(-3.0, 9.0, 120), np.zeros(120))), Pose(9.0, 0.0, 0.0))
    footprint = Footprint.of(load_robot("astro"))
    markers = candidate_markers(candidates, guidance, footprint, Pose(0.0, 0.0, 0.5), 0.2, "odom", 1.0).markers
    assert markers[0].action == Marker.DELETEALL
    parts = {name: [m for m in markers[1:] if m.ns == name] for name in ("candidates", "guidance", "footprint")}
    assert sum(map(len, parts.values())) == len(markers) - 1
    assert len({(m.ns, m.id) for m in markers[1:]}) == len(markers) - 1
    assert all(m.header.frame_id == "odom" for m in markers)
    widths = [m.scale.x for m in parts["candidates"]]
    assert widths.index(max(widths)) == len(widths) - 1 and widths.count(max(widths)) == 1
    assert len(parts["guidance"]) == ARROWS
    assert all(m.color.b == 1.0 and m.color.r < 0.5 for m in parts["guidance"])
    assert abs(parts["guidance"][0].pose.position.x) < 0.1  # from where the robot is, not from where the path began
    assert len(parts["footprint"]) == 2  # base and screen
    assert all((m.color.r, m.color.g, m.color.b) == (1.0, 0.0, 1.0) for m in parts["footprint"])
