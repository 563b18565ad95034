"""What the guard does when inputs fail, and what never happens whatever comes in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from astro_nav_common.errors import InputError
from astro_nav_common.jit import numba
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Command, Scan, State, Trajectory
from astro_nav_reactive import actuator, braking, limiter, motion, mover_sweep, near_map, sweep, tracking, way_out
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.watch import GuardCode

Loop = Callable[..., Any]
FAR = np.array([[50.0, 0.0]])
AT_REST = 1e-3
PARAMS = GuardParams()


@pytest.fixture
def driving(loop: Loop, robot: RobotParams) -> Any:
    """A robot at 0.8 m/s on its plan."""
    return loop(robot, points=FAR).run(2.0, 0.8)


def assert_smooth_stop(run: Any, robot: RobotParams, since: float, within: float) -> None:
    """At rest in time, at comfortable rates, never faster than before, never silent."""
    sent = run.wheel_commands()
    sent = sent[sent[:, 0] >= since - 0.05]
    dt = np.diff(sent[:, 0])
    assert dt.max() <= 0.02 + 1e-9
    assert (np.abs(np.diff(sent[:, 1:], axis=0)) <= robot.wheel_accel_max * dt[:, None] + 1e-9).all()
    assert sent[:, 1:].max() <= 0.8 + 1e-3
    assert sent[:, 1:].min() >= 0.0
    stopped = sent[sent[:, 0] >= since + within]
    assert len(stopped) and (stopped[:, 1:] == 0.0).all()


STOPPING = 0.8 / 1.5 + 0.15 + 0.1


def test_without_scans_it_stops_and_goes_on_when_they_come(driving: Any, robot: RobotParams) -> None:
    driving.run(2.0, 0.8, sensors=False)
    assert_smooth_stop(driving, robot, 2.0, PARAMS.scan_timeout + STOPPING)
    assert driving.reports[-1].code == GuardCode.STALE_SCAN
    assert driving.reports[-1].reason.startswith("no scan from 'scan' for ")
    driving.run(2.0, 0.8)
    assert driving.reports[-1].code == GuardCode.OK
    assert driving.state.v == pytest.approx(0.8, abs=0.01)


def test_without_plans_it_stops_on_the_last_one_and_goes_on_when_they_come(driving: Any, robot: RobotParams) -> None:
    driving.run(2.5, 0.8, planner=False)
    assert_smooth_stop(driving, robot, 2.0, PARAMS.plan_timeout + STOPPING)
    assert driving.reports[-1].code == GuardCode.STALE_PLAN
    driving.run(2.0, 0.8)
    assert driving.reports[-1].code == GuardCode.OK
    assert driving.state.v == pytest.approx(0.8, abs=0.01)


def test_without_odometry_it_stops_and_goes_on_when_it_comes(driving: Any, robot: RobotParams) -> None:
    add = driving.guard.add_odometry
    driving.guard.add_odometry = lambda state, now: None
    driving.run(2.0, 0.8)
    assert_smooth_stop(driving, robot, 2.0, PARAMS.odom_timeout + STOPPING)
    assert driving.reports[-1].code == GuardCode.STALE_ODOM
    driving.guard.add_odometry = add
    driving.run(2.0, 0.8)
    assert driving.reports[-1].code == GuardCode.OK
    assert driving.state.v == pytest.approx(0.8, abs=0.01)


def test_a_stale_robot_still_does_not_drive_into_what_it_saw(loop: Loop, robot: RobotParams) -> None:
    run = loop(robot, points=np.array([[2.3, 0.0]]), radius=0.02).run(2.0, 0.8)
    run.run(3.0, 0.8, sensors=False, planner=False)
    assert abs(run.state.v) < AT_REST
    assert min(run.clearance) > 0.0


def spoiled_scan(run: Any, ranges: Callable[[np.ndarray], np.ndarray], **changes: Any) -> None:
    """From now on each scan comes spoiled."""
    scan = run.scan
    run.scan = lambda now: replace(
        scan(now), ranges=ranges(scan(now).ranges), **{k: v(now) for k, v in changes.items()}
    )


@pytest.mark.parametrize(
    "spoil",
    [
        {"ranges": lambda r: r * math.nan},
        {"ranges": lambda r: r * 0.0 + 0.0},
        {"ranges": lambda r: r, "t": lambda now: now - 5.0},
        {"ranges": lambda r: r, "t": lambda now: now + 5.0},
        {"ranges": lambda r: r, "t": lambda now: 1.9},
        {"ranges": lambda r: np.full_like(r, 8.0)},
    ],
    ids=["all NaN", "all zero", "from the past", "from the future", "frozen stamp", "frozen ranges"],
)
def test_scans_that_say_nothing_stop_the_robot(driving: Any, robot: RobotParams, spoil: dict[str, Any]) -> None:
    driving.points = np.array([[1.0e6, 0.0]])
    with np.errstate(invalid="ignore"):
        spoiled_scan(driving, lambda r: np.nan_to_num(r, posinf=8.0), **{})
        spoiled_scan(driving, **spoil)
        driving.run(2.0, 0.8)
    assert_smooth_stop(driving, robot, 2.0, 0.1 + PARAMS.scan_timeout + STOPPING)
    assert driving.reports[-1].code == GuardCode.INVALID_INPUT
    assert "'scan'" in driving.reports[-1].reason


@pytest.mark.parametrize("increment", [0.0, 2e-4, 5e-4, 1e-3, 3e-3, 5.5e-3, -1e-3, -5e-3])
def test_beams_timed_wrongly_lead_into_no_wall(loop: Loop, robot: RobotParams, increment: float) -> None:
    wall = np.column_stack((np.full(21, 2.5), np.linspace(-0.4, 0.4, 21)))
    run = loop(robot, points=wall, radius=0.02)
    run.run(1.0, 0.8)
    scan = run.scan
    run.scan = lambda now: replace(scan(now), time_increment=increment)
    run.run(4.0, 0.8)
    assert min(run.clearance) > 0.0
    assert abs(run.state.v) < AT_REST


@pytest.mark.parametrize(
    ("increment", "sentence"),
    [(1e-3, "0.33 s in the future"), (1e30, "s in the future"), (-1e-3, "0.39 s in the past")],
)
def test_a_scan_whose_last_beam_is_not_of_now_is_refused(
    driving: Any, robot: RobotParams, increment: float, sentence: str
) -> None:
    scan = driving.scan
    driving.scan = lambda now: replace(scan(now), time_increment=increment)
    driving.run(2.0, 0.8)
    assert_smooth_stop(driving, robot, 2.0, 0.1 + PARAMS.scan_timeout + STOPPING)
    assert driving.reports[-1].code == GuardCode.INVALID_INPUT
    reason = driving.reports[-1].reason
    assert reason.startswith("the last beam of scan from 'scan' is stamped") and reason.endswith(sentence)


@pytest.mark.parametrize("field", Trajectory.ARRAYS)
def test_a_plan_with_a_nan_is_not_followed(driving: Any, robot: RobotParams, field: str) -> None:
    add = driving.guard.add_plan

    def spoiled(plan: Trajectory, now: float) -> None:
        values = getattr(plan, field).copy()
        values[10] = math.nan
        add(replace(plan, **{field: values}), now)

    driving.guard.add_plan = spoiled
    driving.run(2.5, 0.8)
    assert_smooth_stop(driving, robot, 2.0, PARAMS.plan_timeout + STOPPING)
    assert driving.reports[-1].code == GuardCode.INVALID_INPUT
    assert "not finite" in driving.reports[-1].reason


@pytest.mark.parametrize("shift", [-10.0, 10.0])
def test_a_plan_for_another_time_is_not_followed(driving: Any, shift: float) -> None:
    add = driving.guard.add_plan
    driving.guard.add_plan = lambda plan, now: add(replace(plan, t=plan.t + shift), now)
    driving.run(2.5, 0.8)
    assert abs(driving.state.v) < AT_REST
    assert driving.reports[-1].code == GuardCode.INVALID_INPUT


def test_a_plan_somewhere_else_is_not_followed(driving: Any, robot: RobotParams) -> None:
    add = driving.guard.add_plan
    driving.guard.add_plan = lambda plan, now: add(replace(plan, y=plan.y + 3.0), now)
    driving.run(2.0, 0.8)
    assert_smooth_stop(driving, robot, 2.0, 0.1 + STOPPING)
    assert driving.reports[-1].code == GuardCode.INVALID_INPUT
    assert "away from the robot" in driving.reports[-1].reason


def test_odometry_with_a_nan_is_not_used(driving: Any, robot: RobotParams) -> None:
    add = driving.guard.add_odometry
    driving.guard.add_odometry = lambda state, now: add(state._replace(yaw=math.nan), now)
    driving.run(2.0, 0.8)
    assert_smooth_stop(driving, robot, 2.0, PARAMS.odom_timeout + STOPPING)
    assert driving.reports[-1].code == GuardCode.INVALID_INPUT
    assert "odometry" in driving.reports[-1].reason


def test_a_jump_of_odometry_voids_what_was_known(driving: Any, robot: RobotParams) -> None:
    add = driving.guard.add_odometry
    driving.guard.add_odometry = lambda state, now: add(state._replace(y=state.y + 5.0), now)
    driving.run(0.02, 0.8, sensors=False, planner=False)
    assert driving.reports[-1].code == GuardCode.INVALID_INPUT
    assert driving.reports[-1].reason.startswith("odometry jumped by 5.00 m")
    assert len(driving.guard.near_map.points) == 0


def test_a_clock_that_jumps_back_stops_smoothly_and_recovers(driving: Any, robot: RobotParams, loop: Loop) -> None:
    guard = driving.guard
    before = driving.reports[-1].command.v
    reports = [guard.tick(0.02 * k) for k in range(60)]
    assert reports[0].code == GuardCode.INVALID_INPUT
    assert reports[0].reason.startswith("the clock jumped back by 1.98 s")
    speeds = np.array([before, *(report.command.v for report in reports)])
    assert (np.diff(speeds) <= 0.0).all()
    assert -np.diff(speeds).min() <= robot.wheel_accel_max * 0.02 + 1e-9
    assert speeds[-1] == 0.0
    again = loop(robot, points=FAR, start=State(1.2, 0.0, 0.0, 0.0))
    again.guard = guard
    again.run(2.0, 0.5)
    assert again.reports[-1].code == GuardCode.OK
    assert again.state.v == pytest.approx(0.5, abs=0.01)


def test_every_source_of_scans_must_go_on(driving: Any) -> None:
    driving.guard.add_scan(replace(driving.scan(driving.state.t), source="rear"), driving.state.t)
    driving.run(1.5, 0.8)
    assert abs(driving.state.v) < AT_REST
    assert driving.reports[-1].reason.startswith("no scan from 'rear' for ")


def test_a_refusal_by_the_caller_is_reported_when_the_input_is_missed(driving: Any) -> None:
    add = driving.guard.add_scan
    refuse = driving.guard.refuse
    driving.guard.add_scan = lambda scan, now: refuse(
        "scan", GuardCode.NO_TRANSFORM, "no transform from laser to base_link"
    )
    driving.run(0.2, 0.8)
    assert driving.reports[-1].code == GuardCode.OK
    driving.run(1.0, 0.8)
    assert driving.reports[-1].code == GuardCode.NO_TRANSFORM
    assert driving.reports[-1].reason == "no transform from laser to base_link"
    driving.guard.add_scan = add
    driving.run(1.0, 0.8)
    assert driving.reports[-1].code == GuardCode.OK


def test_a_source_that_is_expected_must_be_heard(driving: Any, robot: RobotParams) -> None:
    driving.guard.expect(("scan", "rear"))
    driving.run(2.0, 0.8)
    assert driving.reports[-1].code == GuardCode.STALE_SCAN
    assert driving.reports[-1].reason == "no scan from 'rear' has come yet"
    assert_smooth_stop(driving, robot, 2.0, STOPPING)


def test_with_no_input_at_all_it_says_so_and_stands() -> None:
    guard = Guard(GuardParams(), RobotParams())
    reports = [guard.tick(0.02 * k) for k in range(10)]
    assert {report.command for report in reports} == {Command()}
    assert {report.code for report in reports} == {GuardCode.STALE_ODOM}


def test_a_finished_plan_leaves_the_guard_idle(driving: Any) -> None:
    add = driving.guard.add_plan
    driving.guard.add_plan = lambda plan, now: add(replace(plan, is_stop=True), now)
    driving.run(1.5, 0.0)
    driving.run(1.0, 0.0, planner=False)
    assert driving.reports[-1].code == GuardCode.IDLE
    assert driving.reports[-1].command.v == 0.0


@pytest.mark.parametrize("delay", [math.nan, -0.1, math.inf])
def test_a_latency_that_is_no_time_is_refused(delay: float) -> None:
    with pytest.raises(InputError, match="must be a number of seconds"):
        Guard(GuardParams(), RobotParams()).set_latency(delay)


def test_the_measured_latency_is_used(loop: Loop) -> None:
    """Told a delay that is 0.1 s too short, the robot starts to brake too late to keep the full margin; told the right one, it does."""
    robot = RobotParams(actuation_delay=0.15)
    reached = []
    for told in (0.05, 0.15):
        run = loop(robot, points=np.array([[2.0, 0.0]]), radius=0.02)
        run.guard.set_latency(told)
        reached.append(run.run(6.0, 1.0).state.x)
    assert reached[0] > reached[1]


def test_two_ticks_at_one_time_are_one(driving: Any) -> None:
    now = driving.state.t
    first = driving.guard.tick(now)
    assert driving.guard.tick(now).command == first.command


def test_new_parameters_take_effect_without_a_stop(driving: Any, robot: RobotParams) -> None:
    driving.guard.reconfigure(GuardParams(margin=0.1, slow_clearance=0.2))
    driving.points = np.array([[driving.state.x + 1.5, 0.0]])
    driving.run(3.0, 0.8)
    assert np.abs(np.diff(driving.commands()[:, 1])).max() <= robot.wheel_accel_max * 0.02 + 1e-9
    assert driving.clearance[-1] == pytest.approx(0.1, abs=0.02)


def test_after_warm_up_nothing_is_compiled_while_driving(loop: Loop, robot: RobotParams) -> None:
    Guard(GuardParams(), robot).warm_up()
    modules = (actuator, braking, limiter, motion, mover_sweep, near_map, sweep, tracking, way_out)
    kernels = {
        f for module in modules for f in vars(module).values() if isinstance(f, numba.core.dispatcher.Dispatcher)
    }
    before = {kernel.py_func.__qualname__: len(kernel.signatures) for kernel in kernels}
    run = loop(robot, points=np.array([[1.5, 0.0]]), radius=0.02, range_noise=0.01, appear=1.5).run(3.0, 1.0, 0.3)
    run.run(1.0, sensors=False, planner=False)
    crossed = loop(robot, points=np.array([[0.36, -2.0]]), radius=0.2, velocity=(0.0, 1.0), appear=0.5).run(3.0)
    assert crossed.state.x < -0.03  # it gave way
    assert {kernel.py_func.__qualname__: len(kernel.signatures) for kernel in kernels} == before


numbers = st.floats(allow_nan=True, allow_infinity=True, width=32)
near_numbers = st.floats(-1.5, 1.5)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # make_plan is pure
@given(
    v=st.floats(-0.3, 1.0), w=st.floats(-2.5, 2.5), noise=st.floats(0.0, 0.02), seed=st.integers(0, 99),
    ranges=st.lists(st.one_of(numbers, st.floats(0.1, 2.0)), min_size=1, max_size=40),
)  # fmt: skip
def test_speed_stays_within_the_plan_with_its_correction_and_within_the_robot(
    make_plan: Callable[..., Trajectory], v: float, w: float, noise: float, seed: int, ranges: list[float]
) -> None:
    """Whatever the scans say, and with odometry that has nothing to do with what is commanded."""
    robot = RobotParams()
    guard, rng, half = Guard(PARAMS, robot), np.random.default_rng(seed), 0.5 * robot.track
    scan = Scan(0.0, np.array(ranges), -3.0, 6.0 / len(ranges), 0.05, 5.0)
    plan = make_plan(State(0.05, 0.0, 0.0, 0.0), v, w, robot)
    planned = (np.abs(plan.v) + half * np.abs(plan.w)).max()
    last = (0.0, 0.0)
    for k in range(100):
        now = 0.02 * k
        guard.add_odometry(State(now, *(noise * rng.standard_normal(3)), *(noise * rng.standard_normal(2))), now)
        if k % 3 == 0:
            guard.add_scan(replace(scan, t=now), now)
        if k % 5 == 0:
            guard.add_plan(plan, now)
        command = guard.tick(now).command
        wheels = (command.v - half * command.w, command.v + half * command.w)
        assert math.isfinite(command.v) and math.isfinite(command.w)
        assert -robot.v_reverse - 1e-9 <= command.v <= robot.v_max + 1e-9
        assert abs(command.w) <= robot.w_max + 1e-9
        # a correction of v and one of w each reach PARAMS.correction; what is above is the landing of the limiter
        assert max(map(abs, wheels)) <= (1.0 + 2.0 * PARAMS.correction) * planned + 0.02
        change = max(abs(a - b) for a, b in zip(wheels, last))
        assert change <= robot.brake_accel * 0.02 + 1e-9
        last = wheels


@settings(max_examples=40, deadline=None)
@given(
    state=st.tuples(*[numbers] * 10), t=st.floats(-1.0, 3.0), ranges=st.lists(numbers, min_size=1, max_size=10),
    angle=near_numbers, plan_values=st.lists(numbers, min_size=20, max_size=20), seed=st.integers(0, 9),
)  # fmt: skip
def test_nothing_that_comes_in_makes_it_raise_or_command_a_nan(
    state: tuple[float, ...], t: float, ranges: list[float], angle: float, plan_values: list[float], seed: int
) -> None:
    guard, rng = Guard(PARAMS, RobotParams()), np.random.default_rng(seed)
    columns = {name: np.array(plan_values[k : k + 2]) for k, name in enumerate(Trajectory.ARRAYS)}
    for k in range(20):
        now = 0.02 * k + (0.0 if k < 15 else -0.2)
        guard.add_odometry(State(*state) if k % 4 == 3 else State(now, 0.0, 0.0, 0.0, 0.1), now)
        guard.add_scan(Scan(t, np.array(ranges), angle, 0.1, 0.05, 5.0), now)
        guard.add_scan(Scan(now, np.array(ranges), angle, rng.uniform(-1, 1), 0.05, 5.0, source="other"), now)
        guard.add_plan(Trajectory(**columns, sense_t=0.0), now)
        report = guard.tick(now)
        assert math.isfinite(report.command.v) and math.isfinite(report.command.w)
