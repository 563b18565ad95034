"""Why the robot goes as it goes: code and sentence of a tick."""

from __future__ import annotations

import math

from astro_nav_reactive.caps import Cap
from astro_nav_reactive.speed_scale import Choice
from astro_nav_reactive.watch import Fault, GuardCode

#: slower than this counts as standing, m/s
REST = 0.01


def explain(
    choice: Choice, fault: Fault | None, rim: float, planned: float, cap: Cap, gives_way: bool = False
) -> tuple[GuardCode, str]:
    """Args: choice, fault, cap: of this tick. rim, planned: speeds of the faster wheel's rim, sent and planned, m/s."""
    ahead = f"{max(choice.contact, 0.0):.2f} m"
    if fault is not None:
        return fault.code, fault.reason
    if gives_way:
        return GuardCode.STOPPED_OBSTACLE, "gives way to somebody who would walk into the robot"
    if choice.held or (choice.scale < 1.0 and rim < REST and math.isfinite(choice.contact)):
        return GuardCode.STOPPED_OBSTACLE, f"an obstacle is {ahead} ahead on the path"
    if choice.braking and cap.at_once:
        return GuardCode.SLOWING, cap.reason
    if choice.braking and math.isinf(choice.contact):
        return GuardCode.SLOWING, "full braking goes on a moment: somebody moves near the way"
    if choice.braking:
        return GuardCode.SLOWING, f"full braking: {ahead} to an obstacle on the path"
    if choice.yielding and math.isfinite(choice.contact):
        return GuardCode.SLOWING, f"{ahead} to an obstacle on the path"
    if choice.yielding:
        return GuardCode.SLOWING, "little room beside the path"
    if cap.speed < planned:
        return GuardCode.SLOWING, cap.reason
    return GuardCode.OK, "" if choice.scale >= 1.0 else "speeding up to the plan"
