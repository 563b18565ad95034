"""Guidance in the loop: where odom lies in the map may change, the path in the map does not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from astro_nav_common.geometry import compose, transform_points
from astro_nav_common.types import Pose, State, Trajectory
from astro_nav_local.local_plan import PlanStatus
from astro_nav_sim.guides import StraightGuide
from astro_nav_sim.plan_sampler import PLAN_TIMEOUT, PlanSampler
from astro_nav_sim.robot import load_sim_robot

GOAL = Pose(4.0, 3.0, 1.0)
REACHED = PlanStatus(True, False, 0.0, 0.0, "")


def test_the_straight_line_stays_in_the_map_when_odom_moves() -> None:
    guide = StraightGuide()
    guide.set_goal(GOAL, True)
    state = State(0.0, 1.0, 0.0, 0.0)
    for odom_map in (Pose(0.0, 0.0, 0.0), Pose(0.5, -0.2, 0.3)):
        guidance = guide.update(0.0, state, odom_map, None)
        points_map = transform_points(odom_map, guidance.points_odom)
        assert points_map[[0, -1]] == pytest.approx(np.array([[1.0, 0.0], GOAL[:2]]))
        assert compose(odom_map, guidance.goal_odom) == pytest.approx(GOAL)
        assert guidance.path_id == 1


def test_a_straight_guide_ends_when_the_planner_has_arrived_and_begins_anew() -> None:
    guide = StraightGuide()
    assert guide.update(0.0, State(0.0, 0.0, 0.0, 0.0), Pose(0.0, 0.0, 0.0), None) is None
    guide.set_goal(GOAL, True)
    guide.update(0.0, State(0.0, 0.0, 0.0, 0.0), Pose(0.0, 0.0, 0.0), REACHED)
    assert guide.ending is not None and guide.ending.reached
    guide.set_goal(GOAL, True)
    assert guide.ending is None


def plan(speed: float, seconds: float = 3.0) -> Trajectory:
    """Faster and faster, from 0 at t = 10 to `speed` at its end."""
    t = 10.0 + np.linspace(0.0, seconds, 61)
    v, zero = np.linspace(0.0, speed, 61), np.zeros(61)
    return Trajectory(t, zero, zero, zero, v, 0.5 * v, zero, zero, zero + 0.3, zero + 1.0, 10.0)


def test_the_sampler_sends_the_plan_ahead_by_delay_and_lag() -> None:
    robot = load_sim_robot("astro").params
    sampler = PlanSampler(robot)
    assert sampler.tick(10.0).command.v == 0.0
    sampler.add_plan(plan(3.0), 10.0)
    command = sampler.tick(10.2).command
    assert command.v == pytest.approx(0.2 + robot.actuation_delay + robot.actuation_time_constant)
    assert (command.w, command.screen_yaw) == (pytest.approx(0.5 * command.v), 0.3)


def test_the_sampler_stops_when_the_plan_is_old() -> None:
    sampler = PlanSampler(load_sim_robot("astro").params)
    sampler.add_plan(plan(3.0), 10.0)
    report = sampler.tick(10.0 + PLAN_TIMEOUT + 0.01)
    assert (report.command.v, report.command.w, report.reason) == (0.0, 0.0, "plan too old")
    assert math.isclose(report.plan_age, PLAN_TIMEOUT + 0.01)
