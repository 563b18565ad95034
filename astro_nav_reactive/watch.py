"""Watch over the inputs: what came when, what was refused and why, and whether the robot may go on with what it has.

An input that is refused is as if it had not come. One bad scan among good ones stops nothing; when the good ones are missed,
the reason of the refusal is the reason of the stop.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from astro_nav_reactive.params import GuardParams


class GuardCode(IntEnum):
    """The constants of astro_nav_msgs/GuardState."""

    OK = 0
    SLOWING = 1
    STOPPED_OBSTACLE = 2
    STALE_PLAN = 3
    STALE_SCAN = 4
    STALE_ODOM = 5
    INVALID_INPUT = 6
    NO_TRANSFORM = 7
    IDLE = 8


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the robot must not go on."""

    code: GuardCode
    reason: str


@dataclass(slots=True)
class Input:
    """One input: the time from which its age counts, and why the newest was refused, if it was."""

    stamp: float = -math.inf
    refusal: Fault | None = None

    def accept(self, stamp: float) -> None:
        """It has come and is good."""
        self.stamp, self.refusal = stamp, None

    def refuse(self, code: GuardCode, reason: str) -> None:
        """It has come and is not used."""
        self.refusal = Fault(code, reason)


@dataclass(slots=True)
class Watch:
    """Odometry, plan, and each source of scans."""

    params: GuardParams
    odom: Input = field(default_factory=Input)
    plan: Input = field(default_factory=Input)
    scans: dict[str, Input] = field(default_factory=dict)
    #: what forbids motion whatever the inputs say, by name
    holds: dict[str, Fault] = field(default_factory=dict)

    def scan(self, source: str) -> Input:
        """The entry of a source of scans."""
        return self.scans.setdefault(source, Input())

    def forget(self, fault: Fault) -> None:
        """All inputs must come again, because of `fault`; which sources of scans there are is kept."""
        self.odom, self.plan = Input(refusal=fault), Input(refusal=fault)
        self.scans = {source: Input(refusal=fault) for source in self.scans}

    def scan_age(self, now: float) -> float:
        """Age of the oldest source's newest scan, s; inf without any."""
        return now - min((scan.stamp for scan in self.scans.values()), default=-math.inf)

    def fault(self, now: float) -> Fault | None:
        """What keeps the robot from following its plan, the most fundamental first."""
        return next(self._faults(now), None)

    def _faults(self, now: float) -> Iterator[Fault]:
        params = self.params
        yield from self.holds.values()
        if now - self.odom.stamp > params.odom_timeout:
            yield _missing(self.odom, GuardCode.STALE_ODOM, "odometry", now)
        if not self.scans:
            yield Fault(GuardCode.STALE_SCAN, "no scan has come yet")
        for source, scan in self.scans.items():
            if now - scan.stamp > params.scan_timeout:
                yield _missing(scan, GuardCode.STALE_SCAN, f"scan from '{source}'", now)
        if math.isinf(self.plan.stamp) and self.plan.refusal is None:
            yield Fault(GuardCode.IDLE, "no plan has come yet")
        elif now - self.plan.stamp > params.plan_timeout:
            yield _missing(self.plan, GuardCode.STALE_PLAN, "plan", now)


def _missing(entry: Input, code: GuardCode, what: str, now: float) -> Fault:
    if entry.refusal is not None:
        return entry.refusal
    if math.isinf(entry.stamp):
        return Fault(code, f"no {what} has come yet")
    return Fault(code, f"no {what} for {now - entry.stamp:.2f} s")
