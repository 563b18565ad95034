"""The fault bench without ROS: stops measured on made-up drives, the table, tampering, the books of a soak."""

from __future__ import annotations

import math
import os
import signal
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import yaml

from astro_nav_common.errors import InputError
from astro_nav_common.geometry import compose
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_reactive.watch import GuardCode
from astro_nav_sim.worlds.floor_plan import floor_plan_world
from astro_nav_tools.bench.faults import chosen_faults
from astro_nav_tools.faults import trial
from astro_nav_tools.faults.catalogue import FAULTS, Fault
from astro_nav_tools.faults.measure import GRACE, allowed, braking, stop_after
from astro_nav_tools.faults.table import BEGIN, END, replace_table, table
from astro_nav_tools.live import tamper
from astro_nav_tools.live.processes import ProcessError, Processes
from astro_nav_tools.live.truth import Truth
from astro_nav_tools.live.usage import usage
from astro_nav_tools.soak.monitor import Life
from astro_nav_tools.soak.run import problems
from astro_nav_tools.soak.timetable import Goals, faults, make_world

DT = 0.02


def drive(late: float, speed: float = 1.0, decel: float = 1.5, rest: float = 1.0) -> list[tuple[float, ...]]:
    """At a speed until `late` s, then down to rest."""
    t = np.arange(0.0, late + speed / decel + rest, DT)
    v = np.clip(speed - decel * np.maximum(t - late, 0.0), 0.0, None)
    x = np.concatenate(((0.0,), np.cumsum(0.5 * (v[1:] + v[:-1]) * DT)))
    return [(*row, 0.0, 0.0, speed_then, 0.0) for row, speed_then in zip(zip(t.tolist(), x.tolist()), v.tolist())]


def test_a_stop_is_measured_from_the_fault_to_rest() -> None:
    stop = stop_after(drive(late=0.5), 0.2)
    assert stop.time == pytest.approx(0.3 + 0.98 / 1.5, abs=DT)
    assert stop.distance == pytest.approx(0.3 + 0.5 / 1.5, abs=0.03)
    assert stop.deceleration == pytest.approx(1.5, abs=0.01)


def test_who_does_not_come_to_rest_has_no_stop() -> None:
    assert math.isnan(stop_after(drive(late=5.0)[:200], 0.2).time)
    passing = [(*row[:4], -0.3 if i > 63 else row[4], row[5]) for i, row in enumerate(drive(late=0.5))]
    assert math.isnan(stop_after(passing, 0.2).time)  # through standing still to going backwards is no rest


def test_what_is_allowed_is_a_smooth_stop_begun_late() -> None:
    robot = RobotParams()
    time_needed, distance = braking(robot, 1.0)
    assert time_needed == pytest.approx(0.1 + 1.0 / 1.5 + 0.15)
    assert allowed(robot, 1.0) == pytest.approx((time_needed + GRACE, distance + GRACE))
    # the exact ramp: delay, then jerk-limited to the deceleration, held, and out of it again
    h, v, a, x, target = 1e-4, 1.0, 0.0, 0.1, -1.5
    while v > 1e-4:
        ending = v <= 0.5 * a * a / 10.0
        a = min(a + 10.0 * h, 0.0) if ending else max(a - 10.0 * h, target)
        x, v = x + v * h, v + a * h
        if a == 0.0:
            break
    assert distance == pytest.approx(x, abs=2e-3)


def test_names_of_faults_are_known_and_unique() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert [fault.name for fault in chosen_faults(["scan_nan"])] == ["scan_nan"]
    with pytest.raises(InputError, match="unknown fault 'rain'; there are: kill_"):
        chosen_faults(["rain"])


ROW = {
    "what": "scans stop", "contacts": 0, "wrong": "", "stop_time": 1.0, "stop_distance": 0.6, "stop_jerk": 5.0, "allowed_time": 1.2,
    "allowed_distance": 0.8, "slowest_mps": 0.0, "guard": "STALE_SCAN: no scan", "warnings": [], "recovered": True, "recovery_s": 0.4,
    "new_goals": 0, "robot_lost": False, "zero_commanded_s": 1.0,
}  # fmt: skip


