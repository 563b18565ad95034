"""The messages of astro_nav_msgs to and from the cores' types."""

from __future__ import annotations

import math

import numpy as np
from astro_nav_msgs.msg import (
    ContactReport,
    GuardState,
    TrackedObstacle,
    TrackedObstacleArray,
    Trajectory as TrajectoryMessage,
)
from builtin_interfaces.msg import Time

from astro_nav_common.errors import InputError
from astro_nav_common.geometry import transform_points
from astro_nav_common.types import GuardReport, Obstacle, Pose, Trajectory
from astro_nav_ros.conversions import floats, seconds, stamp

#: obstacles of a message that are taken: each costs planning time
OBSTACLES_MAX = 200
#: the arrays that message and type share by name; times are relative in the message
_SHARED = tuple(name for name in Trajectory.ARRAYS if name != "t")


def trajectory_message(plan: Trajectory, frame: str) -> TrajectoryMessage:
    """A plan, stamped with the time it takes effect."""
    message = TrajectoryMessage(plan_id=int(plan.plan_id), is_stop=bool(plan.is_stop))
    message.header.frame_id, message.header.stamp = frame, stamp(float(plan.t[0]))
    if math.isfinite(plan.sense_t):
        message.sense_stamp = stamp(float(plan.sense_t))
    # relative to the stamp as it was rounded, so that adding the two again gives the same times
    message.t = floats(plan.t - seconds(message.header.stamp))
    for name in _SHARED:
        setattr(message, name, floats(getattr(plan, name)))
    return message


def trajectory_of(message: TrajectoryMessage) -> Trajectory:
    """A plan from a message. Raises InputError if it is too short or its arrays differ in length."""
    t_effect = seconds(message.header.stamp)
    arrays = {name: _array(getattr(message, name)) for name in _SHARED}
    sense_t = -math.inf if message.sense_stamp == Time() else seconds(message.sense_stamp)
    return Trajectory(
        t=t_effect + _array(message.t),
        **arrays,
        sense_t=sense_t,
        plan_id=int(message.plan_id),
        is_stop=bool(message.is_stop),
    )


def guard_state_message(report: GuardReport, frame: str) -> GuardState:
    """What the guard did in one tick."""
    message = GuardState(code=report.code, reason=report.reason, scale=float(report.scale))
    message.header.frame_id, message.header.stamp = frame, stamp(report.t)
    message.time_to_collision = float(report.time_to_collision)
    nearest = report.nearest_base
    message.nearest_point.x = math.nan if nearest is None else float(nearest.x)
    message.nearest_point.y = math.nan if nearest is None else float(nearest.y)
    message.plan_age, message.scan_age, message.odom_age = (
        float(report.plan_age),
        float(report.scan_age),
        float(report.odom_age),
    )
    return message


def obstacles_of(message: TrackedObstacleArray, frame_target: Pose) -> list[Obstacle]:
    """Tracked obstacles, moved from the frame of the message to a target frame in which that frame has the pose given.

    Raises InputError for one with a value that is not finite, and for too many.
    """
    if len(message.obstacles) > OBSTACLES_MAX:
        raise InputError(f"{len(message.obstacles)} obstacles; no more than {OBSTACLES_MAX} are taken")
    t = seconds(message.header.stamp)
    c, s = math.cos(frame_target.yaw), math.sin(frame_target.yaw)
    rotation = np.array(((c, -s), (s, c)))
    turn = np.kron(np.eye(2), rotation)
    obstacles = []
    for item in message.obstacles:
        position = transform_points(frame_target, np.array((item.position.x, item.position.y)))
        velocity = rotation @ (item.velocity.x, item.velocity.y)
        covariance = turn @ np.array(item.covariance, float).reshape(4, 4) @ turn.T
        state = np.concatenate((position, velocity))
        if not (np.isfinite(state).all() and np.isfinite(covariance).all() and math.isfinite(item.radius)):
            raise InputError(f"obstacle {item.id} has a value that is not finite")
        obstacles.append(
            Obstacle(int(item.id), t, state, covariance, float(item.radius), item.kind, float(item.confidence))
        )
    return obstacles


def obstacles_message(obstacles: list[Obstacle], frame: str, t: float) -> TrackedObstacleArray:
    """Tracked obstacles, all of one frame; each state is taken as it was at its own time, at most a cycle from `t`."""
    message = TrackedObstacleArray()
    message.header.frame_id, message.header.stamp = frame, stamp(t)
    for obstacle in obstacles:
        item = TrackedObstacle(
            id=obstacle.id, kind=obstacle.kind, confidence=float(obstacle.confidence), radius=float(obstacle.radius)
        )
        x, y, vx, vy = (float(value) for value in obstacle.state)
        item.position.x, item.position.y, item.velocity.x, item.velocity.y = x, y, vx, vy
        item.covariance = np.asarray(obstacle.covariance, float).ravel()
        message.obstacles.append(item)
    return message


def contact_message(
    total: int, touching: bool, last: tuple[str, float, float] | None, frame: str, t: float
) -> ContactReport:
    """How often the robot touched anything, and where last: (what, x m, y m)."""
    message = ContactReport(total=total, touching=touching)
    message.header.frame_id, message.header.stamp = frame, stamp(t)
    if last is not None:
        message.other, message.position.x, message.position.y = last
    return message


def _array(field: object) -> np.ndarray:
    """A float64 array over a message's field, without a copy; empty for an empty field."""
    return np.frombuffer(field, np.float64) if field else np.empty(0)  # type: ignore[call-overload]
