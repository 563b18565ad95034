"""Differential-drive kinematics: wheels <-> body, and the exact motion at constant speeds."""

from __future__ import annotations

import math

from astro_nav_common.jit import kernel
from astro_nav_common.types import Pose, State


def to_wheels(v: float, w: float, track: float) -> tuple[float, float]:
    """Rim speeds (left, right), m/s, of body speed v m/s and yaw rate w rad/s."""
    return v - 0.5 * track * w, v + 0.5 * track * w


def to_body(left: float, right: float, track: float) -> tuple[float, float]:
    """(v, w) of rim speeds."""
    return 0.5 * (left + right), (right - left) / track


@kernel
def arc_step(x: float, y: float, yaw: float, v: float, w: float, dt: float) -> tuple[float, float, float]:
    """Pose after driving (v, w) for dt: exact for constant speeds."""
    half = 0.5 * w * dt
    chord = v * dt * (1.0 - half * half / 6.0) if abs(half) < 1e-3 else v * dt * math.sin(half) / half
    return x + chord * math.cos(yaw + half), y + chord * math.sin(yaw + half), yaw + w * dt


def advance(state: State, dt: float) -> State:
    """State after dt at constant speeds (the newest odometry, moved to now)."""
    x, y, yaw = arc_step(state.x, state.y, state.yaw, state.v, state.w, dt)
    return state._replace(t=state.t + dt, x=x, y=y, yaw=yaw)


def move(pose: Pose, v: float, w: float, dt: float) -> Pose:
    """Pose after driving (v, w) for dt."""
    return Pose(*arc_step(pose.x, pose.y, pose.yaw, v, w, dt))
