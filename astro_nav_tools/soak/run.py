"""The soak from beginning to end."""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from astro_nav_common.errors import AstroNavError, InputError
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose
from astro_nav_sim.robot import load_sim_robot
from astro_nav_sim.world import Solid
from astro_nav_sim.worlds import load_world
from astro_nav_tools.domain import private_environment
from astro_nav_tools.faults.catalogue import FAULTS
from astro_nav_tools.results import provenance, write_result
from astro_nav_tools.soak.account import (
    CUT_SHORT,
    KILLED,
    MISSED,
    REACHED,
    SHUT_OFF,
    Account,
    Boxes,
    Doors,
    is_shut_off,
)
from astro_nav_tools.soak.monitor import Monitor
from astro_nav_tools.soak.timetable import Event, Goals, faults, make_world

if TYPE_CHECKING:
    from astro_nav_tools.live.stack_node import LiveStack

WORLD, ROBOT = "home", "astro"
#: s that a goal may take before another one replaces it
GOAL_TIME = 120.0
#: what must hold: Hz that the cycle may be off, share of memory, share of a core while driving
HZ, GROWTH, CPU = 0.1, 0.05, 0.6
#: s of simulated time in a second: rates and deadlines are those of the simulated clock, which sheds what a busy machine cannot keep up with
SPEED = 0.97


def soak(minutes: float, seed: int, with_faults: bool, cores: Sequence[int], out: Path) -> int:
    """Run it, write `out`; 0 if everything was as it must be. Raises AstroNavError."""
    try:
        from astro_nav_tools.live.stack_node import NAVIGATORS, LiveStack
    except ImportError as error:
        raise AstroNavError(f"ROS 2 cannot be used ({str(error).splitlines()[0]}); try `astro-nav doctor`") from None
    os.environ.update(private_environment())
    pin(cores)
    folder = out.parent / "soak_log"
    folder.mkdir(parents=True, exist_ok=True)
    duration = 60.0 * minutes
    world_file = folder / "soak.yaml"
    world_file.write_text(make_world(WORLD, duration + 120.0, seed))
    world, robot = load_world(str(world_file)), load_sim_robot(ROBOT)
    events = faults(duration, np.random.default_rng([seed, 2])) if with_faults else []
    goals = Goals(world, robot.params, np.random.default_rng([seed, 3]))
    load = [os.getloadavg()[0]]
    with LiveStack(world, folder, str(world_file), seed) as stack:
        stack.until_ready()
        monitor = Monitor(stack, NAVIGATORS)
        run = Run(stack, robot.params, goals, events, monitor, load)
        stack.spin(duration, run.tick)
        run.finish()
    summary = {
        "minutes": minutes, **run.summary(), **monitor.summary(),
        "cores": sorted(os.sched_getaffinity(0)), "load": {"mean": float(np.mean(load)), "max": max(load)},
    }  # fmt: skip
    wrong = problems(summary)
    write_result(out, {**summary, "wrong": wrong}, provenance({"soak": seed}), goals=run.goals, faults=run.done)
    for line in describe(summary, wrong):
        print(line)
    print(f"Written to {out}")
    return 1 if wrong else 0


def pin(cores: Sequence[int]) -> None:
    """This process and all it starts stay on these cores, on any without. Raises InputError for those there are not."""
    if not cores:
        return
    try:
        os.sched_setaffinity(0, cores)
    except OSError:
        raise InputError(f"cores {list(cores)} cannot be used; there are {sorted(os.sched_getaffinity(0))}") from None


