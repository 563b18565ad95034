"""The guard's benchmarks: what they judge by, and that each runs on a small input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from astro_nav_common.types import Pose, Scan
from astro_nav_reactive.params import GuardParams
from astro_nav_sim.world import Surprise
from astro_nav_tools.bench.guard import summarize
from astro_nav_tools.bench.guard_drive import Policy, _Loop, drive
from astro_nav_tools.bench.guard_trials import START, THREAT, draw_trial, noisy_robot, steady_plan
from astro_nav_tools.bench.tracking import joined, moved, wheel_jerk
from astro_nav_tools.main import main


@pytest.mark.parametrize(("v", "w"), [(1.0, 0.0), (0.5, 1.5), (-0.3, 0.2), (0.0, 2.0)])
def test_a_steady_plan_is_smooth_and_goes_along_an_arc(v: float, w: float) -> None:
    robot = noisy_robot("astro").params
    plan = steady_plan(robot, v, w)
    assert (plan.v[-1], plan.w[-1]) == pytest.approx((v, w))
    assert np.abs(plan.a).max() + 0.5 * robot.track * np.abs(plan.alpha).max() <= robot.wheel_accel_max + 1e-6
    assert np.cumsum(plan.v[:-1] * np.diff(plan.t))[-1] == pytest.approx(
        v * (plan.yaw[-1] / w if w else plan.x[-1] / v), abs=0.05
    )


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 18])
def test_a_trial_is_what_its_seed_says(seed: int) -> None:
    first, again = draw_trial(seed), draw_trial(seed)
    assert (first.motion, first.threat, first.speed) == (again.motion, again.threat, again.speed)
    names = [solid.name for solid in first.world.solids] + [mover.name for mover in first.world.movers]
    names += [item.solid.name for item in first.world.surprises if isinstance(item, Surprise)]
    assert (THREAT in names) == (first.threat != "none")


def test_full_braking_begins_when_the_threat_is_first_seen() -> None:
    trial = draw_trial(16)  # something appears straight ahead
    braked, guarded = drive(trial, Policy.BRAKE), drive(trial, Policy.GUARD)
    appears = trial.world.surprises[0].at
    assert appears is not None
    assert braked.seen is not None
    assert appears < braked.seen < appears + 0.2
    rows = braked.rows
    before, after = rows[rows[:, 0] < braked.seen - 0.02], rows[rows[:, 0] > braked.seen + 0.5]
    assert np.diff(before[before[:, 0] > 2.0][:, 7]).min() > -0.01
    assert (after[:, 7] == 0.0).all()
    assert braked.contact is None
    assert guarded.contact is None
    assert guarded.clearance > 0.0


@pytest.mark.parametrize("beam", [0, 200, 399])
def test_a_threat_that_moves_is_seen_where_it_is_when_the_beam_is_taken(beam: int) -> None:
    trial = draw_trial(14)  # somebody crosses, 1.5 m/s
    (mover,) = (mover for mover in trial.world.movers if mover.name == THREAT)
    t, increment = 2.0, 0.1 / 400
    there, before = mover.solid(t + beam * increment), mover.solid(t)
    far = math.hypot(there.x, there.y)
    ranges = np.full(400, np.inf)
    ranges[beam] = far - there.radius
    scan = Scan(t, ranges, math.atan2(there.y, there.x) - 0.01 * beam, 0.01, 0.05, 20.0, time_increment=increment)
    end = np.array((there.x, there.y)) * ranges[beam] / far
    assert beam < 399 or abs(math.hypot(*(end - (before.x, before.y))) - before.radius) > 0.08
    loop = _Loop(trial, Policy.BRAKE, GuardParams())
    loop._poses.extend((t + 0.05 * k, 0.0, 0.0, 0.0) for k in range(4))
    assert loop._shows_threat(scan)
    ranges[beam] += 0.15
    assert not loop._shows_threat(scan)


def test_without_a_guard_the_robot_runs_into_it() -> None:
    run = drive(draw_trial(16), Policy.NONE)
    assert run.contact is not None
    assert run.speed > 0.5
    assert run.seen is not None


def test_counts_are_added_up() -> None:
    row = {
        "core_ms": [0.2],
        "contact": None,
        "contact_speed": 0.0,
        "braking_contact": None,
        "avoidable": False,
        "brushed": False,
        "speed_loss": None,
    }
    rows = [
        row, {**row, "contact": 2.0, "contact_speed": 0.4, "avoidable": True},
        {**row, "contact": 3.0, "contact_speed": 0.0, "avoidable": True},
        {**row, "contact": 3.0, "contact_speed": 0.2, "brushed": True},
        {**row, "contact": 2.0, "contact_speed": 0.2, "braking_contact": 2.0}, {**row, "speed_loss": 0.02}, {**row, "speed_loss": 0.0},
    ]  # fmt: skip
    summary = summarize(rows)
    assert (summary["trials"], summary["avoidable_contacts"], summary["unavoidable_contacts"]) == (7, 2, 1)
    assert (summary["avoidable_contacts_at_rest"], summary["brushing_contacts"]) == (1, 1)
    assert summary["speed_loss"] == pytest.approx(0.01)
    assert summary["contact_speed"] == pytest.approx(0.2)


def test_guard_writes_its_keys(tmp_path: Path) -> None:
    out = tmp_path / "guard.json"
    assert main(["bench", "guard", "--trials", "4", "--seed", "4", "--out", str(out)]) == 0
    result = json.loads(out.read_text())
    assert set(result["summary"]) >= {"trials", "avoidable_contacts", "unavoidable_contacts", "speed_loss", "core_ms"}
    assert [run["seed"] for run in result["runs"]] == [4, 5, 6, 7]
    assert [run["threat"] for run in result["runs"]] == ["appears", "moves in", "crosses", "none"]
    assert out.with_suffix(".png").is_file()


def test_plans_are_joined_where_the_next_begins() -> None:
    robot = noisy_robot("astro").params
    slow, fast = steady_plan(robot, 0.2, 0.0), steady_plan(robot, 0.8, 0.0)
    speeds = joined([slow, moved(fast, Pose(0.0, 0.0, 0.0))], np.array((0.0, START + 4.0)))
    assert speeds[0] == pytest.approx((0.0, 0.0))
    assert speeds[1] == pytest.approx((0.8, 0.0))


def test_jerk_at_the_wheels_is_that_of_both() -> None:
    t = np.arange(0.0, 4.0, 0.02)
    speeds = np.column_stack((0.3 * np.sin(math.tau * t), np.zeros_like(t)))
    expected = 0.3 * math.tau**2 / math.sqrt(2.0)
    assert wheel_jerk(speeds, 0.2, 0.02) == pytest.approx(expected, rel=0.05)
