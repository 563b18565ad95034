"""What comes in: checked, refused with a reason, or kept. Nothing that came from outside raises here."""

from __future__ import annotations

import math

from astro_nav_common.conventions import STAMP_AHEAD
from astro_nav_common.errors import InputError
from astro_nav_common.footprint import Footprint
from astro_nav_common.history import OdometryBuffer, odometry_jump
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Pose, Scan, State, Trajectory
from astro_nav_reactive.actuator import Actuator
from astro_nav_reactive.coverage import Coverage
from astro_nav_reactive.follower import Follower
from astro_nav_reactive.freeze import Freeze
from astro_nav_reactive.movers import Movers
from astro_nav_reactive.near_map import NearMap
from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.watch import Fault, GuardCode, Watch

#: the clock may go back by this without being another one, s
_BACK = 0.05
#: what moves is followed up to this distance, m
_FAR = 4.0
#: a plan may start this far ahead, s
_PLAN_AHEAD = 1.0


class Intake:
    """Odometry, near map and plans as far as they can be trusted, and a watch over them."""

    def __init__(
        self, params: GuardParams, robot: RobotParams, footprint: Footprint, reach: float, actuator: Actuator
    ) -> None:
        """Args: reach: radius of the near map around the base, m. actuator: predicts poses newer than the odometry."""
        self._robot, self._actuator = robot, actuator
        self.odometry = OdometryBuffer()
        self.near = NearMap(reach, footprint.base)
        self.movers = Movers(_FAR)
        self.coverage = Coverage()
        self._freeze = Freeze()
        self.follower = Follower()
        self.watch = Watch(params)
        self._now = -math.inf
        #: by source, the newest ranges, and the pose at which they were first seen

    def clock(self, now: float) -> None:
        """It is now. A clock that jumped back makes everything known worthless."""
        if now < self._now - _BACK:
            self.odometry.clear()
            self._forget(f"the clock jumped back by {self._now - now:.2f} s")
            self._now = now
        self._now = max(self._now, now)

    def _forget(self, reason: str) -> None:
        self.near.clear()
        self.movers.clear()
        self._freeze.clear()
        self.follower.clear()
        self.watch.forget(Fault(GuardCode.INVALID_INPUT, reason))

    def add_odometry(self, state: State, now: float) -> None:
        """Odometry; a jump of the pose makes points and plans in odom worthless."""
        self.clock(now)
        entry = self.watch.odom
        if state.t > now + STAMP_AHEAD:
            return entry.refuse(GuardCode.INVALID_INPUT, f"odometry is stamped {state.t - now:.2f} s in the future")
        newest = self.odometry.newest
        if newest is not None and state.is_finite():
            jump = odometry_jump(newest, state, self._robot.v_max, self._robot.w_max)
            if jump is not None:
                self.odometry.clear()
                self._forget(jump)
                entry = self.watch.odom
        try:
            self.odometry.add(State(*map(float, state)))
        except InputError as error:
            return entry.refuse(GuardCode.INVALID_INPUT, str(error))
        entry.accept(max(entry.stamp, state.t))
        return None

    def add_scan(self, scan: Scan, now: float) -> None:
        """A scan, put where the base was when it was taken."""
        self.clock(now)
        entry = self.watch.scan(scan.source)
        for what, t in (("", scan.t), ("the last beam of ", scan.last_t)):
            if t > now + STAMP_AHEAD or now - t > self.watch.params.scan_timeout:
                when = "in the future" if t > now else "in the past"
                return entry.refuse(
                    GuardCode.INVALID_INPUT, f"{what}scan from '{scan.source}' is stamped {abs(t - now):.2f} s {when}"
                )
        if scan.t <= entry.stamp:
            return None  # out of order, and no news
        first = self._pose_at(scan.t)
        last = self._pose_at(scan.last_t)
        if first is None or last is None:
            return entry.refuse(GuardCode.STALE_ODOM, f"no odometry for the scan from '{scan.source}'")
        if self._freeze.is_frozen(scan, first):
            return entry.refuse(
                GuardCode.INVALID_INPUT, f"scan from '{scan.source}' stays the same while the robot moves"
            )
        if not self.near.add(scan, first, last):
            return entry.refuse(
                GuardCode.INVALID_INPUT, f"scan from '{scan.source}' has no valid range in {scan.ranges.size}"
            )
        self.movers.add(scan, first, last)
        self.coverage.add(scan)
        return entry.accept(scan.t)

    def _pose_at(self, t: float) -> Pose | None:
        newest = self.odometry.newest
        if newest is None or not math.isfinite(t):
            return None
        return self.odometry.pose_at(t) if t <= newest.t else self._actuator.predict(newest, t).pose

    def add_plan(self, plan: Trajectory, now: float) -> None:
        """A plan, to be followed from its first stamp on."""
        self.clock(now)
        entry = self.watch.plan
        if not plan.is_finite():
            return entry.refuse(
                GuardCode.INVALID_INPUT, "the plan has values that are not finite, or times that do not increase"
            )
        if plan.t[-1] <= now or plan.t[0] > now + _PLAN_AHEAD:
            when = f"{plan.t[0] - now:.2f} s to {plan.t[-1] - now:.2f} s"
            return entry.refuse(GuardCode.INVALID_INPUT, f"the plan is for {when} from now, so not for now")
        self.follower.add(plan)
        return entry.accept(now)
