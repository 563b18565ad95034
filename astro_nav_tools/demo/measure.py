"""What the demo reports, from the recorded drive. Motion is measured in the simulator's ground truth, not in odometry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from astro_nav_common.types import State
from astro_nav_reactive.watch import GuardCode
from astro_nav_sim.clearance import ClearanceMeter
from astro_nav_sim.metrics import path_length, rms_jerk, rms_yaw_acceleration
from astro_nav_sim.robot import load_sim_robot
from astro_nav_tools.demo.drive import Drive, number
from astro_nav_tools.demo.legs import Leg
from astro_nav_tools.demo.request import Tour

#: codes in which the guard holds the robot against the plan
_STOPPED = sorted(frozenset(GuardCode) - {GuardCode.OK, GuardCode.SLOWING, GuardCode.IDLE})
#: what the nodes say of their latencies: (node, key of its diagnostics)
_LATENCIES = {
    "scan_age_at_planner": ("local_planner", "scan_age_ms"),
    "planning": ("local_planner", "plan_ms"),
    "publication": ("local_planner", "publish_ms"),
    "scan_to_cmd": ("reactive_guard", "scan_to_cmd_ms"),
}


def summarize(tour: Tour, legs: Sequence[Leg], drive: Drive) -> dict[str, Any]:
    """The numbers of a tour; the time counts from the first goal sent to the last result."""
    start, end = (legs[0].start, legs[-1].end) if legs else (0.0, 0.0)
    truth = drive.between(start, end)
    moving = len(truth) > 1
    dt = float(np.median(np.diff(truth[:, 0]))) if moving else math.nan
    length, duration = path_length(truth[:, 1:3]) if moving else 0.0, end - start
    local, guard = drive.health.get("local_planner", {}), drive.health.get("reactive_guard", {})
    return {
        "scenario": tour.scenario,
        "robot": tour.robot_name,
        "goals_total": len(tour.goals),
        "goals_reached": sum(leg.reached for leg in legs),
        "collisions": drive.contacts,
        "time_s": duration,
        "path_length_m": length,
        "min_clearance_m": min_clearance(tour, truth),
        "mean_speed_mps": length / duration if duration > 0.0 else 0.0,
        "rms_jerk_mps3": rms_jerk(truth[:, 4], dt) if moving else math.nan,
        "rms_yaw_accel_radps2": rms_yaw_acceleration(truth[:, 5], dt) if moving else math.nan,
        "local": {
            "cycles": len(drive.cycles),
            "rate_hz": (len(drive.cycles) - 1) / (drive.cycles[-1] - drive.cycles[0]) if len(drive.cycles) > 1 else 0.0,
            "deadline_misses": int(number(local, "deadline_misses", 0.0)),
            "plan_ms": {level: number(local, f"plan_ms.{level}") for level in ("p50", "p99", "max")},
        },
        "guard": {
            "scan_to_cmd_ms": {level: number(guard, f"scan_to_cmd_ms.{level}") for level in ("p50", "p99")},
            "stops": guard_stops(drive.guard[(drive.guard[:, 0] >= start) & (drive.guard[:, 0] <= end)]),
        },
        "latency_ms": {
            name: {level: number(drive.health.get(node, {}), f"{key}.{level}") for level in ("p50", "p95")}
            for name, (node, key) in _LATENCIES.items()
        },
    }  # fmt: skip


def min_clearance(tour: Tour, truth: np.ndarray) -> float:
    """Least distance of the robot's exact outline to what stands in the world, m, at most 2; doors and movers as at their time."""
    meter = ClearanceMeter(load_sim_robot(tour.robot_name), tour.world.solids)
    least = math.inf
    for t, x, y, yaw, v, w, screen_yaw in truth:
        moving = tour.world.moving_solids(t)
        least = min(least, meter.distance(State(t, x, y, yaw, v, w, screen_yaw=screen_yaw), moving))
    return least


def guard_stops(guard: np.ndarray) -> int:
    """How many times the guard began to hold the robot against the plan. guard: (M, 3) t, scale, code."""
    stopped = np.isin(guard[:, 2].astype(int), _STOPPED)
    return int(np.count_nonzero(stopped[1:] & ~stopped[:-1]))
