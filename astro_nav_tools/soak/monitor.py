"""Keeps the books of a soak: what each life of each node has used, how often it cycled, what it missed."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from astro_nav_tools.live.usage import usage

if TYPE_CHECKING:
    from astro_nav_tools.live.stack_node import LiveStack

#: s between looks
PERIOD = 2.0
#: s after the start of a node before which its processor time does not count, and after which its memory should not grow
WARM, SETTLED = 15.0, 120.0
#: m in PERIOD that are driving
_DRIVING = 0.2


@dataclass
class Life:
    """One run of one node: (s since its start, MiB), and its newest counters."""

    node: str
    pid: int
    began: float
    memory: list[tuple[float, float]] = field(default_factory=list)
    first: tuple[float, int] | None = None
    last: tuple[float, int] | None = None
    misses_before: int = 0
    misses: int = 0
    latencies: dict[str, float] = field(default_factory=dict)

    @property
    def growth(self) -> float:
        """Share by which memory has grown since SETTLED; 0 for a life that was not much longer."""
        settled = [mib for age, mib in self.memory if SETTLED <= age < SETTLED + 30.0]
        late = [mib for age, mib in self.memory if age >= self.memory[-1][0] - 30.0]
        if not settled or self.memory[-1][0] < SETTLED + 60.0:
            return 0.0
        return float(np.median(late) / np.median(settled) - 1.0)


class Monitor:
    """`look` is called all the time."""

    def __init__(self, stack: LiveStack, nodes: Iterable[str]) -> None:
        self._stack, self._nodes = stack, tuple(nodes)
        self.lives: list[Life] = []
        self.driving_cpu: list[float] = []
        self.all_cpu: list[float] = []
        self._next = 0.0
        self._before: tuple[float, dict[int, float], tuple[float, float]] | None = None
        self._clocks: list[tuple[float, float]] = []  # the first and the newest: wall and simulated time, s

    def look(self) -> None:
        """Take note, every PERIOD."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + PERIOD
        cpu: dict[int, float] = {}
        warm = True
        for node in self._nodes:
            pid = self._stack.processes.pid(node)
            used = None if pid is None else usage(pid)
            if pid is None or used is None:
                warm = False
                continue
            life = self._life(node, pid, now)
            life.memory.append((now - life.began, used.memory_mib))
            cpu[pid] = used.cpu_s
            warm = warm and now - life.began > WARM
            self._count(life)
        self._share(now, cpu, warm)
        self._clocks[1:] = [(now, self._stack.client.now.t)]

    def _life(self, node: str, pid: int, now: float) -> Life:
        life = next((life for life in reversed(self.lives) if life.node == node), None)
        if life is None or life.pid != pid:
            is_first, life = life is None, Life(node, pid, now)
            self.lives.append(life)
            said = self._stack.client.health.pop(node, {})  # by the one before it, or before the soak
            life.misses_before = int(said.get("deadline_misses", 0)) if is_first else 0
        return life

    def _count(self, life: Life) -> None:
        health = self._stack.client.health.get(life.node)
        if health is None:
            return
        if "cycles_count" in health and "stamp" in health:
            at = (float(health["stamp"]), int(health["cycles_count"]))
            life.first = life.first or at
            life.last, life.misses = at, int(health.get("deadline_misses", 0)) - life.misses_before
        life.latencies = {key: float(value) for key, value in health.items() if "_ms." in key}

    def _share(self, now: float, cpu: dict[int, float], warm: bool) -> None:
        """Processor time of all of them, as a share of one core, over the time since the last look."""
        place = self._stack.client.now[1:3]
        if self._before is not None and warm and cpu.keys() == self._before[1].keys():
            then, used, there = self._before
            share = sum(cpu[pid] - used[pid] for pid in cpu) / (now - then)
            self.all_cpu.append(share)
            if math.dist(place, there) > _DRIVING:
                self.driving_cpu.append(share)
        self._before = now, cpu, (place[0], place[1])

    def summary(self) -> dict[str, Any]:
        """What was asked for."""
        (wall, sim), (wall_end, sim_end) = self._clocks[0], self._clocks[-1]
        cycles = [
            (life.first, life.last) for life in self.lives if life.first and life.last and life.first != life.last
        ]
        seconds = sum(last[0] - first[0] for first, last in cycles)
        rates = [(last[1] - first[1]) / (last[0] - first[0]) for first, last in cycles if last[0] - first[0] > 20.0]
        growth = {node: max(life.growth for life in self.lives if life.node == node) for node in self._nodes}
        longest = {life.node: life for life in sorted(self.lives, key=lambda life: life.memory[-1][0])}
        return {
            "sim_per_wall": (sim_end - sim) / (wall_end - wall) if wall_end > wall else math.nan,
            "cycles": sum(last[1] - first[1] for first, last in cycles),
            "cycle_hz": sum(last[1] - first[1] for first, last in cycles) / seconds if seconds else math.nan,
            "cycle_hz_of_lives": rates,
            "deadline_misses": sum(life.misses for life in self.lives),
            "memory_growth": growth,
            "memory_mib": {node: longest[node].memory[-1][1] for node in longest},
            "cpu_driving": _levels(self.driving_cpu),
            "cpu": _levels(self.all_cpu),
            "latencies_ms": {node: life.latencies for node, life in longest.items()},
        }


def _levels(values: list[float]) -> dict[str, float]:
    if not values:
        return {"mean": math.nan, "max": math.nan}
    return {"mean": float(np.mean(values)), "max": float(np.max(values))}
