"""The robot as every layer knows it: shape, limits, first guesses of its delays. One parameter set a robot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from astro_nav_common.errors import ParameterError
from astro_nav_common.params import Params, param

ROBOTS_DIR = Path(__file__).resolve().parent / "robots"


@dataclass(frozen=True)
class RobotParams(Params):
    """Shape, limits and delays of a differential-drive base with an optional pan screen; defaults are the robot `astro`."""

    name: str = param("astro", doc="Name of the robot.")
    footprint: tuple[float, ...] = param(
        (0.21, 0.125, -0.21, 0.125, -0.21, -0.125, 0.21, -0.125), unit="m", low=-2.0, high=2.0,
        doc="Outline of the base, x and y in turn, base frame, convex, counter-clockwise.",
    )  # fmt: skip
    screen: tuple[float, ...] = param(
        (0.03, 0.12, 0.0, 0.12, 0.0, -0.12, 0.03, -0.12), unit="m", low=-2.0, high=2.0,
        doc="Outline of the screen in the frame of the pan joint, as footprint; empty for none.",
    )  # fmt: skip
    pan_x: float = param(0.12, unit="m", low=-1.0, high=1.0, doc="Pan joint in the base frame, x.")
    pan_y: float = param(0.0, unit="m", low=-1.0, high=1.0, doc="Pan joint in the base frame, y.")
    pan_limit: float = param(2.0, unit="rad", low=0.0, high=3.2, doc="Largest pan angle to either side.")
    pan_rate_max: float = param(2.0, unit="rad/s", low=0.0, high=20.0, doc="Largest pan rate.")
    pan_accel_max: float = param(6.0, unit="rad/s^2", low=0.1, high=100.0, doc="Largest pan acceleration.")
    pan_jerk_max: float = param(60.0, unit="rad/s^3", low=1.0, high=1000.0, doc="Largest pan jerk.")
    track: float = param(
        0.22, unit="m", low=0.05, high=2.0, doc="Effective distance between the wheels' contact points."
    )
    wheel_radius: float = param(0.06, unit="m", low=0.01, high=0.5, doc="Radius of the driven wheels.")
    v_max: float = param(1.0, unit="m/s", low=0.05, high=3.0, doc="Largest forward speed.")
    v_reverse: float = param(0.3, unit="m/s", low=0.0, high=3.0, doc="Largest backward speed.")
    w_max: float = param(2.5, unit="rad/s", low=0.1, high=10.0, doc="Largest yaw rate.")
    wheel_accel_max: float = param(1.5, unit="m/s^2", low=0.1, high=20.0, doc="Largest acceleration of a wheel's rim.")
    wheel_jerk_max: float = param(10.0, unit="m/s^3", low=0.5, high=200.0, doc="Largest jerk of a wheel's rim.")
    brake_accel: float = param(
        3.0, unit="m/s^2", low=0.1, high=20.0, doc="Deceleration of a wheel's rim in an emergency."
    )
    centripetal_max: float = param(1.2, unit="m/s^2", low=0.1, high=20.0, doc="Largest centripetal acceleration.")
    actuation_delay: float = param(
        0.05, unit="s", low=0.0, high=1.0, doc="First guess: command to the start of motion."
    )
    actuation_time_constant: float = param(
        0.05, unit="s", low=0.0, high=1.0, doc="First guess: lag of the wheels' speed loop."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for key in ("footprint", "screen"):
            if len(getattr(self, key)) % 2 or 0 < len(getattr(self, key)) < 6:
                raise ParameterError(
                    f"RobotParams.{key} needs x and y of at least three corners, got {len(getattr(self, key))} numbers"
                )
        if not self.footprint:
            raise ParameterError("RobotParams.footprint must not be empty")

    @property
    def footprint_polygon(self) -> np.ndarray:
        """(N, 2) m, base frame."""
        return np.array(self.footprint, float).reshape(-1, 2)

    @property
    def screen_polygon(self) -> np.ndarray:
        """(N, 2) m, pan frame; N = 0 without a screen."""
        return np.array(self.screen, float).reshape(-1, 2)

    @property
    def wheel_speed_max(self) -> float:
        """Largest speed of a wheel's rim, m/s: enough for the hardest turn allowed at full speed, and for full yaw rate on the spot."""
        turn = min(self.w_max, self.centripetal_max / self.v_max)
        return max(self.v_max + 0.5 * self.track * turn, 0.5 * self.track * self.w_max)


def load_robot(name: str) -> RobotParams:
    """The robot of that name in `astro_nav_common/robots/`, or of a YAML file's path. Raises ParameterError."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else ROBOTS_DIR / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in ROBOTS_DIR.glob("*.yaml")))
        raise ParameterError(f"unknown robot '{name}'; there are: {known} (or the path of a YAML file)")
    try:
        values = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParameterError(f"{path} cannot be read as YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ParameterError(f"{path} must hold a mapping of robot parameters")
    return RobotParams.from_dict(values)
