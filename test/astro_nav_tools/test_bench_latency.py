"""The latency benchmark: its cases do what they say, and its table is put together from its runs."""

from __future__ import annotations

import numpy as np
import pytest

from astro_nav_common.types import Command, State
from astro_nav_local.params import LocalParams
from astro_nav_sim.robot import load_sim_robot
from astro_nav_tools.bench.latency import (
    LATENCIES_MS,
    AssumedDelay,
    Case,
    Trial,
    UnawarePlanner,
    cost,
    row,
    run,
    slow_robot,
)

#: a straight corridor of posts, 4 m from start to goal
RECORD = {
    "id": 0,
    "start": [0.0, 0.0, 0.0],
    "goal": [4.0, 0.0],
    "cylinders": [[x, y, 0.075] for x in np.arange(-1.0, 6.0, 0.3).tolist() for y in (-1.0, 1.0)],
}


def test_without_fast_forward_a_plan_starts_where_the_robot_was() -> None:
    robot = load_sim_robot("astro").params
    planner = UnawarePlanner(LocalParams(), robot)
    for t in (0.0, 0.1):
        planner.add_odometry(State(t, t, 0.0, 0.0, 1.0))
        planner.add_command(t, Command(0.0, 0.0))
    plan = planner.plan(0.4)
    assert plan.trajectory.t[0] == 0.4
    assert (plan.start.x, plan.start.v) == (0.1, 1.0)


def test_without_fast_forward_plans_are_joined_too() -> None:
    planner = UnawarePlanner(LocalParams(), load_sim_robot("astro").params)
    planner.add_odometry(State(0.0, 0.0, 0.0, 0.0, 0.5))
    before = planner.plan(0.0).trajectory
    there = before.sample(0.1)
    planner.add_odometry(State(0.1, there.x + 0.01, there.y, there.yaw, there.v, there.w))
    plan = planner.plan(0.1)
    assert plan.start.a == pytest.approx(there.a, abs=0.1) and abs(there.a) > 0.2  # odometry tells no acceleration
    assert there.x < plan.start.x < there.x + 0.005


def test_the_assumed_delay_is_off_by_its_factor() -> None:
    robot = load_sim_robot("astro")
    assert AssumedDelay(robot, 1.2).delay == pytest.approx(1.2 * robot.params.actuation_delay)


def test_the_robot_is_held_to_one_metre_a_second() -> None:
    assert slow_robot("jackal").params.v_max == 1.0


@pytest.mark.parametrize("case", [Case(0), Case(300, loss=0.05, stamp_ms=30), Case(300, False)])
def test_a_trial_reports_what_came_of_it(case: Case) -> None:
    result = run(Trial(case, RECORD, 0))
    assert result["case"] == case._asdict() and result["world"] == "barn-0"
    assert result["contacts"] == 0 and result["outcome"] == "success"
    assert 2.5 < result["time_s"] < 12.0 and result["min_clearance_m"] > 0.0


def test_rows_average_the_successful_and_count_all() -> None:
    good = {
        "outcome": "success",
        "contacts": 0,
        "time_s": 10.0,
        "rms_jerk_mps3": 1.0,
        "rms_yaw_accel_radps2": 2.0,
        "min_clearance_m": 0.1,
    }
    bad = {**good, "outcome": "collision", "contacts": 1, "time_s": 3.0, "min_clearance_m": -0.01}
    values = row(Case(100), [good, bad])
    assert (values["trials"], values["success_rate"], values["contacts"]) == (2, 0.5, 1)
    assert (values["time_s"], values["min_clearance_m"]) == (10.0, -0.01)
    assert row(Case(100), [bad])["time_s"] is None


def test_cost_compares_the_ends_of_the_sweep() -> None:
    rows = [
        {"fast_forward": True, "latency_ms": ms, "time_s": time, "rms_jerk_mps3": 2.0, "success_rate": 1.0}
        for ms, time in zip(LATENCIES_MS, np.linspace(10.0, 11.0, len(LATENCIES_MS)))
    ]
    assert cost(rows) == {"time": pytest.approx(0.1), "jerk": 0.0, "success": 0.0}
