"""Parameters of the guard. What depends on the robot (limits, delays, shape) is in `RobotParams`."""

from __future__ import annotations

from dataclasses import dataclass

from astro_nav_common.errors import ParameterError
from astro_nav_common.params import Params, param


@dataclass(frozen=True)
class GuardParams(Params):
    """Rates, clearances, tracking and time-outs of the guard."""

    rate_hz: float = param(
        50.0, unit="Hz", low=20.0, high=200.0, doc="Rate of cmd_vel (a command also follows each scan)."
    )
    map_size: float = param(2.0, unit="m", low=1.0, high=6.0, doc="Side of the near map around the robot.")
    map_resolution: float = param(0.025, unit="m", low=0.01, high=0.1, doc="Cell size of the published near map.")
    sweep_time: float = param(
        1.0, unit="s", low=0.5, high=3.0, doc="Motion checked ahead, at least; longer if braking takes longer."
    )
    margin: float = param(
        0.02, unit="m", low=0.0, high=0.2, doc="The footprint keeps this far from every measured point."
    )
    slow_clearance: float = param(
        0.05,
        unit="m",
        low=0.0,
        high=0.5,
        doc="Passing closer than this, the speed falls in proportion to what is left above the margin.",
    )
    creep_speed: float = param(
        0.15, unit="m/s", low=0.01, high=0.5, doc="Speed left when passing at the margin, or moving out of it."
    )
    blind_speed: float = param(
        0.2, unit="m/s", low=0.02, high=3.0, doc="Largest speed in a direction that no sensor covers."
    )
    give_way: float = param(
        0.2,
        unit="m",
        low=0.0,
        high=0.4,
        doc="Farthest that a standing robot steps out of the way of somebody who would walk into it; 0: never. The guard knows no keepout masks.",
    )
    tracking_stiffness: float = param(
        2.5, unit="1/m", low=0.2, high=10.0, doc="Tracking errors decay over about this distance, inverted."
    )
    tracking_damping: float = param(0.8, low=0.3, high=2.0, doc="Damping ratio of the tracking.")
    correction: float = param(
        0.2, low=0.0, high=0.5, doc="Largest correction by the tracking, as a share of the planned wheel speed."
    )
    tracking_limit: float = param(
        0.5, unit="m", low=0.05, high=3.0, doc="A plan that is further away than this is not followed."
    )
    plan_timeout: float = param(0.25, unit="s", low=0.1, high=3.0, doc="Stop if no plan came for so long.")
    scan_timeout: float = param(
        0.3, unit="s", low=0.05, high=3.0, doc="Stop if the newest scan of a source is older than this."
    )
    odom_timeout: float = param(
        0.2, unit="s", low=0.05, high=2.0, doc="Stop if the newest odometry is older than this."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.slow_clearance <= self.margin:
            raise ParameterError(
                f"GuardParams.slow_clearance = {self.slow_clearance} m must be larger than GuardParams.margin = {self.margin} m"
            )
