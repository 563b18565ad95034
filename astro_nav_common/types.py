"""The data that flows between the layers. Every quantity carries the time it is true for.

Times are float seconds on one clock (the node's, possibly simulated). Poses are (x, y, yaw) in metres and radians;
the frame is in the name of the variable or field that holds one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from astro_nav_common.errors import InputError


class Pose(NamedTuple):
    """Planar pose: m, m, rad."""

    x: float
    y: float
    yaw: float


class State(NamedTuple):
    """Motion state of base and screen at time `t`; pose in odom.

    v, w: body velocity, m/s and rad/s. a, alpha: their derivatives, m/s^2 and rad/s^2.
    screen_yaw: pan angle relative to the base, rad; screen_rate, rad/s.
    """

    t: float
    x: float
    y: float
    yaw: float
    v: float = 0.0
    w: float = 0.0
    a: float = 0.0
    alpha: float = 0.0
    screen_yaw: float = 0.0
    screen_rate: float = 0.0

    @property
    def pose(self) -> Pose:
        """Pose part."""
        return Pose(self.x, self.y, self.yaw)

    def is_finite(self) -> bool:
        """True if no field is NaN or infinite."""
        return all(math.isfinite(value) for value in self)


@dataclass(frozen=True, slots=True)
class Command:
    """What goes to the base and the screen: v m/s, w rad/s, screen_yaw rad (relative to the base)."""

    v: float = 0.0
    w: float = 0.0
    screen_yaw: float = 0.0


@dataclass(frozen=True, slots=True)
class Scan:
    """One planar range scan.

    t: stamp of the first beam, s. ranges: (N,) m; NaN or < range_min: no information; inf or > range_max: nothing seen.
    Beam i points at angle_min + i * angle_increment in the sensor frame, and was taken at t + i * time_increment.
    sensor_base: pose of the sensor in the base frame.
    reach: (N,) m, how far a beam that met nothing has seen; None: range_max.
    reach_from: (N,) m, nearer than this what is low passes below the sensor's view, so that a beam tells nothing of it; None: 0.
    hidden_within: (N,) m, nearer than this what a beam met would do so too; None: 0.
    layer: scans of one name clear what the others of that name have seen; a sensor of other heights than the rest has its own.
    """

    t: float
    ranges: np.ndarray
    angle_min: float
    angle_increment: float
    range_min: float
    range_max: float
    sensor_base: Pose = Pose(0.0, 0.0, 0.0)
    time_increment: float = 0.0
    source: str = "scan"
    reach: np.ndarray | None = None
    layer: str = ""
    reach_from: np.ndarray | None = None
    hidden_within: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.ranges.ndim != 1 or self.ranges.size == 0:
            raise InputError(
                f"scan '{self.source}' needs a non-empty 1-d array of ranges, got shape {self.ranges.shape}"
            )
        for name in ("reach", "reach_from", "hidden_within"):
            values = getattr(self, name)
            if values is not None and values.shape != self.ranges.shape:
                raise InputError(
                    f"scan '{self.source}' has {self.ranges.size} ranges and {values.size} values of {name}"
                )
        times = self.t, self.time_increment
        if not all(map(math.isfinite, (*times, self.angle_min, self.angle_increment, *self.sensor_base))):
            raise InputError(f"scan '{self.source}' has a stamp, angles or a sensor's pose that are not finite")
        if not (math.isfinite(self.range_min) and self.range_max > 0.0):
            raise InputError(
                f"scan '{self.source}' says it sees from {self.range_min} to {self.range_max} m: "
                "that must be a finite number, and one above zero"
            )

    @property
    def last_t(self) -> float:
        """Stamp of the last beam, s."""
        return self.t + self.time_increment * (self.ranges.size - 1)


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A plan of the local layer: arrays (T,) over one horizon, pose in odom.

    t: absolute times, s, increasing; t[0] is t_effect. survival: probability of no collision up to each time.
    sense_t: stamp of the newest scan the plan is based on. is_stop: the plan brings the robot to rest because nothing
    better is acceptable (or nothing is asked for).
    """

    t: np.ndarray
    x: np.ndarray
    y: np.ndarray
    yaw: np.ndarray
    v: np.ndarray
    w: np.ndarray
    a: np.ndarray
    alpha: np.ndarray
    screen_yaw: np.ndarray
    survival: np.ndarray
    sense_t: float
    plan_id: int = 0
    is_stop: bool = False

    ARRAYS = ("t", "x", "y", "yaw", "v", "w", "a", "alpha", "screen_yaw", "survival")

    def __post_init__(self) -> None:
        shapes = {getattr(self, name).shape for name in self.ARRAYS}
        if len(shapes) != 1 or self.t.ndim != 1 or self.t.size < 2:
            raise InputError(f"a trajectory needs equally long arrays of at least two samples, got shapes {shapes}")

    def is_finite(self) -> bool:
        """True if every number is finite and time increases."""
        return all(np.isfinite(getattr(self, name)).all() for name in self.ARRAYS) and bool(np.all(np.diff(self.t) > 0))

    def sample(self, t: float) -> State:
        """State at time t, linear between samples (yaw is unwrapped along a trajectory); the ends are held, at rest past the end."""
        times = self.t
        i = min(max(int(times.searchsorted(t, side="right")) - 1, 0), times.size - 2)
        f = min(max((t - times[i]) / (times[i + 1] - times[i]), 0.0), 1.0)

        def at(values: np.ndarray) -> float:
            return float(values[i] + f * (values[i + 1] - values[i]))

        moving = 0.0 if t > times[-1] else 1.0
        return State(
            t, at(self.x), at(self.y), at(self.yaw), moving * at(self.v), moving * at(self.w),
            moving * at(self.a), moving * at(self.alpha), at(self.screen_yaw), 0.0,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guidance:
    """The global path as the local layer takes it: points_odom (N, 2) m, the goal pose in odom, and what arrival asks for.

    goal_is_final: False when the path goes on beyond the goal (drive through). heading_matters: yaw at the goal counts.
    """

    points_odom: np.ndarray
    goal_odom: Pose
    goal_is_final: bool = True
    heading_matters: bool = True
    path_id: int = 0


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A tracked moving thing in odom at time t.

    state: (4,) x, y, vx, vy; covariance: (4, 4); radius m; kind: class name; confidence in [0, 1].
    """

    id: int
    t: float
    state: np.ndarray
    covariance: np.ndarray
    radius: float
    kind: str = "person"
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class GuardReport:
    """What the guard did in one tick, and why; `code` is a constant of astro_nav_msgs/GuardState."""

    t: float
    command: Command
    scale: float = 1.0
    code: int = 0
    reason: str = ""
    time_to_collision: float = math.inf
    nearest_base: Pose | None = None
    plan_age: float = math.inf
    scan_age: float = math.inf
    odom_age: float = math.inf
    extra: dict[str, float] = field(default_factory=dict)