class Run:
    """Sends goals, and lets faults begin and end; `tick` is called all the time."""

    def __init__(
        self, stack: LiveStack, robot: RobotParams, goals: Goals, events: Sequence[Event], monitor: Monitor,
        load: list[float],
    ) -> None:  # fmt: skip
        self._stack, self._robot, self._places, self._monitor, self._load = stack, robot, goals, monitor, load
        self._events, self._catalogue = list(events), {fault.name: fault for fault in FAULTS}
        self._began = time.monotonic()
        self._under_way: tuple[Event, float] | None = None
        self._goal: Account | None = None
        self._boxes, self._doors = Boxes(stack.world, robot), Doors(stack.world, robot)
        self._to_judge: list[tuple[int, dict[str, float], Pose, Pose, list[Solid]]] = []
        self._stood: Counter[str] = Counter()
        self._not_before = 0.0
        self.goals: list[dict[str, Any]] = []
        self.done: list[dict[str, Any]] = []
        self.crashes: list[str] = []
        self._contacts = 0
        self._place: tuple[float, float] | None = None
        self._distance = 0.0

    def tick(self) -> None:
        """One look."""
        now = time.monotonic() - self._began
        self._monitor.look()
        self._drive(now)
        self._disturb(now)
        self._watch(now)

    def finish(self) -> None:
        """The end: what lasts is over."""
        if self._under_way is not None:
            self._end_fault(time.monotonic() - self._began)
        self._end_goal(CUT_SHORT, "", time.monotonic() - self._began)
        self._judge()

    def _drive(self, now: float) -> None:
        client, goal = self._stack.client, self._goal
        if goal is not None:
            goal.look(now, client.now.v, client.now.w, self._why())
            if not client.has_goal:
                ended = client.ended
                if ended and ended.reached:
                    self._end_goal(REACHED, "", now)
                else:
                    self._miss(f"{ended.code}: {ended.message}" if ended else "nothing more was heard of it", now)
            elif now - goal.began > GOAL_TIME:
                self._miss(f"not reached in {GOAL_TIME:g} s", now)
        # a navigator that has been started again is heard of when it is ready
        if self._goal is None and now >= self._not_before and "global_planner" in client.health:
            pose = self._places.draw()
            self._goal = Account(pose, now)
            client.go(pose)
            self._not_before = now + 1.0

    def _why(self) -> str:
        """What guard or planners say about a robot that stands."""
        client = self._stack.client
        warned = next((said for said in reversed(client.said) if said.who != "reactive_guard"), None)
        if client.guard.words:
            return f"guard: {client.guard.words}"
        if warned and time.monotonic() - warned.wall < 2.0:
            return f"{warned.who}: {warned.words}"
        return f"nobody says why; navigator {client.words.get('global_planner', 'unknown')}"

    def _miss(self, words: str, now: float) -> None:
        """The goal was not reached."""
        assert self._goal is not None
        client = self._stack.client
        here = Pose(client.now.x, client.now.y, client.now.yaw)
        self._to_judge.append(
            (len(self.goals), dict(self._doors.openings), here, self._goal.goal, self._boxes.standing)
        )
        self._end_goal(MISSED, words, now)

    def _judge(self) -> None:
        """Which of the missed goals were shut off. Afterwards: while this process thinks, nothing passes through the relay."""
        for index, openings, here, goal, boxes in self._to_judge:
            if is_shut_off(self._stack.world, self._robot, openings, here, goal, boxes):
                self.goals[index]["outcome"] = SHUT_OFF

    def _end_goal(self, outcome: str, words: str, now: float) -> None:
        if self._goal is None:
            return
        place = self._stack.client.now
        left = math.dist((place.x, place.y), self._goal.goal[:2])
        around = {
            "end": [place.x, place.y, place.yaw],
            "closed": self._doors.closed,
            "boxes": [box.name for box in self._boxes.standing],
        }
        self.goals.append({**self._goal.close(outcome, words, now, left), **around})
        self._stood.update(self._goal.stood)
        if outcome in (SHUT_OFF, MISSED):
            print(
                f"goal {len(self.goals)} {outcome} at {now:.0f} s: {words}; stood {self.goals[-1]['stood_s']}",
                flush=True,
            )
        self._goal = None

    def _disturb(self, now: float) -> None:
        if self._under_way is not None:
            if now > self._under_way[1]:
                self._end_fault(now)
        elif self._events and now >= self._events[0].t:
            event = self._events.pop(0)
            self._catalogue[event.name].begin(self._stack)
            self._under_way = (event, now + event.lasts)
            if self._goal is not None:
                self._goal.faults.append(event.name)
            self.done.append({"t": now, "fault": event.name, "lasts_s": event.lasts})

    def _end_fault(self, now: float) -> None:
        assert self._under_way is not None
        fault = self._catalogue[self._under_way[0].name]
        fault.end(self._stack)
        if fault.goal_lost:
            self._stack.client.health.pop("global_planner", None)
            self._end_goal(KILLED, "lost with the navigator", now)
        self._under_way = None

    def _watch(self, now: float) -> None:
        """Contacts as they come, with where; nodes that die by themselves; the way driven."""
        client, processes = self._stack.client, self._stack.processes
        for things in (self._boxes, self._doors):
            things.look(client.now.t, client.now.x, client.now.y)
        if client.contacts > self._contacts:
            self._contacts = client.contacts
            place = client.now
            print(f"contact at {now:.0f} s with {client.touched} at ({place.x:.2f}, {place.y:.2f})", flush=True)
        for name in processes.dead():
            self.crashes.append(f"{name}: {processes.log(name)[-300:]}")
            print(f"{name} has died at {now:.0f} s", flush=True)
            processes.restart(name)
        place_now = (client.now.x, client.now.y)
        if self._place is None or math.dist(place_now, self._place) > 0.1:
            self._distance += math.dist(place_now, self._place) if self._place else 0.0
            self._place = place_now
            if len(self._load) < now / 10.0:
                self._load.append(os.getloadavg()[0])

    def summary(self) -> dict[str, Any]:
        """Counts."""
        outcomes = Counter(goal["outcome"] for goal in self.goals)
        kinds = Counter(item["fault"] for item in self.done)
        return {
            "goals": len(self.goals), "reached": outcomes[REACHED], "outcomes": dict(outcomes),
            "contacts": self._stack.client.contacts, "distance_m": self._distance,
            "with_goal_s": sum(goal["took_s"] for goal in self.goals), "stood_s": dict(self._stood.most_common()),
            "faults": sum(kinds.values()), "fault_kinds": dict(kinds),
            "restarts": sum(count for name, count in kinds.items() if name.startswith("kill_")), "crashes": self.crashes,
        }  # fmt: skip


