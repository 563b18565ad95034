"""The parts of the demo that need no ROS: request, measures, picture, words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from astro_nav_common.errors import InputError
from astro_nav_common.types import Pose
from astro_nav_reactive.watch import GuardCode
from astro_nav_tools.demo import picture
from astro_nav_tools.demo.drive import Drive, Snapshot, number
from astro_nav_tools.demo.legs import Leg, Outlook
from astro_nav_tools.demo.measure import guard_stops, min_clearance, summarize
from astro_nav_tools.demo.request import Request, Tour, make_tour, parse_pose
from astro_nav_tools.demo.run import leg_line, progress_line
from astro_nav_tools.demo.session import last_words
from astro_nav_tools.demo.tables import figures, headline

DT = 0.02


def pixels(path: Path) -> np.ndarray:
    """(rows, cols, 3) int of a picture."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


@pytest.fixture(scope="module")
def tour() -> Tour:
    return make_tour(Request(scenario="home"))


def straight_drive(tour: Tour, seconds: float = 4.0, v: float = 0.5) -> Drive:
    """Forward from the start of the tour at a constant speed."""
    t = np.arange(0.0, seconds + DT / 2, DT)
    x, y, yaw = tour.start
    zeros = np.zeros_like(t)
    truth = np.column_stack(
        (t, x + v * t * math.cos(yaw), y + v * t * math.sin(yaw), zeros + yaw, zeros + v, zeros, zeros)
    )
    fan = [truth[:50, 1:3] + (0.0, 0.1 * i) for i in range(-3, 4)]
    snapshots = [Snapshot(at, fan, [(0.0, 1.0, 0.0, 1.0)] * 7, [0.01] * 6 + [0.03]) for at in (0.5, 1.0, 3.5)]
    health = {
        "local_planner": {"deadline_misses": "2", "plan_ms.p50": "5.0"},
        "reactive_guard": {"scan_to_cmd_ms.p50": "0.5"},
    }
    return Drive(truth, 0, np.arange(0.0, seconds, 0.1), np.empty((0, 3)), health, snapshots)


def legs(tour: Tour, start: float, end: float) -> list[Leg]:
    return [Leg(goal.name, True, 0, "", start, end, 0) for goal in tour.goals]


def test_the_home_tour_has_goals_that_can_be_reached(tour: Tour) -> None:
    assert len(tour.goals) >= 5
    assert tour.changed == {}


def test_goals_of_ones_own_replace_those_of_the_scenario(tour: Tour) -> None:
    x, y, _ = tour.goals[0].pose
    own = make_tour(Request(goals=[f"{x},{y}"], start=f"{x},{y - 0.2},1.5", seed=3))
    assert [goal.pose for goal in own.goals] == [Pose(x, y, 0.0)]
    assert (own.start, own.seed) == (Pose(x, y - 0.2, 1.5), 3)


@pytest.mark.parametrize("text", ["", "1", "a,b", "1,2,3,4", "1,inf"])
def test_bad_poses_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--goal="):
        parse_pose(text, "--goal")


def test_summary_has_the_promised_keys_and_measures_the_truth(tour: Tour) -> None:
    summary = summarize(tour, legs(tour, 1.0, 3.0), straight_drive(tour))
    assert set(summary) == {
        "scenario", "robot", "goals_total", "goals_reached", "collisions", "time_s", "path_length_m", "min_clearance_m",
        "mean_speed_mps", "rms_jerk_mps3", "rms_yaw_accel_radps2", "local", "guard", "latency_ms",
    }  # fmt: skip
    assert set(summary["local"]) == {"cycles", "rate_hz", "deadline_misses", "plan_ms"}
    assert set(summary["local"]["plan_ms"]) == {"p50", "p99", "max"}
    assert set(summary["guard"]) == {"scan_to_cmd_ms", "stops"}
    assert summary["goals_reached"] == summary["goals_total"] == len(tour.goals)
    assert summary["time_s"] == 2.0
    assert summary["path_length_m"] == pytest.approx(1.0, abs=0.02)
    assert summary["mean_speed_mps"] == pytest.approx(0.5, abs=0.01)
    assert summary["rms_jerk_mps3"] == pytest.approx(0.0, abs=1e-6)
    assert summary["local"]["rate_hz"] == pytest.approx(10.0)
    assert summary["local"]["deadline_misses"] == 2
    assert math.isnan(summary["local"]["plan_ms"]["max"])


