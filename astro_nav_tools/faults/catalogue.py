"""The faults by name: how each begins, how it ends, and whether the robot must stop for it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from astro_nav_common.types import Pose
from astro_nav_tools.faults.measure import REST_V
from astro_nav_tools.live import tamper
from astro_nav_tools.live.tamper import Tamper

if TYPE_CHECKING:
    from astro_nav_tools.live.stack_node import LiveStack

#: m/s that a rival's commands may move the robot at, a tenth of what it asks for: each acts until the guard has answered it
RIVAL_V = 0.05
Act = Callable[["LiveStack"], None]
#: what floods: a process of its own, and the signal upon which it begins
FLOOD, FLOOD_SIGNAL = "astro_nav_tools.live.flood_node", signal.SIGUSR1


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong for a while.

    what: for the table. stops: the robot must come to rest; else it must drive on, or may. hold: s until it ends, at least.
    robot_lost: nothing is left that could be at rest.
    goal_lost: a new goal is needed afterwards. prepare: what takes time, before.
    rest_v: what counts as rest, m/s.
    """

    name: str
    what: str
    begin: Act
    end: Act
    stops: bool = True
    hold: float = 1.8
    robot_lost: bool = False
    goal_lost: bool = False
    prepare: Act | None = None
    rest_v: float = REST_V


def _tampered(name: str, what: str, make: Callable[[], dict[str, Tamper]], stops: bool = True) -> Fault:
    """A fault of messages, while it lasts."""

    def begin(stack: LiveStack) -> None:
        stack.relay.tamper.update(make())

    def end(stack: LiveStack) -> None:
        stack.relay.tamper.clear()

    return Fault(name, what, begin, end, stops)


def _killed(node: str, what: str, stops: bool = True, goal_lost: bool = False) -> Fault:
    """kill -9; it ends by starting the node again."""

    def begin(stack: LiveStack) -> None:
        stack.processes.kill(node)

    def end(stack: LiveStack) -> None:
        stack.processes.restart(node)
        if goal_lost:
            stack.client.forget_goal()

    lost = node == "simulator"
    return Fault(f"kill_{node}", what, begin, end, stops, robot_lost=lost, goal_lost=goal_lost)


def _hung(node: str) -> Fault:
    return Fault(
        f"hang_{node}",
        f"`{node}` hangs (SIGSTOP)",
        lambda stack: stack.processes.pause(node),
        lambda stack: stack.processes.resume(node),
    )


def _flood(kind: str, what: str, stops: bool = False) -> Fault:
    """Messages from another process, which is there before it begins."""
    name = f"flood_{kind}"

    def prepare(stack: LiveStack) -> None:
        stack.processes.start(name, FLOOD, kind)

    def begin(stack: LiveStack) -> None:
        stack.processes.signal(name, FLOOD_SIGNAL)

    return Fault(
        name, what, begin, lambda stack: stack.processes.kill(name), stops, hold=3.0, prepare=prepare,
        rest_v=RIVAL_V if kind == "cmd_vel" else REST_V,
    )  # fmt: skip


def _jump() -> dict[str, Tamper]:
    odom, tf = tamper.odometry_jumped(Pose(1.0, -0.5, 0.6))
    return {"odom": odom, "/tf": tf}


FAULTS: tuple[Fault, ...] = (
    _killed("reactive_guard", "`kill -9` of the guard"),
    _killed("local_planner", "`kill -9` of the local planner"),
    _killed("global_planner", "`kill -9` of the global planner", goal_lost=True),
    _killed("map_server", "`kill -9` of the map server", stops=False),
    _hung("local_planner"),
    _hung("global_planner"),
    _hung("reactive_guard"),
    _tampered("scan_stops", "scans stop", lambda: {"scan": tamper.dropped()}),
    _tampered("scan_repeats", "the same scan again and again", lambda: {"scan": tamper.frozen(False)}),
    _tampered("scan_freezes", "the same ranges with fresh stamps", lambda: {"scan": tamper.frozen(True)}),
    _tampered("scan_empty", "scans without ranges", lambda: {"scan": tamper.ranges(None)}),
    _tampered("scan_nan", "scans of NaN", lambda: {"scan": tamper.ranges(float("nan"))}),
    _tampered("scan_zero", "scans of zeros", lambda: {"scan": tamper.ranges(0.0)}),
    _tampered("scan_frame", "scans in an unknown frame", lambda: {"scan": tamper.in_frame("nowhere")}),
    _tampered("scan_old", "scans stamped 5 s in the past", lambda: {"scan": tamper.stamped(-5.0)}),
    _tampered("scan_future", "scans stamped 5 s in the future", lambda: {"scan": tamper.stamped(5.0)}),
    _tampered("odom_stops", "odometry stops", lambda: {"odom": tamper.dropped()}),
    _tampered("odom_jumps", "odometry begins anew, 1.1 m and 34 degrees off", _jump, stops=False),
    _tampered("odom_nan", "odometry of NaN", lambda: {"odom": tamper.odometry_nan()}),
    _tampered("clock_back", "/clock goes back by 5 s", lambda: {"/clock": tamper.clock_shifted(-5.0)}),
    _tampered("clock_stops", "/clock stops", lambda: {"/clock": tamper.dropped()}),
    _tampered("tf_missing", "/tf stops", lambda: {"/tf": tamper.dropped()}),
    _tampered("plan_nan", "plans with a NaN", lambda: {"trajectory": tamper.plan_nan()}),
    _tampered("plan_empty", "plans without samples", lambda: {"trajectory": tamper.plan_empty()}),
    _tampered("plan_frame", "plans in another frame", lambda: {"trajectory": tamper.in_frame("map")}),
    _tampered("plan_old", "plans from 10 s ago", lambda: {"trajectory": tamper.stamped(-10.0)}),
    _flood("cmd_vel", "another node sends 0.5 m/s on cmd_vel at 20 Hz", stops=True),
    _flood("scan", "scans at 1 kHz"),
    _flood("goal_pose", "goals at 1 kHz (goal_pose)"),
    _flood("goals", "goals at 200 Hz (navigate_to_pose)"),
    _killed("simulator", "`kill -9` of the simulator", goal_lost=True),
)  # fmt: skip
