"""The local planner: one cycle, in the order in which a plan comes about."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from astro_nav_common.conventions import OCCUPIED, STAMP_AHEAD
from astro_nav_common.errors import InputError
from astro_nav_common.footprint import Footprint
from astro_nav_common.grid import Grid
from astro_nav_common.history import CommandHistory, OdometryBuffer, odometry_jump
from astro_nav_common.masks import KeepoutMask
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Command, Guidance, Obstacle, Pose, Scan, State, Trajectory
from astro_nav_local.evaluate import Problem
from astro_nav_local.fast_forward import predict, start_state
from astro_nav_local.goal import Goal
from astro_nav_local.held import Held
from astro_nav_local.keepout import Keepout
from astro_nav_local.laps import Laps
from astro_nav_local.local_map import LocalMap
from astro_nav_local.local_plan import Candidates, LocalPlan, PlanStatus
from astro_nav_local.manoeuvre import Manoeuvre, leaves_allowed, runs_into
from astro_nav_local.navigation_function import NavigationFunction
from astro_nav_local.objective import Weights
from astro_nav_local.params import LocalParams
from astro_nav_local.prediction import predict_positions
from astro_nav_local.previous_plan import PreviousPlan
from astro_nav_local.rest import AT_REST, is_arrival, is_near, is_slower
from astro_nav_local.risk import RiskModel, crowd
from astro_nav_local.rollout import PAN
from astro_nav_local.scene import Scene, Shape
from astro_nav_local.screen import PanLimits
from astro_nav_local.search import Search, SearchResult
from astro_nav_local.standstill import DARING_SPEED, Standstill
from astro_nav_local.tight_place import TightPlace
from astro_nav_local.trajectory_space import Limits

#: Speeds above this many times what the wheels can do are no speeds.
FASTEST = 3.0
#: Who moves is company within this distance, m.
COMPANY = 2.0
#: Without a scan newer than this, s, nothing is known about the surroundings: stop.
SCAN_TIMEOUT = 0.6
NO_SCAN = "no recent scan"
#: Scans that wait for a cycle: those of all sources in a late one, and no more while there is no odometry.
PENDING_MAX = 64
#: About as slow as this, m/s, a robot is as good as at rest.
AT_REST_SPEED = 0.15


class LocalPlanner:
    """Scans, odometry, commands and guidance in; ten times a second a plan out. All in odom."""

    def __init__(
        self,
        params: LocalParams,
        robot: RobotParams,
        seed: int = 0,
        clock: Callable[[], float] | None = None,
        search: Search | None = None,
    ) -> None:
        """Args:
        clock: for the timing of stages and the anytime cut, s; None times nothing and never cuts.
        search: another one than the usual, for experiments.
        """
        self.params, self.robot = params, robot
        self.odometry, self.commands = OdometryBuffer(), CommandHistory()
        self.map = LocalMap(params)
        self.cycle_time, self.actuation_delay = params.cycle_budget, robot.actuation_delay
        self._clock = clock
        self._footprint = Footprint.of(robot)
        self._shape = Shape.of(self._footprint)
        self._search = search or Search(params, seed)
        self._navigation = NavigationFunction(params, self.map, self._footprint)
        self._felt_distance = np.empty_like(self.map.distance)
        self.speed_limit: float | None = None
        self._keepout: Keepout | None = None
        self._distance = self.map.distance  # to obstacles and to what is kept out of
        self._manoeuvre: Manoeuvre | None = None
        self._obstacles: list[Obstacle] = []
        self._pending: list[Scan] = []
        self._newest_scan_t = -math.inf
        self._last = PreviousPlan(params)
        self._plan_id = 0
        self._held = Held()
        self._standstill, self._has_company = Standstill(), False
        self._tight = TightPlace(self.map, self._navigation, self._shape, params.goal_yaw_gain)

    def warm_up(self) -> None:
        """Compile and run everything once, on a made-up scene."""
        other = LocalPlanner(self.params, self.robot)
        other.add_odometry(State(0.0, 0.0, 0.0, 0.0))
        other.add_command(0.0, Command(0.1, 0.1))
        other.set_guidance(Guidance(np.array([[0.0, 0.0], [10.0, 0.0]]), Pose(10.0, 0.0, 0.0)))
        other.set_obstacles([Obstacle(1, 0.0, np.array([2.0, 0.0, -1.0, 0.0]), np.eye(4) * 0.01, 0.3)])
        for t in (0.0, 0.1):
            other.add_odometry(State(t, t, t, 0.0))  # far enough for the map to scroll
            other.add_scan(Scan(t, np.full(90, 2.0, np.float32), -math.pi, math.pi / 45.0, 0.1, 10.0))
            other.plan(t)
        other.set_guidance(Guidance(np.array([[0.0, 0.0], [1.0, 0.0]]), Pose(1.0, 0.0, 1.0)))
        other.plan(0.1)  # to a goal that is in sight
        other._tight.warm_up(State(0.1, 0.1, 0.1, 0.0), Goal(1.0, 0.0, 1.0, True, True))
        other.set_keepout(
            Keepout(KeepoutMask(Grid(np.full((9, 9), OCCUPIED, np.int8), 0.1, 1.0, 1.0)), Pose(0.0, 0.0, 0.0))
        )
        other.set_manoeuvre(Manoeuvre(3.0, 0.0, 1.0))
        other.plan(0.1)

    def reset(self) -> None:
        """Forget map, plan and histories (a jump of the clock, a teleported robot)."""
        self.map.clear()
        self.odometry.clear()
        self.commands = CommandHistory()
        self._pending.clear()
        self._newest_scan_t = -math.inf
        self._last = PreviousPlan(self.params)
        self._held = Held()
        self._standstill = Standstill()

    def add_scan(self, scan: Scan) -> None:
        """A scan, mapped in the next cycle that there is odometry for."""
        self._pending.append(scan)
        del self._pending[:-PENDING_MAX]

    def add_odometry(self, state: State) -> None:
        """Odometry; raises InputError if it is not finite or too fast. A jump of the pose makes map and plans in odom worthless."""
        robot = self.robot
        if (
            abs(state.v) > FASTEST * robot.wheel_speed_max
            or abs(state.w) > 2.0 * FASTEST * robot.wheel_speed_max / robot.track
        ):
            raise InputError(
                f"odometry of {state.v:.3g} m/s and {state.w:.3g} rad/s is that of no robot whose wheels do {robot.wheel_speed_max:g} m/s"
            )
        newest = self.odometry.newest
        if newest is not None and odometry_jump(newest, state, robot.v_max, robot.w_max):
            self.reset()
        self.odometry.add(state)

    def add_command(self, t: float, command: Command) -> None:
        """What was really sent to the base at t."""
        self.commands.add(t, command)

    def set_obstacles(self, obstacles: list[Obstacle]) -> None:
        """The tracked moving obstacles, newest estimate."""
        self._obstacles = list(obstacles)

    def set_speed_limit(self, limit: float | None) -> None:
        """Hold the speed to `limit` m/s; None lifts it."""
        self.speed_limit = limit

    def set_keepout(self, keepout: Keepout | None) -> None:
        """Keep out of what a mask forbids; None: of nothing."""
        self._keepout = keepout

    def set_guidance(self, guidance: Guidance | None) -> None:
        """The path to make progress on; None: stop and hold. The same path_id with other points is a map correction.

        Raises InputError.
        """
        self._navigation.set_guidance(guidance)

    def set_manoeuvre(self, manoeuvre: Manoeuvre | None) -> None:
        """Carry out a manoeuvre, whatever guidance says; None: no more."""
        self._manoeuvre = manoeuvre

    def plan(self, now: float) -> LocalPlan:
        """One cycle, started at `now`. Raises InputError without odometry."""
        lap = Laps(self._clock)
        deadline = None if self._clock is None else self._clock() + 0.8 / self.params.rate_hz
        start, share = self._fast_forward(now)
        lap("fast_forward")
        self._update_map(now)
        lap("map")
        goal, reason, blocked = self._navigation.update(start.x, start.y, self._distance)
        self._has_company = self._is_near_somebody(start)
        stuck = goal is not None and not (blocked or self._manoeuvre or self._has_company)
        self._standstill.update(now, start, stuck)
        limits = Limits.of(self.robot, self._speed_limit(start))
        lap("navigation")
        problem = self._problem(start, limits, goal)
        is_blind = now - self._newest_scan_t > SCAN_TIMEOUT
        if self._manoeuvre is not None:
            found, status = self._carry_out(self._manoeuvre, start, problem, is_blind)
        else:
            reached = goal is not None and self._is_arrival(goal, start, problem)
            if goal is None or blocked or reached or is_blind:
                reason = reason or ("at the goal" if reached else "" if blocked else NO_SCAN)
                found = self._search.stop(problem)
            else:
                poses = self._tight.poses(start, goal, self._standstill.is_stuck, self._distance)
                problem = problem._replace(scene=problem.scene._replace(poses=poses))
                lap("poses")
                late = (lambda: False) if self._clock is None else (lambda: self._clock() > deadline)  # type: ignore[misc, operator]
                found = self._search.run(problem, self._last.vector_from(start.t, goal.heading), late)
            to_go = 0.0 if goal is None else self._navigation.distance_to_go(start.x, start.y)
            status = PlanStatus(reached, blocked, to_go, start.v, reason)
        lap("search")
        trajectory = self._trajectory(found, start.t, stopped=bool(status.reason))
        self._last.set(trajectory, found.theta)
        candidates = Candidates(found.paths, found.costs, found.best)
        return LocalPlan(trajectory, candidates, status, start, share, lap.ms)

    def _carry_out(
        self, manoeuvre: Manoeuvre, start: State, problem: Problem, is_blind: bool
    ) -> tuple[SearchResult, PlanStatus]:
        """The manoeuvre, unless it runs into something or is done."""
        newest = self.odometry.newest
        assert newest is not None
        manoeuvre.observe(newest.pose)
        found = self._search.only(problem, manoeuvre.vector(start, problem.limits, self.params.horizon))
        left = max(manoeuvre.asked - manoeuvre.done, 0.0)
        reached = manoeuvre.is_over(start) and is_slower(newest, AT_REST)
        blocked = not (reached or is_blind) and self._is_barred(found.states)
        reason = "done" if reached else NO_SCAN if is_blind else "an obstacle is in the way" if blocked else ""
        if reason:
            found = self._search.stop(problem)
        return found, PlanStatus(reached, blocked, left, start.v, reason)

    def _is_barred(self, states: np.ndarray) -> bool:
        """Whether an obstacle, or what is kept out of, is in the way of a motion."""
        if runs_into(states, self.map, self._footprint):
            return True
        return self._keepout is not None and leaves_allowed(
            states, self._distance, self.map, self._footprint.half_width
        )

    def _fast_forward(self, now: float) -> tuple[State, float]:
        newest = self.odometry.newest
        if newest is None:
            raise InputError("no odometry yet: cannot plan without knowing the robot's state")
        t_effect = now + self.cycle_time + self.actuation_delay
        plan = self._last.trajectory
        self._held.update(now, newest, self.commands, plan)
        if self._held.now:
            plan = None  # the guard does not carry it out
        lag = self.robot.actuation_time_constant
        predicted = predict(newest, self.commands, plan, t_effect, self.actuation_delay, lag)
        return start_state(predicted, plan, self.params.start_blend_distance)

    def _update_map(self, now: float) -> None:
        newest = self.odometry.newest
        assert newest is not None
        self.map.center_on(newest.x, newest.y)
        self.map.decay(now)
        waiting = []
        for scan in self._pending:
            if max(scan.t, scan.last_t) > now + STAMP_AHEAD:
                continue  # where the robot will be then, nobody knows
            if self.map.integrate(scan, self.odometry):
                self._newest_scan_t = max(self._newest_scan_t, scan.t)
            elif newest.t < scan.t:
                waiting.append(scan)  # odometry will catch up
        self._pending = waiting[-4:]
        self.map.update_fields()
        self._distance = self.map.distance if self._keepout is None else self._keepout.distance(self.map)

    def _problem(self, start: State, limits: Limits, goal: Goal | None) -> Problem:
        params, field_map = self.params, self.map
        risk = RiskModel(
            params.sigma_base, params.sigma_way, params.sigma_speed, params.risk_memory, params.unknown_rate
        )
        positions, radii = predict_positions(self._obstacles, start.t, params.step, params.steps)
        people = crowd(positions, radii, self.robot.v_max, params.step, risk, self._shape.body)
        scene = Scene(
            self._distance_around(start), self._navigation.to_go, field_map.unseen,
            field_map.frame, people, radii,
        )  # fmt: skip
        state = np.array((start.x, start.y, start.yaw, start.v, start.w, start.a, start.alpha, start.screen_yaw))
        dares = 1.0 / self._daring
        return Problem(
            state,
            np.array((start.screen_yaw, *self._last.pan_motion(start.t))),
            self._last.speeds_from(start.t),
            params.step,
            limits,
            PanLimits.of(self.robot, params.screen_lead),
            scene,
            self._shape,
            risk,
            goal or Goal(0.0, 0.0, 0.0, False, False),
            Weights(
                dares * params.collision_cost, self._progress_time(start), params.weight_accel, params.weight_jerk, params.weight_yaw_accel,
                params.weight_centripetal, params.weight_turn, dares * params.weight_reverse, dares * params.weight_near, params.weight_change, params.goal_yaw_gain, params.goal_yaw_range,
            ),
        )  # fmt: skip

    def _distance_around(self, start: State) -> np.ndarray:
        """The distances that risk is made of; to a robot that is in what is forbidden, and must leave it, only obstacles.

        To one that the guard holds things are closer than they look.
        """
        row, col = self.map.cell(start.x, start.y)
        is_in = self.map.contains(row, col) and self._distance[row, col] < min(
            self._footprint.half_width, float(self.map.distance[row, col])
        )
        distance = self.map.distance if is_in else self._distance
        return np.subtract(distance, np.float32(self._held.bias), out=self._felt_distance)

    def _progress_time(self, start: State) -> float:
        """By which later progress is worth less, s: a robot at rest has nothing to lose by motions that pay late, and looks twice as far."""
        return self.params.progress_time * (1.0 + math.exp(-((start.v / AT_REST_SPEED) ** 2)))

    def _is_near_somebody(self, start: State) -> bool:
        """Whether somebody who moves is near: for them a robot waits."""
        return any(math.hypot(o.state[0] - start.x, o.state[1] - start.y) - o.radius < COMPANY for o in self._obstacles)

    @property
    def _daring(self) -> float:
        return 1.0 if self._has_company else self._standstill.daring

    def _speed_limit(self, start: State) -> float | None:
        """m/s: what is asked for; and little, once it does not drive faster, for a robot that dares more than usual."""
        if self._daring == 1.0 or start.v > DARING_SPEED:
            return self.speed_limit
        return DARING_SPEED if self.speed_limit is None else min(DARING_SPEED, self.speed_limit)

    def _is_arrival(self, goal: Goal, start: State, problem: Problem) -> bool:
        """Whether the robot rests at the goal, or is about to if it stops now."""
        newest = self.odometry.newest
        assert newest is not None
        if not is_near(goal, start, self.params):
            return False
        end = Pose(*self._search.stop(problem).states[-1, :3].tolist())
        return is_arrival(goal, start, end, newest, self.params)

    def _trajectory(self, found: SearchResult, t_effect: float, stopped: bool) -> Trajectory:
        x, y, yaw, v, w, a, alpha, pan = (found.states[:, column].copy() for column in range(PAN + 1))
        times = t_effect + self.params.step * np.arange(len(x))
        self._plan_id += 1
        return Trajectory(
            times, x, y, yaw, v, w, a, alpha, pan, found.survival.copy(),
            sense_t=self._newest_scan_t, plan_id=self._plan_id, is_stop=stopped,
        )  # fmt: skip
