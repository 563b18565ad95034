"""The simulated robot: what the planners know of it, and what only the simulator knows: hardware, sensors, errors."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

from astro_nav_common.errors import ParameterError, WorldError
from astro_nav_common.params import Params, param
from astro_nav_common.robot import RobotParams, load_robot
from astro_nav_common.types import Pose

ROBOTS_DIR = Path(__file__).resolve().parent / "robots"


@dataclass(frozen=True)
class BaseParams(Params):
    """The hardware under the body: its limits are the motors', not the planner's."""

    mass: float = param(10.0, unit="kg", low=0.5, high=500.0, doc="Mass of the whole robot.")
    height: float = param(0.28, unit="m", low=0.05, high=2.0, doc="Top of the base's body above the floor.")
    ground_clearance: float = param(
        0.03, unit="m", low=0.005, high=0.5, doc="Bottom of the base's body above the floor."
    )
    screen_height: float = param(0.44, unit="m", low=0.05, high=2.0, doc="Top of the screen above the floor.")
    friction: float = param(1.0, low=0.05, high=5.0, doc="Friction coefficient of the wheels on the floor.")
    wheel_speed_max: float = param(1.4, unit="m/s", low=0.05, high=10.0, doc="Largest speed of a wheel's rim.")
    wheel_accel_max: float = param(
        4.0, unit="m/s^2", low=0.1, high=100.0, doc="Largest acceleration of a rim's set speed."
    )
    delay: float = param(0.05, unit="s", low=0.0, high=2.0, doc="Command received to the wheels' set speed changing.")
    delay_jitter: float = param(0.0, unit="s", low=0.0, high=1.0, doc="The delay varies by up to this, either way.")
    time_constant: float = param(0.05, unit="s", low=0.0, high=2.0, doc="First-order lag of the wheels' set speed.")
    command_timeout: float = param(
        0.5, unit="s", low=0.05, high=10.0, doc="Without a command for this long, the base stops."
    )
    wheel_radius_error: float = param(
        0.002, low=0.0, high=0.2, doc="Standard deviation of each wheel's relative radius error."
    )


@dataclass(frozen=True)
class OdometryParams(Params):
    """Wheel speeds and a gyro, integrated: standard deviations of what is wrong with them (constant errors drawn once a run)."""

    rate_hz: float = param(50.0, unit="Hz", low=1.0, high=200.0, doc="Rate of odometry.")
    latency: float = param(0.005, unit="s", low=0.0, high=1.0, doc="Stamp to arrival.")
    distance_scale: float = param(0.005, low=0.0, high=0.5, doc="Relative error of distances, constant.")
    yaw_scale: float = param(0.003, low=0.0, high=0.5, doc="Relative error of turns, constant.")
    gyro_bias: float = param(
        0.0005, unit="rad/s", low=0.0, high=0.5, doc="Error of the yaw rate, constant; none at standstill."
    )
    distance_walk: float = param(
        0.003, unit="m/sqrt(m)", low=0.0, high=0.5, doc="Random walk of distance, per root metre driven."
    )
    yaw_walk: float = param(
        0.003, unit="rad/sqrt(m)", low=0.0, high=0.5, doc="Random walk of yaw, per root metre driven."
    )
    turn_walk: float = param(
        0.003, unit="rad/sqrt(rad)", low=0.0, high=0.5, doc="Random walk of yaw, per root radian turned."
    )
    speed_noise: float = param(
        0.003, unit="m/s", low=0.0, high=0.5, doc="White noise of the reported speed; none at standstill."
    )
    yaw_rate_noise: float = param(0.005, unit="rad/s", low=0.0, high=1.0, doc="White noise of the reported yaw rate.")
    distance_drift: float = param(0.0, low=-0.5, high=0.5, doc="Relative error of distances, the same in every run.")
    yaw_drift: float = param(
        0.0, unit="rad/m", low=-1.0, high=1.0, doc="Error of yaw for each metre driven, the same in every run."
    )


@dataclass(frozen=True)
class LidarParams(Params):
    """One planar lidar. A spinning one takes its beams one after the other over a turn; else all at one instant."""

    name: str = param("scan", doc="Name, and topic of its scans.")
    x: float = param(0.0, unit="m", low=-1.0, high=1.0, doc="Mount in the base frame, x.")
    y: float = param(0.0, unit="m", low=-1.0, high=1.0, doc="Mount in the base frame, y.")
    yaw: float = param(
        0.0, unit="rad", low=-math.pi, high=math.pi, doc="Mount in the base frame, direction of beam angle 0."
    )
    z: float = param(0.2, unit="m", low=0.01, high=3.0, doc="Height of the scan plane above the floor.")
    beams: int = param(360, low=1, high=10000, doc="Beams a scan.")
    fov: float = param(
        2 * math.pi, unit="rad", low=0.01, high=2 * math.pi + 1e-6, doc="Field of view; 2 pi is a full circle."
    )
    rate_hz: float = param(20.0, unit="Hz", low=0.5, high=200.0, doc="Scans a second.")
    spinning: bool = param(True, doc="Beams are taken one after the other.")
    range_min: float = param(0.1, unit="m", low=0.0, high=5.0, doc="Least range.")
    range_max: float = param(10.0, unit="m", low=0.1, high=200.0, doc="Largest range.")
    noise: float = param(0.01, unit="m", low=0.0, high=1.0, doc="Standard deviation of a range.")
    resolution: float = param(0.001, unit="m", low=0.0, high=0.5, doc="Ranges are whole multiples of this; 0: exact.")
    dropout: float = param(0.005, low=0.0, high=1.0, doc="Share of beams that come back without information (NaN).")
    latency: float = param(0.03, unit="s", low=0.0, high=2.0, doc="Last beam taken to arrival of the scan.")
    jitter: float = param(0.0, unit="s", low=0.0, high=1.0, doc="The latency varies by up to this, either way.")
    loss: float = param(0.0, low=0.0, high=1.0, doc="Share of scans that never arrive.")
    stamp_error: float = param(0.0, unit="s", low=-1.0, high=1.0, doc="The stamp is later than the first beam by this.")

    @property
    def full_circle(self) -> bool:
        """True if the last beam is next to the first."""
        return self.fov > 2 * math.pi - 1e-3

    @property
    def angle_increment(self) -> float:
        """rad from beam to beam."""
        return self.fov / self.beams if self.full_circle or self.beams == 1 else self.fov / (self.beams - 1)

    @property
    def angle_min(self) -> float:
        """Direction of the first beam in the sensor frame, rad."""
        return -0.5 * self.fov

    @property
    def sweep_time(self) -> float:
        """From the first beam to just after the last, s; 0 when not spinning."""
        return self.fov / (2 * math.pi) / self.rate_hz if self.spinning else 0.0

    @property
    def mount_base(self) -> Pose:
        """Pose in the base frame."""
        return Pose(self.x, self.y, self.yaw)


@dataclass(frozen=True)
class SimRobot:
    """All of one robot. `params` is what planners and guard are given; the rest is the simulator's secret."""

    params: RobotParams
    base: BaseParams
    odometry: OdometryParams
    lidars: tuple[LidarParams, ...]

    def delayed(
        self, sensing: float = 0.0, actuation: float = 0.0, jitter: float = 0.0, loss: float = 0.0, stamps: float = 0.0
    ) -> SimRobot:
        """The same robot with extra latencies, s, and worse links, that nothing but measurement tells the planners about.

        Args:
            sensing, actuation: added to the scans' latency and the base's delay, s.
            jitter: of either, s.
            loss: share of scans lost.
            stamps: by which those of the scans are late, s.
        """
        lidars = tuple(
            replace(lidar, latency=lidar.latency + sensing, jitter=jitter, loss=loss, stamp_error=stamps)
            for lidar in self.lidars
        )
        base = replace(self.base, delay=self.base.delay + actuation, delay_jitter=jitter)
        return replace(self, lidars=lidars, base=base)

    def seeing(self, fov: float) -> SimRobot:
        """The same robot with lidars of another field of view, rad, and as many beams a radian."""
        lidars = tuple(
            replace(lidar, fov=fov, beams=max(2, round(lidar.beams * fov / lidar.fov))) for lidar in self.lidars
        )
        return replace(self, lidars=lidars)

    def ideal(self) -> SimRobot:
        """The same robot without noise, drift, dropout, delay or lag; limits and ranges stay."""
        quiet = OdometryParams(
            rate_hz=self.odometry.rate_hz, **{e.name: 0.0 for e in fields(OdometryParams) if e.name != "rate_hz"}
        )
        exact = {"noise": 0.0, "resolution": 0.0, "dropout": 0.0, "latency": 0.0, "spinning": False}
        lidars = tuple(replace(lidar, **exact) for lidar in self.lidars)  # type: ignore[arg-type]
        base = replace(self.base, delay=0.0, time_constant=0.0, wheel_radius_error=0.0)
        return replace(self, base=base, odometry=quiet, lidars=lidars)


def load_sim_robot(name: str) -> SimRobot:
    """The robot of that name in `astro_nav_sim/robots/`, or of a YAML file's path. Raises WorldError or ParameterError."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else ROBOTS_DIR / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in ROBOTS_DIR.glob("*.yaml")))
        raise WorldError(f"unknown robot '{name}'; there are: {known} (or the path of a YAML file)")
    try:
        values: Any = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WorldError(f"cannot read the robot {path}: {error}") from None
    sections = {"robot", "base", "odometry", "lidars"}
    if not isinstance(values, dict) or set(values) - sections or "robot" not in values or not values.get("lidars"):
        raise WorldError(f"{path} must be a mapping with 'robot' and 'lidars', optionally 'base' and 'odometry'")
    try:
        return SimRobot(
            load_robot(str(values["robot"])),
            BaseParams.from_dict(values.get("base") or {}),
            OdometryParams.from_dict(values.get("odometry") or {}),
            tuple(LidarParams.from_dict(lidar) for lidar in values["lidars"]),
        )
    except (TypeError, ParameterError) as error:
        raise ParameterError(f"{path}: {error}") from None