def test_the_table_says_what_failed() -> None:
    lines = table(
        [ROW, {**ROW, "wrong": "2 contacts"}, {**ROW, "stop_time": math.nan, "slowest_mps": 0.9}]
    ).splitlines()
    assert (
        lines[2]
        == "| scans stop | stops | 1.00 s, 0.60 m (1.20 s, 0.80 m) | 5 m/s³ | STALE_SCAN: no scan | after 0.4 s |"
    )
    assert "FAILED: 2 contacts" in lines[3]
    assert "drives on, at 0.90 m/s or more" in lines[4]
    assert {line.count("|") for line in lines} == {7}
    lost = table([{**ROW, "stop_time": math.nan, "robot_lost": True}])
    assert "is gone; the guard goes on, and commands nothing but zeros after 1.0 s" in lost


def test_the_table_of_a_page_is_replaced() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert replace_table(page, "new\n") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    with pytest.raises(InputError, match="faults: begin"):
        replace_table("nothing", "new")


def test_odometry_in_a_new_frame_leaves_the_robot_where_it_is_in_the_map() -> None:
    _odom, tf = tamper.odometry_jumped(Pose(1.0, -0.5, 0.6))

    def transform(parent: str, pose: Pose) -> SimpleNamespace:
        rotation = SimpleNamespace(z=math.sin(0.5 * pose.yaw), w=math.cos(0.5 * pose.yaw))
        body = SimpleNamespace(translation=SimpleNamespace(x=pose.x, y=pose.y), rotation=rotation)
        return SimpleNamespace(header=SimpleNamespace(frame_id=parent), transform=body)

    links = [transform("odom", Pose(2.0, 1.0, 0.3)), transform("map", Pose(5.0, 4.0, -0.2))]
    before = compose(*(tamper_pose(link) for link in reversed(links)))
    (message,) = tf(SimpleNamespace(transforms=links))
    assert tamper_pose(message.transforms[0]) != pytest.approx((2.0, 1.0, 0.3))
    assert compose(*(tamper_pose(link) for link in reversed(links))) == pytest.approx(before)


def tamper_pose(link: SimpleNamespace) -> Pose:
    t, q = link.transform.translation, link.transform.rotation
    return Pose(t.x, t.y, 2.0 * math.atan2(q.z, q.w))


def test_stamps_move_by_whole_nanoseconds() -> None:
    message = SimpleNamespace(clock=SimpleNamespace(sec=7, nanosec=100))
    (moved,) = tamper.clock_shifted(-5.5)(message)
    assert (moved.clock.sec, moved.clock.nanosec) == (1, 500_000_100)


def state(pid: int) -> str:
    """Of a process, as the kernel has it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_processes_are_killed_paused_and_started_again(tmp_path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("idle", "http.server", "0", "--bind", "127.0.0.1")
        first = processes.pid("idle")
        assert first is not None and usage(first) is not None
        processes.pause("idle")
        end = time.monotonic() + 60.0
        while state(first) != "T" and time.monotonic() < end:
            time.sleep(0.02)
        assert state(first) == "T"
        processes.resume("idle")
        processes.kill("idle")
        assert processes.pid("idle") is None
        processes.restart("idle")
        second = processes.pid("idle")
        assert second is not None and second != first
        os.kill(second, signal.SIGKILL)
        while processes.pid("idle") is not None:
            time.sleep(0.01)
        assert processes.dead() == ["idle"]
        with pytest.raises(ProcessError, match="idle has ended with -9"):
            processes.check()


class SlowStack:
    """A robot at full speed that brakes from a fault on, and somebody who hears of it late; time is that of the simulator."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, lag: float, speed: float = 1.0) -> None:
        self.t, self.lag, self.speed, self.x = 0.0, lag, speed, 0.0
        self.decel = 0.0
        self.waiting: list[SimpleNamespace] = []
        self.calls: list[str] = []
        idle = SimpleNamespace(code=GuardCode.OK)
        self.client = SimpleNamespace(
            truth=[], contacts=0, goals_sent=0, said=[], commands=[], guard=idle, now=SimpleNamespace(t=0.0, v=0.0)
        )
        monkeypatch.setattr(trial, "time", SimpleNamespace(monotonic=lambda: self.t))

    def step(self) -> None:
        self.t += DT
        self.speed = max(self.speed - self.decel * DT, 0.0)
        self.x += self.speed * DT
        self.waiting.append(Truth(self.t, self.x, 0.0, 0.0, self.speed, 0.0))
        self.hear(self.t - self.lag)

    def hear(self, until: float) -> None:
        while self.waiting and self.waiting[0].t <= until + 1e-9:
            self.client.now = self.waiting.pop(0)
            self.client.truth.append(self.client.now)

    def catch_up(self) -> None:
        self.hear(self.t)

    def spin(self, duration: float, each: Any) -> None:
        self.until(lambda: False, duration)

    def until(self, done: Any, patience: float, each: Any = None) -> bool:
        end = self.t + patience
        while not done():
            if self.t > end:
                return False
            self.step()
        return True

    def brake(self, _stack: object) -> None:
        self.decel = 1.5

    def go(self, _stack: object) -> None:
        self.decel, self.speed = 0.0, 1.0
        self.calls.append("end")


