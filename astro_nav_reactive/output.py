"""The command that goes out: wheel speeds within limits of acceleration and jerk against the last one sent, and the screen."""

from __future__ import annotations

from astro_nav_common.diff_drive import to_body, to_wheels
from astro_nav_common.robot import RobotParams
from astro_nav_common.types import Command
from astro_nav_reactive.limiter import approach, brake
from astro_nav_reactive.tracking import Law, limited


class Output:
    """What was sent last, and what may be sent next."""

    def __init__(self, robot: RobotParams, law: Law) -> None:
        self._robot, self._law = robot, law
        self.command = Command()
        self.left = self.right = 0.0  # m/s
        self._left_rate = self._right_rate = 0.0  # m/s^2
        self.rim_rate = 0.0

    @property
    def rim(self) -> float:
        """Speed of the faster wheel's rim, m/s."""
        return max(abs(self.left), abs(self.right))

    def along(self, v: float, w: float) -> tuple[float, float]:
        """How fast the robot was sent on the way of a twist, as a share of it, and how that changed, 1/s."""
        left, right = to_wheels(v, w, self._robot.track)
        if abs(left) >= abs(right):
            return self.left / left, self._left_rate / left
        return self.right / right, self._right_rate / right

    def send(self, v: float, w: float, a: float, alpha: float, screen_yaw: float, dt: float, braking: bool) -> Command:
        """The command nearest to (v, w) that may follow the last one after dt.

        Args:
            v, w: wanted, m/s and rad/s.
            a, alpha: how they change.
            screen_yaw: wanted pan angle, rad.
            dt: s since the last command.
            braking: full braking is needed: deceleration up to `brake_accel`, and no limit of jerk.
        """
        robot = self._robot
        left, right = to_wheels(v, w, robot.track)
        if braking:
            left = brake(self.left, left, dt, robot.brake_accel)
            right = brake(self.right, right, dt, robot.brake_accel)
        else:
            left_rate, right_rate = to_wheels(a, alpha, robot.track)
            limits = dt, robot.wheel_accel_max, robot.wheel_jerk_max
            left = approach(self.left, self._left_rate, left, left_rate, *limits)
            right = approach(self.right, self._right_rate, right, right_rate, *limits)
        v, w = limited(*to_body(left, right, robot.track), self._law)
        left, right = to_wheels(v, w, robot.track)
        before = self.rim
        self._left_rate, self._right_rate = (left - self.left) / dt, (right - self.right) / dt
        self.left, self.right = left, right
        self.rim_rate = (self.rim - before) / dt
        turn = min(max(screen_yaw - self.command.screen_yaw, -robot.pan_rate_max * dt), robot.pan_rate_max * dt)
        screen_yaw = min(max(self.command.screen_yaw + turn, -robot.pan_limit), robot.pan_limit)
        self.command = Command(v + 0.0, w + 0.0, screen_yaw)  # + 0.0: no negative zeros
        return self.command
