"""The lockstep loop: how runs end, that they repeat, and that time passes in it as it does on a robot."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from astro_nav_common.errors import WorldError
from astro_nav_common.types import Pose
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner
from astro_nav_sim.closed_loop import BARN_RULES, ClosedLoop, LoopParams
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.stack import full_stack
from astro_nav_sim.world import Box, Goal, Surprise, World
from astro_nav_sim.worlds import load_world

JACKAL = load_sim_robot("jackal")
FIELD = World(
    "field",
    (
        Box("left", 3.0, 1.2, 0.3, 0.6, 0.6),
        Box("right", 3.5, -1.0, 0.0, 0.6, 0.6),
        Box("behind", -1.5, 0.0, 0.0, 0.2, 6.0),
    ),
    Pose(0.0, 0.0, 0.0),
    (Goal("goal", Pose(6.0, 0.0, 0.0)),),
)


def local_only(world: World, params: LoopParams = BARN_RULES, seed: int = 0, **options) -> ClosedLoop:
    return ClosedLoop(
        world, JACKAL, LocalPlanner(LocalParams(), JACKAL.params, seed), params=params, seed=seed, **options
    )


def test_a_local_planner_alone_drives_to_the_goal() -> None:
    run = local_only(FIELD).run()
    assert (run.outcome, run.goals_reached, run.contacts) == ("success", 1, [])
    assert 4.9 < run.path_length < 6.0
    assert 0.02 < run.min_clearance < 1.5
    assert run.time == pytest.approx(run.path_length / run.mean_speed)
    assert np.hypot(*(run.truth[-1, 1:3] - (6.0, 0.0))) <= 1.05


@pytest.mark.parametrize("make", [local_only, lambda world, seed: full_stack(world, JACKAL, seed=seed)])
def test_a_run_repeats_for_its_seed_and_not_for_another(make) -> None:
    first, again, other = (make(FIELD, seed=seed).run() for seed in (1, 1, 2))
    assert np.array_equal(first.truth, again.truth)
    assert np.array_equal(first.commands, again.commands)
    assert len(first.truth) != len(other.truth) or not np.array_equal(first.truth, other.truth)


def test_a_plan_is_in_force_only_after_the_planning_latency() -> None:
    moved = []
    for latency in (0.0, 0.2):
        run = local_only(FIELD, replace(BARN_RULES, planning_latency=latency)).run()
        moved.append(run.commands[np.abs(run.commands[:, 1]) > 0.02][0, 0])
    assert moved[1] - moved[0] == pytest.approx(0.2, abs=0.1)


def test_a_wall_that_appears_too_late_is_a_collision_with_its_name() -> None:
    trap = Surprise(Box("trap", 3.0, 0.0, 0.0, 0.2, 6.0), near=0.5)
    run = local_only(replace(FIELD, solids=(), surprises=(trap,))).run()
    assert run.outcome == "collision"
    assert run.contacts[0].body == "trap"
    assert "touched trap" in run.reason
    assert run.min_clearance < 0.02


def test_arriving_elsewhere_without_noticing_is_a_miss() -> None:
    """Odometry that is wrong by many per cent, and nothing to correct it."""
    wrong = replace(JACKAL, odometry=replace(JACKAL.odometry, distance_scale=0.15))
    planner = LocalPlanner(LocalParams(goal_xy_tolerance=0.25, goal_yaw_tolerance=0.3), JACKAL.params, 0)
    run = ClosedLoop(replace(FIELD, solids=()), wrong, planner, params=LoopParams(timeout=40.0), seed=0).run()
    assert run.outcome == "missed"
    assert run.goals_reached == 0
    assert run.goal_errors[0][0] > 0.3
    assert "m and" in run.reason


def test_a_goal_that_cannot_be_reached_is_given_up() -> None:
    world = load_world("empty")
    run = full_stack(replace(world, goals=(Goal("outside", Pose(20.0, 3.0, 0.0)),)), load_sim_robot("astro")).run()
    assert run.outcome == "failed"
    assert "outside the map" in run.reason
    assert run.time == 0.0


def test_without_a_way_it_ends_in_a_timeout() -> None:
    wall = Box("wall", 3.0, 0.0, 0.0, 0.2, 30.0)
    run = full_stack(replace(FIELD, solids=(wall,)), JACKAL, params=replace(BARN_RULES, timeout=6.0)).run()
    assert run.outcome == "timeout"
    assert run.contacts == []


def test_a_tour_on_a_map_counts_its_goals() -> None:
    run = full_stack(load_world("corridor"), load_sim_robot("astro"), params=LoopParams(timeout=60.0), seed=1).run()
    assert (run.outcome, run.goals_reached, run.goals_total) == ("success", 2, 2)
    assert all(distance < 0.15 and turn < 0.15 for distance, turn in run.goal_errors)


def test_the_summary_holds_plain_numbers() -> None:
    ticks = iter(range(10**6))
    run = local_only(FIELD, clock=lambda: 1e-3 * next(ticks)).run()
    summary = run.summary()
    assert summary["outcome"] == "success"
    assert summary["plan_ms"]["p50"] >= 1.0
    plain = [value for value in summary.values() if not isinstance(value, dict)]
    assert all(type(value) in (str, int, float) for value in plain)


def test_a_world_without_goals_needs_some() -> None:
    with pytest.raises(WorldError, match="no goals"):
        local_only(replace(FIELD, goals=())).run()


def test_two_lidars_that_see_half_each_at_their_own_times_see_all_around() -> None:
    astro = load_sim_robot("astro")
    (around,) = astro.lidars
    half = replace(around, beams=180, fov=math.pi)
    front, rear = (
        replace(half, name="front", x=0.2),
        replace(half, name="rear", x=-0.2, yaw=math.pi, rate_hz=12.0, latency=0.06),
    )
    loop = full_stack(load_world("corridor"), replace(astro, lidars=(front, rear)), params=LoopParams(timeout=60.0))
    assert loop.run().outcome == "success"
    grid = loop._planner.map.grid()
    row, col = grid.cell(*loop._planner.odometry.newest.pose[:2])
    near = grid.data[row - 30 : row + 31, col - 30 : col + 31]
    assert (near == 100).any() and (near == 0).mean() > 0.3
    assert (grid.data[row - 8 : row + 9, col - 8 : col + 9] == 0).all()


def test_a_goal_is_planned_to_at_once_and_its_end_is_heard_at_once() -> None:
    """At the goal's own time, between the regular cycles; and when the plan that says so is in force."""
    cycles: list[tuple[float, bool]] = []
    world = replace(FIELD, goals=())
    loop = local_only(world, LoopParams(), on_plan=lambda t, plan: cycles.append((t, plan.status.reached)))
    loop.settle()
    loop.rest(0.137)
    began = loop.sim.time
    assert loop.drive_to(Goal("near", Pose(0.3, 0.0, 0.4)))[0] == "success"
    driven = [(t, reached) for t, reached in cycles if t >= began]
    assert driven[0][0] == pytest.approx(began, abs=2.0 * loop.sim.dt)
    assert [reached for _, reached in driven] == [False] * (len(driven) - 1) + [True]
    assert loop.sim.time - driven[-1][0] == pytest.approx(loop.params.planning_latency, abs=2.0 * loop.sim.dt)
