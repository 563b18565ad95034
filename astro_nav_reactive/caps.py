"""What bounds the robot's speed beside obstacles: faults, what has just come out, directions in which no sensor looks."""

from __future__ import annotations

import math
from typing import NamedTuple

from astro_nav_common.robot import RobotParams
from astro_nav_reactive.coverage import Coverage
from astro_nav_reactive.params import GuardParams


class Cap(NamedTuple):
    """Largest speed of the faster wheel's rim, m/s, and why; no reason where a fault has its own. at_once: by full braking."""

    speed: float = math.inf
    reason: str = ""
    at_once: bool = False


#: a fault stops the robot smoothly
STOP = Cap(0.0)
#: so does something of which it is not known yet where it goes
WARY = Cap(0.0, "something has just come out near the way")
#: or stops it at once, if it might be there before the robot stands
ALARMED = Cap(0.0, "full braking: something has just come out at the way", at_once=True)


def blind_cap(v: float, planned: float, coverage: Coverage, params: GuardParams, robot: RobotParams) -> Cap:
    """The cap for a base at v m/s and a rim at `planned` m/s: the less the sensors cover where it goes, the lower."""
    share = coverage.share(0.0 if v >= 0.0 else math.pi)
    fastest = robot.v_max if v > 0.0 else robot.v_reverse
    blind = min(params.blind_speed, fastest)
    limit = blind + max(2.0 * share - 1.0, 0.0) * (fastest - blind)
    if share == 1.0 or abs(v) <= limit:
        return Cap()
    return Cap(planned * limit / abs(v), "no sensor covers where the robot goes")