def test_a_missed_goal_is_not_counted(tour: Tour) -> None:
    missed = [*legs(tour, 0.0, 1.0)[:-1], Leg("last", False, 208, "no way", 1.0, 2.0, 1)]
    assert summarize(tour, missed, straight_drive(tour))["goals_reached"] == len(tour.goals) - 1


def test_clearance_is_negative_inside_a_wall_and_positive_at_the_start(tour: Tour) -> None:
    drive = straight_drive(tour)
    assert min_clearance(tour, drive.truth[:1]) > 0.0
    wall = next(solid for solid in tour.world.solids if solid.kind == "wall")
    inside = drive.truth[:1].copy()
    inside[0, 1:4] = wall.x, wall.y + 0.5 * wall.size_y + 0.1, 0.0  # its side is 0.125 m from its middle
    assert min_clearance(tour, inside) == pytest.approx(-0.025)


def test_a_stop_of_the_guard_counts_once_however_long_it_lasts() -> None:
    codes = [
        GuardCode.OK,
        GuardCode.SLOWING,
        GuardCode.STOPPED_OBSTACLE,
        GuardCode.STALE_SCAN,
        GuardCode.OK,
        GuardCode.STALE_PLAN,
    ]
    guard = np.array([(0.1 * i, 1.0, code) for i, code in enumerate(codes)])
    assert guard_stops(guard) == 2
    assert guard_stops(guard[:0]) == 0


def test_diagnostics_that_are_missing_or_no_numbers_take_the_default() -> None:
    assert number({"a": "1.5"}, "a") == 1.5
    assert number({"a": "x"}, "a", 0.0) == number({}, "a", 0.0) == 0.0


def test_close_ups_are_apart_and_in_order(tour: Tour) -> None:
    drive = straight_drive(tour, seconds=20.0)
    drive.snapshots[:] = [Snapshot(t, drive.snapshots[0].strips, [], []) for t in np.arange(0.0, 20.0, 0.5)]
    drive.truth[:, 5] = np.sin(drive.truth[:, 0])
    chosen = picture.choose_snapshots(drive, 3)
    times = [snapshot.t for snapshot in chosen]
    assert len(chosen) == 3
    assert times == sorted(times)
    assert min(np.diff(times)) >= 5.0


def test_the_picture_is_drawn_with_the_path_in_it(tour: Tour, tmp_path: Path) -> None:
    drive = straight_drive(tour)
    with_path, without = tmp_path / "a.png", tmp_path / "b.png"
    picture.draw(with_path, tour, drive, "title")
    drive.truth = drive.truth[:2]
    picture.draw(without, tour, drive, "title", close_ups=0)
    image, smaller = pixels(with_path), pixels(without)
    assert min(image.shape[:2]) > 600
    orange = (abs(image - (0xE0, 0xA1, 0x00)).sum(axis=2) < 60).sum()  # the colour of half the top speed
    assert orange > 1000
    assert smaller.shape[1] < image.shape[1]


def test_the_log_tells_who_ended_first_and_why(tmp_path: Path) -> None:
    log = tmp_path / "launch.log"
    log.write_text(
        "[b] fine\n[a] map 'x' does not exist\n[launch] a ended with code 1: shutting down the rest\n[b] bye\n"
    )
    assert last_words(log) == "a ended with code 1: shutting down the rest / [a] map 'x' does not exist"
    log.write_text("")
    assert last_words(log) == "nothing was logged"


def test_lines_say_what_they_should(tour: Tour) -> None:
    assert (
        progress_line("1/2 den", Outlook(3.0, 1.25, 0.5, 1, 2))
        == "1/2 den: 1.2 m to go, 0.50 m/s,   3.0 s, 1 collisions, 2 recoveries"
    )
    assert "to go" not in progress_line("1/2 den", Outlook())
    assert (
        leg_line(1, Leg("den", False, 206, "in a wall", 0.0, 1.0, 0)) == "1 den: NOT reached (206: in a wall) in 1.0 s"
    )
    summary = summarize(tour, legs(tour, 0.0, 2.0), straight_drive(tour))
    assert headline(summary).startswith("home, astro:")
    assert ("collisions", "0") in figures(summary)