PATROL: Any = SimpleNamespace(tick=lambda: None, room=lambda: 10.0)


@pytest.mark.parametrize("lag", [0.0, 0.2])
def test_a_stop_is_measured_from_the_fault_however_late_it_is_heard_of(
    monkeypatch: pytest.MonkeyPatch, lag: float
) -> None:
    stack: Any = SlowStack(monkeypatch, lag)
    row = trial.run_fault(stack, PATROL, RobotParams(), Fault("brakes", "brakes", stack.brake, stack.go))
    assert row["stop_time"] == pytest.approx(1.0 / 1.5, abs=0.05)
    assert row["stop_distance"] == pytest.approx(0.5 / 1.5, abs=0.03)


def test_what_was_prepared_for_a_fault_is_ended_if_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    stack: Any = SlowStack(monkeypatch, 0.0, speed=0.2)
    fault = Fault("flood", "flood", stack.brake, stack.go, prepare=lambda _: stack.calls.append("prepare"))
    row = trial.run_fault(stack, PATROL, RobotParams(), fault)
    assert row["wrong"].startswith("never faster than")
    assert stack.calls == ["prepare", "end"]


def test_who_is_started_twice_runs_once(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("idle", "http.server", "0", "--bind", "127.0.0.1")
        first = processes.pid("idle")
        assert first is not None
        processes.start("idle", "http.server", "0", "--bind", "127.0.0.1")
        assert processes.pid("idle") not in (None, first)
        assert usage(first) is None


def test_a_soak_is_drawn_from_its_seed() -> None:
    texts = [make_world("home", 300.0, seed) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    world = floor_plan_world("soak", yaml.safe_load(texts[0]))
    assert all(door.yields and len(door.schedule) > 3 for door in world.doors)
    assert len(world.surprises) > 10 and all(s.apart >= 1.0 and s.stay < 60.0 for s in world.surprises)
    goals = Goals(world, RobotParams(), np.random.default_rng(1))
    assert world.map is not None
    assert all(world.map.contains(*goals.draw()[:2]) for _ in range(5))


def test_faults_of_a_soak_are_known_and_apart() -> None:
    events = faults(1200.0, np.random.default_rng(3))
    assert {event.name for event in events} <= {fault.name for fault in FAULTS}
    assert len({event.name for event in events if event.name.startswith("kill")}) == 3
    times = [event.t for event in events]
    assert min(np.diff(times)) >= 25.0 and times[0] >= 30.0 and times[-1] <= 1170.0


def test_growth_counts_from_two_minutes_on() -> None:
    life = Life("n", 1, 0.0, memory=[(float(age), 100.0 + 0.1 * age) for age in range(0, 600, 2)])
    assert life.growth == pytest.approx((100.0 + 58.4) / (100.0 + 13.4) - 1.0, abs=0.005)
    short = Life("n", 1, 0.0, memory=[(float(age), 100.0 + age) for age in range(0, 150, 2)])
    assert short.growth == 0.0


def test_a_soak_says_what_was_wrong() -> None:
    good = {
        "contacts": 0, "deadline_misses": 0, "cycle_hz": 10.02, "memory_growth": {"n": 0.01}, "cpu_driving": {"mean": 0.4}, "crashes": [],
        "sim_per_wall": 1.0,
    }  # fmt: skip
    assert problems(good) == []
    assert problems({**good, "contacts": 1, "cycle_hz": 9.8}) == ["1 contacts", "9.80 cycles a second"]
    assert problems({**good, "memory_growth": {"n": 0.06}, "cpu_driving": {"mean": math.nan}}) == [
        "memory of n grew by 6.0%", "the nodes take nan% of a core while driving",
    ]  # fmt: skip
