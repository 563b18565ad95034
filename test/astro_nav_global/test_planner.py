"""The facade: plans, errors with Nav2's codes, observations over the map, no map at all."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.errors import MapError, PlanningError
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams, load_robot
from astro_nav_common.types import Pose
from astro_nav_global.params import GlobalParams
from astro_nav_global.planner import GlobalPlanner

Drawn = Callable[..., Grid]


def planner_on(grid: Grid | None, robot: str = "astro", **params: object) -> GlobalPlanner:
    """A planner with that map."""
    planner = GlobalPlanner(GlobalParams.from_dict(params), load_robot(robot))
    if grid is not None:
        planner.set_map(grid)
    return planner


def two_rooms(drawn: Drawn) -> Grid:
    """8 x 4 m, cells of 0.05 m; a wall at 4.0 <= x < 4.4 with a door at 1.2 <= y < 2.0, another at 3.2 <= y < 3.6."""
    rows = ["#" * 20, *["." * 10 + "#" + "." * 9] * 9]
    for row in (1, 5, 6):
        rows[row] = "." * 20
    return drawn(*rows, resolution=0.05, scale=8)


def fails_with(code: int, planner: GlobalPlanner, start: Pose, goal: Pose) -> str:
    """The sentence with which a plan fails."""
    with pytest.raises(PlanningError) as caught:
        planner.plan(start, goal)
    assert caught.value.code == code
    return str(caught.value)


def test_path_joins_start_and_goal_through_the_middle_of_the_door(drawn: Drawn) -> None:
    path = planner_on(two_rooms(drawn)).plan(Pose(1.03, 0.52, 2.0), Pose(7.01, 0.55, -1.0))
    np.testing.assert_allclose(path.points[0, :2], (1.03, 0.52))
    assert path.goal == (7.01, 0.55, -1.0)
    in_door = path.points[(path.points[:, 0] >= 4.0) & (path.points[:, 0] <= 4.4)]
    assert np.abs(in_door[:, 1] - 1.6).max() < 0.15
    assert np.hypot(*np.diff(path.points[:, :2], axis=0).T).max() <= 0.1 + 1e-9
    assert path.length <= path.cost


def test_paths_are_free_everywhere(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    rng = np.random.default_rng(0)
    for _ in range(20):
        (x0, x1), (y0, y1) = rng.uniform(0.3, 3.7, 2), rng.uniform(0.3, 3.2, 2)
        path = planner.plan(Pose(x0, y0, 0.0), Pose(x1 + 4.0 if x1 > 0.7 else x1, y1, 0.0))
        dense = np.concatenate(
            [a + (b - a) * np.linspace(0, 1, 50)[:, None] for a, b in zip(path.points, path.points[1:])]
        )
        assert planner.is_valid(dense)


def test_in_the_open_the_path_is_as_long_as_the_crow_flies() -> None:
    data = np.zeros((300, 300), np.int8)
    data[0, 0] = OCCUPIED
    path = planner_on(Grid(data, 0.05, 0.0, 0.0)).plan(Pose(3.0, 3.0, 0.0), Pose(13.0, 6.0, 0.0))
    assert path.length == pytest.approx(math.hypot(10.0, 3.0), abs=1e-6)
    assert path.cost == pytest.approx(path.length, rel=0.01)


@pytest.mark.parametrize("size", [0.0, 0.01])
def test_a_goal_where_the_robot_stands(drawn: Drawn, size: float) -> None:
    path = planner_on(two_rooms(drawn)).plan(Pose(1.0, 1.0, 0.0), Pose(1.0 + size, 1.0, 1.0))
    assert path.goal == (1.0 + size, 1.0, 1.0)
    assert path.length == pytest.approx(size)


def test_a_barn_passage_is_open_for_the_jackal() -> None:
    data = np.zeros((100, 100), np.int8)
    data[:, 48:52] = OCCUPIED
    data[40:55, 48:52] = 0  # 0.75 m
    planner = planner_on(Grid(data, 0.05, 0.0, 0.0), "jackal")
    assert planner.plan(Pose(1.0, 2.4, 0.0), Pose(4.0, 2.4, 0.0)).length < 3.2


def test_a_passage_narrower_than_the_robot_is_not_planned_through() -> None:
    data = np.zeros((100, 100), np.int8)
    data[:, 48:52] = OCCUPIED
    data[40:46, 48:52] = 0  # 0.3 m
    grid = Grid(data, 0.05, 0.0, 0.0)
    assert planner_on(grid, "astro").plan(Pose(1.0, 2.4, 0.0), Pose(4.0, 2.4, 0.0)).length < 3.4
    sentence = fails_with(
        PlanningError.NO_VALID_PATH, planner_on(grid, "jackal"), Pose(1.0, 2.4, 0.0), Pose(4.0, 2.4, 0.0)
    )
    assert sentence == "there is no way from (1.00, 2.40) to (4.00, 2.40) for a robot 0.42 m wide"


@pytest.mark.parametrize(
    ("start", "goal", "code", "sentence"),
    [
        (Pose(-1.0, 1.0, 0.0), Pose(1.0, 1.0, 0.0), 3, "the start (-1.00, 1.00) is outside the map, which spans x 0.00 to 8.00"),
        (Pose(1.0, 1.0, 0.0), Pose(1.0, 40.0, 0.0), 4, "the goal (1.00, 40.00) is outside the map"),
        (Pose(math.nan, 1.0, 0.0), Pose(1.0, 1.0, 0.0), 3, "the start (nan, 1.0, 0.0) must be finite"),
        (Pose(1.0, 1.0, 0.0), Pose(1.0, math.inf, 0.0), 4, "the goal (1.0, inf, 0.0) must be finite"),
        (Pose(1.0, 1.0, 0.0), Pose(1.0, 1.0, math.nan), 4, "the goal (1.0, 1.0, nan) must be finite"),
        (Pose(1.0, 1.0, 0.0), Pose(4.2, 0.5, 0.0), 6, "the goal (4.20, 0.50) is in an obstacle"),
        (Pose(1.0, 1.0, 0.0), Pose(3.94, 0.5, 0.0), 6, "is nearer to an obstacle than the 0.125 m that the robot needs"),
        (Pose(1.0, 1.0, 0.0), Pose(3.83, 0.5, 0.0), 6, "at heading 0.00 rad would have the robot overlap an obstacle at (4.0"),
    ],
)  # fmt: skip
def test_errors_have_nav2s_code_and_a_sentence(drawn: Drawn, start: Pose, goal: Pose, code: int, sentence: str) -> None:
    assert sentence in fails_with(code, planner_on(two_rooms(drawn)), start, goal)


def test_beside_a_wall_the_heading_decides(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    assert planner.plan(Pose(1.0, 1.0, 0.0), Pose(3.83, 0.5, math.pi / 2)).length > 2.0


def test_a_robot_close_to_a_wall_starts_from_the_next_free_place(drawn: Drawn) -> None:
    path = planner_on(two_rooms(drawn)).plan(Pose(3.97, 0.5, 0.0), Pose(1.0, 0.5, 0.0))
    np.testing.assert_allclose(path.points[0, :2], (3.97, 0.5))
    assert 2.9 < path.length < 3.2


def test_a_start_is_not_moved_through_a_wall() -> None:
    data = np.zeros((60, 60), np.int8)
    data[:, 30] = OCCUPIED
    data[:, :30] = OCCUPIED
    data[20:40, 28:30] = 0  # a slit, too narrow for the robot, behind the wall of one cell
    sentence = fails_with(
        PlanningError.START_OCCUPIED, planner_on(Grid(data, 0.05, 0.0, 0.0)), Pose(1.46, 1.5, 0.0), Pose(2.5, 1.5, 0.0)
    )
    assert "no free place is within 0.4 m" in sentence


def test_unknown_space_of_a_map_is_avoided_and_can_be_forbidden(drawn: Drawn) -> None:
    rows = ["." * 20] * 6 + ["." * 5 + "?" * 10 + "." * 5] * 8 + ["#" * 20]
    grid = drawn(*rows, resolution=0.05, scale=4)
    start, goal = Pose(0.5, 0.5, 0.0), Pose(3.5, 0.5, 0.0)
    assert planner_on(grid).plan(start, goal).points[:, 1].max() > 1.8
    assert planner_on(grid, unknown_weight=0.0).plan(start, goal).points[:, 1].max() < 1.5
    into = Pose(2.0, 1.0, 0.0)
    assert planner_on(grid).plan(start, into).goal == into
    assert "allow_unknown" in fails_with(6, planner_on(grid, allow_unknown=False), start, into)


def closed_door() -> Grid:
    """What the local layer sees of a closed door: 4.0 <= x < 4.4, 1.2 <= y < 2.0."""
    data = np.full((40, 30), UNKNOWN, np.int8)
    data[12:28, 10:18] = OCCUPIED
    return Grid(data, 0.05, 3.5, 0.6)


def test_a_door_seen_closed_is_gone_round_and_seen_open_is_taken(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    start, goal = Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)
    open_way = planner.plan(start, goal)
    planner.observe(closed_door(), 10.0)
    assert not planner.is_valid(open_way.points)
    assert math.isinf(planner.cost(open_way.points))
    round_way = planner.plan(start, goal)
    assert round_way.points[:, 1].max() > 3.0
    seen_open = closed_door()
    seen_open.data[seen_open.data == OCCUPIED] = 0
    planner.observe(seen_open, 20.0)
    np.testing.assert_allclose(planner.plan(start, goal).points, open_way.points)


def test_observations_age_out(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn), observation_memory=60.0)
    start, goal = Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)
    planner.observe(closed_door(), 10.0)
    assert planner.plan(start, goal, 69.0).length > 5.0
    assert planner.plan(start, goal, 75.0).length < 4.5


def test_when_the_clock_goes_back_observations_are_forgotten(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    start, goal = Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)
    planner.observe(closed_door(), 1000.0)
    assert planner.plan(start, goal, 1000.0).length > 5.0
    elsewhere = Grid(np.zeros((4, 4), np.int8), 0.05, 1.0, 1.0)
    planner.observe(elsewhere, 10.0)
    assert planner.plan(start, goal, 10.0).length < 4.5
    planner.observe(closed_door(), 11.0)
    assert planner.plan(start, goal, 11.0).length > 5.0


def test_a_clock_that_goes_back_a_little_forgets_nothing(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    planner.observe(closed_door(), 1000.0)
    planner.observe(Grid(np.zeros((4, 4), np.int8), 0.05, 1.0, 1.0), 999.5)
    assert planner.plan(Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0), 999.5).length > 5.0


def test_observations_can_be_cleared_everywhere_or_nearby(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    start, goal = Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)
    through = np.array((start[:2], goal[:2]))
    for around, valid in ((None, True), (Pose(4.0, 1.6, 0.0), True), (Pose(1.0, 1.0, 0.0), False)):
        planner.observe(closed_door(), 0.0)
        assert planner.plan(start, goal).length > 5.0
        planner.clear_observations(around, 1.0)
        assert math.isfinite(planner.cost(through)) is valid


def test_observations_are_placed_by_the_pose_of_their_frame(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    seen = closed_door()
    planner.observe(Grid(seen.data, 0.05, -0.75, -1.0), 0.0, Pose(4.25, 1.6, math.pi))
    assert planner.plan(Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)).points[:, 1].max() > 3.0


@pytest.mark.parametrize(("back", "is_forgotten"), [(Pose(0.0, 0.02, 0.0), False), (Pose(0.0, 0.2, 0.05), True)])
def test_what_was_observed_while_the_localisation_was_wrong_is_forgotten_when_it_jumps_back(
    drawn: Drawn, back: Pose, is_forgotten: bool
) -> None:
    planner = planner_on(two_rooms(drawn))
    start, goal = Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)
    nothing = Grid(np.full((4, 4), UNKNOWN, np.int8), 0.05, 3.5, 1.0)
    planner.observe(nothing, 0.0, back)
    planner.observe(closed_door(), 1.0)
    planner.observe(nothing, 3.0, back)
    assert (planner.plan(start, goal).length < 4.5) is is_forgotten


def test_what_was_observed_before_a_time_can_be_forgotten(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    planner.observe(closed_door(), 10.0)
    assert not planner.forget_before(10.0)
    assert planner.plan(Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)).length > 5.0
    assert planner.forget_before(10.1)
    assert planner.plan(Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)).length < 4.5


def test_a_place_that_was_impassable_is_gone_round(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    planner.block(4.2, 1.6, 0.0)
    assert planner.plan(Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)).points[:, 1].max() > 3.0


def test_what_was_observed_over_another_map_is_forgotten(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    planner.observe(closed_door(), 0.0)
    planner.set_map(two_rooms(drawn))
    assert planner.plan(Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0)).length < 4.5


def test_the_map_itself_is_not_changed_by_observations(drawn: Drawn) -> None:
    grid = two_rooms(drawn)
    before = grid.data.copy()
    planner = planner_on(grid)
    planner.observe(closed_door(), 0.0)
    planner.plan(Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0))
    np.testing.assert_array_equal(grid.data, before)


def test_hopeless_is_what_the_map_alone_forbids(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    blocked = np.full((40, 30), OCCUPIED, np.int8)
    planner.observe(Grid(blocked, 0.05, 5.5, 0.6), 0.0)
    start, behind_observed, in_wall = Pose(2.0, 1.6, 0.0), Pose(6.0, 1.6, 0.0), Pose(4.2, 0.5, 0.0)
    fails_with(PlanningError.GOAL_OCCUPIED, planner, start, behind_observed)
    assert not planner.is_hopeless(start, behind_observed)
    assert planner.is_hopeless(start, in_wall)


def test_without_a_map_unexplored_space_is_planned_through() -> None:
    planner = planner_on(None, "jackal")
    path = planner.plan(Pose(0.0, 0.0, 0.0), Pose(10.0, 0.0, 0.0))
    assert path.length == pytest.approx(10.0)
    assert path.cost == pytest.approx(15.0, rel=0.02)  # unexplored_weight 0.5


def test_without_a_map_observed_walls_are_gone_round_and_stay() -> None:
    planner = planner_on(None, "jackal")
    seen = np.zeros((120, 120), np.int8)
    seen[20:110, 90:94] = OCCUPIED
    planner.observe(Grid(seen, 0.05, -3.0, -3.0), 0.0)
    path = planner.plan(Pose(0.0, 0.0, 0.0), Pose(10.0, 0.0, 0.0), 5000.0)
    beside = path.points[np.abs(path.points[:, 0] - 1.6) < 0.1, 1]
    assert (beside < -2.0).all() and len(beside) > 0
    planner.observe(Grid(np.full((120, 120), UNKNOWN, np.int8), 0.05, 2.0, -3.0), 5001.0)
    assert planner.plan(Pose(0.0, 0.0, 0.0), Pose(10.0, 0.0, 0.0)).cost == pytest.approx(path.cost)


def test_without_a_map_the_costs_of_what_was_observed_can_be_looked_at() -> None:
    planner = planner_on(None)
    assert (planner.costmap().grid.data == UNKNOWN).all()
    seen = np.zeros((20, 20), np.int8)
    seen[5, 5] = OCCUPIED
    planner.observe(Grid(seen, 0.05, 3.0, 3.0), 1.0)
    grid = planner.costmap().grid
    assert (grid.data == OCCUPIED).sum() == 1
    assert grid.data[grid.cell(3.275, 3.275)] == OCCUPIED


def test_without_a_map_a_goal_out_of_reach_is_refused() -> None:
    sentence = fails_with(PlanningError.GOAL_OUTSIDE_MAP, planner_on(None), Pose(0.0, 0.0, 0.0), Pose(0.0, 1e6, 0.0))
    assert "at most 100.0 m away" in sentence


def test_invalid_points_are_named() -> None:
    data = np.zeros((20, 20), np.int8)
    data[:, 10] = OCCUPIED
    planner = planner_on(Grid(data, 0.05, 0.0, 0.0))
    points = np.array([(0.2, 0.5), (0.5, 0.5), (0.8, 0.5), (5.0, 0.5), (math.nan, 0.5)])
    np.testing.assert_array_equal(planner.invalid_points(points), [1, 3, 4])


@pytest.mark.parametrize("far", [2000.0, 1e9, 1e300])
def test_without_a_map_points_out_of_reach_are_invalid(far: float) -> None:
    planner = planner_on(None)
    planner.observe(Grid(np.zeros((20, 20), np.int8), 0.05, 0.0, 0.0), 0.0)
    np.testing.assert_array_equal(planner.invalid_points(np.array([(0.5, 0.5), (-far, far), (50.0, 0.0)])), [1])
    assert math.isinf(planner.cost(np.array([(0.5, 0.5), (far, far)])))
    fails_with(PlanningError.START_OUTSIDE_MAP, planner, Pose(far, far, 0.0), Pose(far, far, 0.0))


def test_the_cost_of_a_path_overlooks_that_its_start_is_too_near_to_a_wall(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    path = planner.plan(Pose(3.97, 0.5, 0.0), Pose(1.0, 0.5, 0.0))
    assert math.isfinite(planner.cost(path.points))
    assert math.isinf(planner.cost(path.points[::-1]))


def test_a_map_of_absurd_size_is_refused() -> None:
    huge = Grid(np.broadcast_to(np.int8(0), (100_000, 100_000)), 0.05, 0.0, 0.0)
    with pytest.raises(MapError, match="100000 x 100000 cells is too large"):
        planner_on(None).set_map(huge)


def test_same_input_same_path(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    paths = [planner.plan(Pose(1.0, 0.5, 0.0), Pose(7.0, 3.0, 0.0)) for _ in range(2)]
    paths.append(planner_on(two_rooms(drawn)).plan(Pose(1.0, 0.5, 0.0), Pose(7.0, 3.0, 0.0)))
    for path in paths[1:]:
        np.testing.assert_array_equal(path.points, paths[0].points)


def test_warm_up_leaves_no_trace(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    before = planner.costmap().levels.copy()
    planner.warm_up()
    np.testing.assert_array_equal(planner.costmap().levels, before)


def test_a_robot_that_is_wider_than_high_still_needs_its_width() -> None:
    data = np.zeros((60, 100), np.int8)
    data[0, 0] = OCCUPIED
    wide = RobotParams(footprint=(0.1, 0.4, -0.1, 0.4, -0.1, -0.4, 0.1, -0.4), screen=())
    planner = GlobalPlanner(GlobalParams(), wide)
    data[:, 50] = OCCUPIED
    data[24:36, 50] = 0  # 0.6 m for a robot 0.8 m wide
    planner.set_map(Grid(data, 0.05, 0.0, 0.0))
    fails_with(PlanningError.NO_VALID_PATH, planner, Pose(1.0, 1.5, 0.0), Pose(4.0, 1.5, 0.0))


def test_a_path_through_poses_visits_them_in_order(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    start, goals = Pose(1.0, 0.5, 0.0), (Pose(6.0, 0.6, 1.0), Pose(2.0, 3.0, 0.0), Pose(7.0, 3.0, 2.0))
    path = planner.plan_through(start, goals)
    visited = [int(np.argmin(np.hypot(*(path.points[:, :2] - goal[:2]).T))) for goal in goals]
    assert visited == sorted(visited)
    for index, goal in zip(visited, goals):
        np.testing.assert_allclose(path.points[index], goal)
    assert np.hypot(*np.diff(path.points[:, :2], axis=0).T).max() <= 0.1 + 1e-9
    legs = [planner.plan(a, b) for a, b in zip((start, *goals), goals)]
    assert path.cost == pytest.approx(sum(leg.cost for leg in legs))


def test_a_pose_on_the_way_that_cannot_be_reached_is_named(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    with pytest.raises(PlanningError, match=r"^pose 2 of 2: the goal \(4\.20, 0\.50\) is in an obstacle") as caught:
        planner.plan_through(Pose(1.0, 0.5, 0.0), (Pose(2.0, 0.5, 0.0), Pose(4.2, 0.5, 0.0)))
    assert caught.value.code == PlanningError.GOAL_OCCUPIED
    with pytest.raises(PlanningError, match="needs at least one pose"):
        planner.plan_through(Pose(1.0, 0.5, 0.0), ())


def test_ways_to_several_goals_are_those_to_each(drawn: Drawn) -> None:
    planner = planner_on(two_rooms(drawn))
    start, goals = Pose(1.0, 0.5, 0.0), (Pose(6.0, 0.6, 1.0), Pose(2.0, 3.0, 0.0), Pose(7.0, 3.0, 2.0))
    for path, goal in zip(planner.plan_to_each(start, goals), goals):
        assert path.goal == goal
        assert path.cost == pytest.approx(planner.plan(start, goal).cost, rel=0.03)