def problems(summary: dict[str, Any]) -> list[str]:
    """What is not as it must be, as sentences."""
    found = []
    if not summary["sim_per_wall"] >= SPEED:
        found.append(
            f"the simulated time went at {summary['sim_per_wall']:.3f} of the wall's: the machine was overloaded"
        )
    if summary["contacts"]:
        found.append(f"{summary['contacts']} contacts")
    if summary["deadline_misses"]:
        found.append(f"{summary['deadline_misses']} missed deadlines")
    if not abs(summary["cycle_hz"] - 10.0) <= HZ:
        found.append(f"{summary['cycle_hz']:.2f} cycles a second")
    found += [
        f"memory of {node} grew by {share:.1%}" for node, share in summary["memory_growth"].items() if share > GROWTH
    ]
    if not summary["cpu_driving"]["mean"] <= CPU:
        found.append(f"the nodes take {summary['cpu_driving']['mean']:.0%} of a core while driving")
    if summary["crashes"]:
        found.append(f"{len(summary['crashes'])} nodes died by themselves")
    return found


def describe(summary: dict[str, Any], wrong: Sequence[str]) -> list[str]:
    """What matters, in lines."""
    return [
        f"{summary['minutes']:g} minutes, {summary['distance_m']:.0f} m, {summary['reached']} of {summary['goals']} goals reached "
        f"({', '.join(f'{count} {outcome}' for outcome, count in summary['outcomes'].items() if outcome != REACHED)}), "
        f"{summary['faults']} faults, {summary['restarts']} restarts, {summary['contacts']} contacts",
        f"stood {sum(summary['stood_s'].values()):.0f} of {summary['with_goal_s']:.0f} s with a goal: "
        + ", ".join(f"{seconds:.0f} s {why}" for why, seconds in list(summary["stood_s"].items())[:3]),
        f"{summary['cycles']} cycles at {summary['cycle_hz']:.2f} Hz, {summary['deadline_misses']} deadlines missed; "
        f"{summary['cpu_driving']['mean']:.0%} of a core while driving; load {summary['load']['mean']:.1f}, "
        f"simulated time at {summary['sim_per_wall']:.3f} of the wall's",
        "memory: " + ", ".join(f"{node} {mib:.0f} MiB ({summary['memory_growth'][node]:+.1%})" for node, mib in summary["memory_mib"].items()),
        "as it must be" if not wrong else "WRONG: " + "; ".join(wrong),
    ]  # fmt: skip
