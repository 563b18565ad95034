"""Drives to goals with a robot that follows its guidance exactly and sees what is near."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from astro_nav_common.conventions import OCCUPIED, UNKNOWN
from astro_nav_common.grid import Grid
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_global.navigation import Action, LocalReport, Phase
from astro_nav_global.navigator import FAILED_TO_MAKE_PROGRESS, Navigator
from astro_nav_global.params import GlobalParams, NavigatorParams
from astro_nav_global.path import GlobalPath
from astro_nav_global.planner import GlobalPlanner

DT, SPEED, SIGHT = 0.1, 0.5, 2.0
HOME, START, GOAL = (8.0, 4.0), Pose(1.0, 1.6, 0.0), Pose(7.0, 1.6, 0.0)


def two_rooms(doors: int = 2) -> Grid:
    """8 x 4 m; a wall at 4.0 <= x < 4.4 with a door at 1.2 <= y < 2.0 and, if two, another at 3.0 <= y < 3.6."""
    data = np.zeros((80, 160), np.int8)
    data[[0, -1]] = data[:, [0, -1]] = OCCUPIED
    data[:, 80:88] = OCCUPIED
    data[24:40, 80:88] = 0
    if doors == 2:
        data[60:72, 80:88] = 0
    return Grid(data, 0.05, 0.0, 0.0)


def box(grid: Grid, low: tuple[float, float], high: tuple[float, float], value: int) -> None:
    """Set a rectangle, m."""
    (row_low, col_low), (row_high, col_high) = grid.cell(*low), grid.cell(*high)
    grid.data[row_low:row_high, col_low:col_high] = value


def close_door(grid: Grid, value: int = OCCUPIED) -> None:
    """Close the first door of `two_rooms` (value 0: open it)."""
    box(grid, (4.0, 1.2), (4.4, 2.0), value)


@dataclass
class Drive:
    """A robot in a world that may differ from the map: it follows its guidance until something is in the way."""

    world: Grid
    planner: GlobalPlanner
    navigator: Navigator
    pose: Pose = START
    now: float = 100.0
    sees: bool = True
    actions: list[Action] = field(default_factory=list)

    def step(self, report: LocalReport | None = None) -> Action:
        """Look, update, move; `report` instead of what the local layer would say."""
        if self.sees and round(self.now / DT) % 5 == 0:
            self.look()
        action = self.navigator.update(self.now, self.pose, report or self.report())
        self.actions.append(action)
        if action.path is not None and not self._in_the_way(action.path):
            self._follow(action.path)
        self.now += DT
        return action

    def run(self, seconds: float, until: Callable[[Drive], bool] = lambda drive: False) -> Action:
        """Steps until done, or for so many seconds."""
        for _ in range(round(seconds / DT)):
            action = self.step()
            if action.phase is Phase.DONE or until(self):
                break
        return action

    def look(self) -> None:
        """Show the planner the cells in sight."""
        seen = np.full(self.world.shape, UNKNOWN, np.int8)
        centers = self.world.centers(np.argwhere(np.ones(self.world.shape, bool)))
        near = (np.hypot(*(centers - self.pose[:2]).T) < SIGHT).reshape(self.world.shape)
        seen[near] = self.world.data[near]
        self.planner.observe(Grid(seen, 0.05, 0.0, 0.0), self.now)

    def report(self) -> LocalReport:
        """What the local layer says of the newest guidance."""
        if not self.actions or self.actions[-1].path is None:
            return LocalReport(self.actions[-1].path_id if self.actions else 0)
        action = self.actions[-1]
        goal = action.path.goal
        turn = abs(math.remainder(goal.yaw - self.pose.yaw, math.tau))
        reached = math.dist(goal[:2], self.pose[:2]) < 0.1 and turn < 0.1
        return LocalReport(
            action.path_id, reached, not reached and self._in_the_way(action.path), reason="a box is in the way"
        )

    @property
    def switches(self) -> int:
        """How often a path to the goal was replaced by another."""
        ids = [action.path_id for action in self.actions if action.phase is Phase.FOLLOWING]
        return len(dict.fromkeys(ids)) - 1

    @property
    def phases(self) -> list[Phase]:
        """Phases in order, without repetition."""
        phases = [action.phase for action in self.actions]
        return [phase for i, phase in enumerate(phases) if i == 0 or phase is not phases[i - 1]]

    def _points(self, path: GlobalPath) -> np.ndarray:
        index = int(np.argmin(np.hypot(*(path.points[:, :2] - self.pose[:2]).T)))
        return path.points[index + 1 :]

    def _in_the_way(self, path: GlobalPath) -> bool:
        ahead = self._points(path)
        ahead = ahead[np.hypot(*(ahead[:, :2] - self.pose[:2]).T) < 0.6]
        return any(self.world.data[self.world.cell(x, y)] == OCCUPIED for x, y, _ in ahead)

    def _follow(self, path: GlobalPath) -> None:
        ahead = self._points(path)
        if len(ahead) == 0 or math.dist(path.goal[:2], self.pose[:2]) < SPEED * DT:
            self.pose = path.goal
            return
        step = np.array(ahead[0][:2]) - self.pose[:2]
        x, y = self.pose[:2] + step * min(SPEED * DT / max(np.hypot(*step), 1e-9), 1.0)
        self.pose = Pose(float(x), float(y), math.atan2(step[1], step[0]))


def drive(grid: Grid | None = None, world: Grid | None = None, goal: Pose = GOAL, **params: object) -> Drive:
    """A drive that has been given its goal. grid: the map; world: what is really there, a copy of the map if None."""
    grid = two_rooms() if grid is None else grid
    planner = GlobalPlanner(GlobalParams(), RobotParams())
    planner.set_map(grid)
    navigator = Navigator(NavigatorParams.from_dict(params), planner)
    world = Grid(grid.data.copy(), grid.resolution, grid.origin_x, grid.origin_y) if world is None else world
    result = Drive(world, planner, navigator)
    navigator.start(goal, result.now)
    return result


def test_a_free_way_is_driven_on_one_path() -> None:
    there = drive()
    last = there.run(60.0)
    assert (last.phase, last.code, last.message, last.path) == (Phase.DONE, 0, "", None)
    assert math.dist(there.pose[:2], GOAL[:2]) < 0.1
    assert there.switches == 0 and last.feedback.recoveries == 0


def test_feedback_is_truthful() -> None:
    there = drive()
    last = there.run(60.0)
    following = [action.feedback for action in there.actions if action.phase is Phase.FOLLOWING]
    distance = np.array([feedback.distance_remaining for feedback in following])
    assert distance[0] == pytest.approx(6.1, abs=0.2)
    assert (np.diff(distance) <= 1e-9).all()
    assert distance[-1] < 0.3
    left = last.feedback.navigation_time - np.array([feedback.navigation_time for feedback in following])
    estimated = np.array([feedback.time_remaining for feedback in following])
    assert np.abs(estimated - left).max() < 2.0


def test_a_door_found_closed_is_gone_round_without_a_recovery() -> None:
    there = drive()
    close_door(there.world)
    last = there.run(90.0)
    assert last.code == 0
    assert there.switches == 1
    assert last.feedback.recoveries == 0
    assert any(action.path is not None and action.path.points[:, 1].max() > 3.0 for action in there.actions)


def test_a_door_that_closes_and_opens_again_and_again_does_not_make_it_flip() -> None:
    there = drive()
    for i in range(600):
        close_door(there.world, OCCUPIED if i % 14 < 7 else 0)
        if there.step().phase is Phase.DONE:
            break
    assert there.actions[-1].code == 0
    assert there.switches <= 1


def test_a_better_way_that_opens_is_taken_once() -> None:
    closed = two_rooms()
    close_door(closed)
    there = drive(closed, two_rooms())
    there.pose = Pose(3.5, 0.8, 0.0)
    there.sees = False
    there.run(0.5)
    there.sees = True
    last = there.run(60.0)
    assert last.code == 0
    assert there.switches == 1
    assert max(action.path.points[0, 1] for action in there.actions if action.path is not None) < 2.5


def test_a_slightly_better_way_is_not_taken() -> None:
    there = drive(replan_gain=0.15, replan_gain_min=0.5)
    there.run(2.0)
    box(there.world, (5.0, 1.5), (5.2, 1.7), OCCUPIED)  # costs a swerve of some cm
    assert there.run(60.0).code == 0
    assert there.switches <= 1


def test_a_way_that_stays_blocked_fails_with_a_sentence_after_bounded_recoveries() -> None:
    there = drive(two_rooms(doors=1))
    close_door(there.world)
    last = there.run(300.0)
    assert last.phase is Phase.DONE and last.code == 208
    assert (
        last.message
        == f"there is no way from ({there.pose.x:.2f}, {there.pose.y:.2f}) to (7.00, 1.60) for a robot 0.25 m wide: "
        f"the way that the map has is shut at (4.22, 1.60); gave up after {last.feedback.recoveries} recoveries"
    )
    assert 1 <= last.feedback.recoveries <= 6
    assert last.path is None
    assert there.pose.x < 4.0 and there.world.data[there.world.cell(*there.pose[:2])] == 0


@pytest.mark.parametrize(("age", "recoveries"), [(6.0, False), (1.0, True)])
def test_no_way_because_of_old_observations_is_tried_without_them(age: float, recoveries: bool) -> None:
    there = drive(two_rooms(doors=1))
    ghost = Grid(np.full((20, 10), OCCUPIED, np.int8), 0.05, 4.0, 1.1)
    there.planner.observe(ghost, there.now - age)
    last = there.run(60.0)
    assert last.code == 0
    assert (last.feedback.recoveries > 0) is recoveries


def test_a_door_that_opens_while_waiting_is_passed() -> None:
    there = drive(two_rooms(doors=1))
    close_door(there.world)
    there.run(60.0, until=lambda drive: drive.actions[-1].phase is Phase.RECOVERING)
    there.run(2.0)
    close_door(there.world, 0)
    last = there.run(60.0)
    assert last.code == 0
    assert last.feedback.recoveries >= 1


def test_the_robot_drives_up_to_a_closed_door_before_it_recovers() -> None:
    there = drive(two_rooms(doors=1))
    close_door(there.world)
    there.run(60.0, until=lambda drive: drive.actions[-1].phase is Phase.RECOVERING)
    assert 3.2 < there.pose.x < 4.0


def test_what_only_the_local_layer_feels_ends_in_a_detour() -> None:
    there = drive()
    there.sees = False  # the world is as the map says, for all the planner knows
    close_door(there.world)
    last = there.run(120.0)
    assert last.code == 0
    assert 1 <= last.feedback.recoveries <= 6


def test_no_progress_is_noticed_though_nobody_complains() -> None:
    there = drive(recoveries_max=2, progress_time=3.0)
    there.step()
    held = there.pose
    for _ in range(400):
        action = there.step(LocalReport(there.actions[-1].path_id))
        there.pose = held
        if action.phase is Phase.DONE:
            break
    assert (action.code, action.message) == (105, "no progress for 3 s; gave up after 2 recoveries")


def test_a_robot_that_rests_on_its_way_looks_again_once_before_its_patience_ends() -> None:
    there = drive(rest_time=2.0, progress_time=8.0)
    there.step()
    held, began, cleared = there.pose, there.now, []
    while there.now < began + 7.0:
        action = there.step(LocalReport(there.actions[-1].path_id))
        there.pose = held
        cleared += [there.now - began] if action.clear_local else []
    assert len(cleared) == 1
    assert cleared[0] == pytest.approx(2.0, abs=0.3)


def test_where_a_robot_rests_in_the_open_the_passage_ahead_is_given_time_before_it_counts_as_closed() -> None:
    there = drive(rest_time=2.0, progress_time=8.0, wait_time=1.0)
    there.step()
    held, began, remembered = there.pose, there.now, []
    there.planner.remember_blocked = lambda ahead, now: remembered.append(now - began)  # type: ignore[method-assign]
    driven = set()
    while there.now < began + 20.0 and not remembered:
        action = there.step(LocalReport(there.actions[-1].path_id))
        there.pose = held
        if action.phase is Phase.RECOVERING and action.path is not None:
            driven.add(action.path_id)
    assert 2 * 2.0 + 8.0 < remembered[0] < 16.0  # forgets and looks again, waits, has no progress
    assert driven <= {there.actions[-1].path_id}


def test_a_local_layer_that_gives_up_passes_its_code_on() -> None:
    there = drive(recoveries_max=0)
    there.step()
    last = there.step(LocalReport(there.actions[-1].path_id, code=102, reason="no transform from odom to map"))
    assert (last.phase, last.code) == (Phase.DONE, 102)
    assert last.message == "no transform from odom to map; gave up after 0 recoveries"


def test_progress_renews_the_patience() -> None:
    there = drive(recoveries_max=2)
    for _ in range(3):  # three short stops, each worth a recovery, with a metre of driving between them
        x = there.pose.x
        there.run(30.0, until=lambda drive, x=x: drive.pose.x > x + 1.0)
        following = there.actions[-1]
        for _ in range(12):
            there.step(LocalReport(following.path_id, blocked=True, reason="someone is in the way"))
    last = there.run(60.0)
    assert last.code == 0
    assert last.feedback.recoveries == 3


def test_reports_about_another_path_are_ignored() -> None:
    there = drive()
    there.step()
    action = there.step(LocalReport(there.actions[-1].path_id - 1, reached=True))
    assert action.phase is Phase.FOLLOWING


def test_a_short_report_of_a_blocked_way_is_not_acted_upon() -> None:
    there = drive(blocked_patience=1.0)
    there.step()
    path_id = there.actions[-1].path_id
    for _ in range(5):
        there.step(LocalReport(path_id, blocked=True))
    there.run(60.0)
    assert Phase.RECOVERING not in there.phases


def test_a_new_goal_while_driving_replaces_the_path_at_once_and_never_stops() -> None:
    there = drive()
    there.run(4.0)
    there.navigator.start(Pose(2.0, 3.0, 0.0), there.now)
    last = there.run(60.0)
    assert last.code == 0 and math.dist(there.pose[:2], (2.0, 3.0)) < 0.1
    assert all(action.path is not None for action in there.actions[:-1])
    assert there.switches == 1


def test_cancelling_takes_the_guidance_away() -> None:
    there = drive()
    there.run(2.0)
    there.navigator.cancel()
    assert not there.navigator.is_active
    action = there.step()
    assert (action.phase, action.path) == (Phase.IDLE, None)
    assert action.path_id != there.actions[-2].path_id


@pytest.mark.parametrize(
    ("goal", "code", "sentence"),
    [
        (Pose(70.0, 1.0, 0.0), 204, "outside the map"),
        (Pose(4.2, 0.5, 0.0), 206, "is in an obstacle"),
        (Pose(math.nan, 0.5, 0.0), 204, "must be finite"),
        (Pose(6.0, 1.0, 0.0), 208, "no way"),
    ],
)
def test_a_hopeless_goal_fails_at_once(goal: Pose, code: int, sentence: str) -> None:
    grid = two_rooms(doors=1)
    close_door(grid)
    there = drive(grid, goal=goal)
    action = there.step()
    assert (action.phase, action.code) == (Phase.DONE, code)
    assert sentence in action.message
    assert action.feedback.recoveries == 0


def test_someone_standing_on_the_goal_is_waited_for_there() -> None:
    there = drive()
    box(there.world, (6.8, 1.4), (7.2, 1.8), OCCUPIED)
    there.run(60.0, until=lambda drive: drive.actions[-1].phase is Phase.RECOVERING)
    assert there.pose.x > 5.5
    box(there.world, (6.8, 1.4), (7.2, 1.8), 0)
    assert there.run(60.0).code == 0


def test_a_robot_carried_elsewhere_plans_from_there() -> None:
    there = drive()
    there.run(3.0)
    there.pose = Pose(2.0, 3.4, 0.0)
    last = there.run(60.0)
    assert last.code == 0
    assert there.switches == 1


def test_recoveries_come_in_their_order_and_are_guided() -> None:
    there = drive(two_rooms(doors=1))
    close_door(there.world)
    there.run(300.0)
    recovering = [action for action in there.actions if action.phase is Phase.RECOVERING]
    assert sum(action.clear_local for action in recovering) == 1
    moves = [action.path for action in recovering if action.path is not None]
    assert math.dist(moves[0].goal[:2], (4.23, 1.6)) == pytest.approx(1.3, abs=0.01)  # room for the door
    assert moves[-1].length == pytest.approx(0.0)


def test_what_only_the_local_layer_feels_is_backed_away_from() -> None:
    there = drive(recoveries_max=3)
    there.run(4.0)
    held = there.pose
    for _ in range(200):
        there.step(LocalReport(there.actions[-1].path_id, blocked=True, reason="someone is in the way"))
        there.pose = held
    moves = [action.path for action in there.actions if action.phase is Phase.RECOVERING and action.path is not None]
    assert moves
    assert all(path.length == pytest.approx(0.3) for path in moves)


def test_a_robot_before_a_closed_door_makes_room_for_it_even_with_a_goal_given_there() -> None:
    there = drive(two_rooms(doors=1))
    close_door(there.world)
    there.pose = Pose(3.7, 1.6, 0.0)
    there.look()
    there.run(60.0)
    assert math.dist(there.pose[:2], (4.23, 1.6)) > 1.2
    assert abs(there.pose.y - 1.6) < 0.2


@pytest.mark.parametrize(("turn", "limit"), [(3.7, 45.0), (2.7, 90.0)])
def test_a_local_layer_that_drives_up_and_down_before_a_closed_door_is_stopped(turn: float, limit: float) -> None:
    there = drive(two_rooms(doors=1))
    close_door(there.world)
    there.look()
    there.planner.observe(there.world, there.now)
    x, step = 2.0, 0.05
    while there.now < 100.0 + limit:
        there.planner.observe(there.world, there.now)
        action = there.step(LocalReport(there.actions[-1].path_id if there.actions else 0))
        if action.phase is Phase.DONE:
            break
        if action.phase is Phase.FOLLOWING:
            step = -step if not 1.5 < x + step < turn else step
            x += step
        there.pose = Pose(x, 1.6, 0.0)
    assert (action.phase, action.code) == (Phase.DONE, 208)
    assert "shut at (4.2" in action.message


def test_a_path_behind_the_wall_is_not_taken_for_the_robots_place() -> None:
    there = drive(two_rooms(doors=1), goal=Pose(4.7, 3.4, 0.0))
    there.run(60.0, until=lambda drive: drive.pose.x > 3.0)
    there.sees = False
    left = there.actions[-1].feedback.distance_remaining
    there.pose = Pose(3.4, 3.4, 0.0)  # 1.3 m from the goal, as the crow flies
    close_door(there.world)  # so that there is no path from here to take instead
    there.planner.observe(there.world, there.now)
    action = there.navigator.update(there.now, there.pose, LocalReport(there.actions[-1].path_id))
    assert action.phase is Phase.FOLLOWING
    assert action.feedback.distance_remaining > left - 0.1


def test_the_same_drive_twice_gives_the_same_actions() -> None:
    runs = []
    for _ in range(2):
        there = drive(two_rooms(doors=1))
        close_door(there.world)
        there.run(100.0)
        runs.append([(action.phase, action.path_id, action.feedback) for action in there.actions])
    assert runs[0] == runs[1]


def test_as_near_as_it_gets_is_arrival_within_the_tolerances() -> None:
    for off, code in ((0.2, 0), (1.2, FAILED_TO_MAKE_PROGRESS)):
        there = drive(goal_xy_tolerance=0.25, recoveries_max=0)
        there.run(60.0, until=lambda drive, off=off: math.dist(drive.pose[:2], GOAL[:2]) < off)
        path_id = there.actions[-1].path_id
        for _ in range(30):
            if there.actions[-1].phase is not Phase.DONE:
                there.step(LocalReport(path_id, blocked=True, reason="something stands at the goal"))
        assert (there.actions[-1].phase, there.actions[-1].code) == (Phase.DONE, code)
