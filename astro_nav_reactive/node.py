"""The node `reactive_guard`: the only one that writes cmd_vel, at 50 Hz and right after every scan."""

from __future__ import annotations

import sys
import time

from astro_nav_msgs.msg import GuardState, TrackedObstacleArray, Trajectory as TrajectoryMessage
from geometry_msgs.msg import Twist, TwistStamped
from nav2_msgs.msg import CollisionMonitorState
from std_msgs.msg import Float64

from astro_nav_common.errors import AstroNavError, InputError
from astro_nav_common.latency import ActuationEstimator
from astro_nav_common.rate_limit import RateLimit
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Command, GuardReport, Pose, Scan, State
from astro_nav_reactive.guard import Guard
from astro_nav_reactive.params import GuardParams
from astro_nav_reactive.watch import GuardCode
from astro_nav_ros import qos
from astro_nav_ros.bounded import MEDIUM, subscribe
from astro_nav_ros.clock_watch import ClockWatch
from astro_nav_ros.conversions import seconds, stamp
from astro_nav_ros.node_params import GuardNodeParams
from astro_nav_ros.own_messages import guard_state_message, obstacles_of, trajectory_of
from astro_nav_ros.priority import use_realtime
from astro_nav_ros.rivals import Rivals
from astro_nav_ros.runtime import ManagedNode, run
from astro_nav_ros.sensing import Sensing
from astro_nav_ros.transforms import TransformError

#: guard/state goes out with every so many ticks of the timer, and at once when the code changes (a message costs 0.2 ms to publish)
STATE_EVERY = 5
#: the screen is told anew when the angle has changed by this, rad, and with every so many commands
SCREEN_STEP, SCREEN_EVERY = 0.002, 10
#: plans a second that are looked at, and at once
PLAN_RATE, PLAN_BURST = 100.0, 10.0
#: s that braking may take when the node is deactivated
BRAKING_TIME = 3.0
#: s between looks at the delay of the base
LEARN_PERIOD = 1.0
#: codes with which the robot is brought to a stop
STOPS = frozenset(GuardCode) - {GuardCode.OK, GuardCode.SLOWING, GuardCode.IDLE}


class ReactiveGuardNode(ManagedNode):
    """Feeds the guard, ticks it, publishes what it decides."""

    def __init__(self) -> None:
        """Declare the parameters."""
        super().__init__("reactive_guard", fixed=(GuardNodeParams,), tunable=(GuardParams,))
        self.stand_in_for("velocity_smoother", "collision_monitor")
        #: the time, s, as if the simulated clock had not stopped; None while it runs
        self._beyond: float | None = None

    def setup(self) -> None:
        """Warm up the guard; create the publishers."""
        self._params = params = self.parameters.get(GuardNodeParams)
        self._robot = load_robot(params.robot)
        Guard(self.parameters.get(GuardParams), self._robot).warm_up()
        ActuationEstimator(self._robot.actuation_delay, self._robot.actuation_time_constant).warm_up()
        self._stamped, self._twist, self._screen_message = TwistStamped(), Twist(), Float64()
        self._stamped.header.frame_id = params.robot_base_frame
        self._kind = TwistStamped if params.enable_stamped_cmd_vel else Twist
        self._cmd_vel = self.create_publisher(self._kind, "cmd_vel", qos.NEWEST)
        self._screen = self.create_publisher(Float64, "screen/command", qos.NEWEST) if self._robot.screen else None
        self._monitor = self.create_publisher(CollisionMonitorState, "collision_monitor_state", qos.DEFAULT)
        refused = use_realtime(params.realtime_priority)
        if refused:
            self.get_logger().info(refused)

    def start(self) -> None:
        """Build the guard, listen, and tick."""
        self._actuation = ActuationEstimator(self._robot.actuation_delay, self._robot.actuation_time_constant)
        self._guard = Guard(self.parameters.get(GuardParams), self._robot)
        self._guard.expect(self._params.observation_sources)
        self.parameters.on_change(self._parameters_changed)
        self.health.extra(lambda: {"actuation_delay_ms": 1e3 * self._actuation.delay})
        self._told, self._ticks, self._commands = -1, 0, 0
        # only while active: it is the sign by which the navigator knows that somebody moves the wheels
        self._state = self.create_publisher(GuardState, "guard/state", qos.NEWEST)
        Sensing(
            self,
            self._params,
            bool(self._robot.screen),
            self._take_scan,
            self._take_odometry,
            self._take_screen,
            self._refuse,
        )
        subscribe(
            self, TrajectoryMessage, "trajectory", self._take_trajectory, qos.NEWEST, MEDIUM,
            lambda error: self._refuse("plan", error), RateLimit(PLAN_RATE, PLAN_BURST),
        )  # fmt: skip
        subscribe(self, TrackedObstacleArray, "obstacles", self._take_obstacles, qos.NEWEST, MEDIUM)
        period = 1.0 / self.parameters.get(GuardParams).rate_hz
        self._timer = self.create_timer(period, self._tick_on_time)
        self._rivals = Rivals(self, self._kind, self._overrule)
        self._clock_watch = ClockWatch(self, period, self._stand_still, self._go_on)
        self.create_timer(LEARN_PERIOD, self._learn_delay)

    def _parameters_changed(self) -> None:
        params = self.parameters.get(GuardParams)
        self._guard.reconfigure(params)
        self._timer.timer_period_ns = round(1e9 / params.rate_hz)
        self._clock_watch.retime(1.0 / params.rate_hz)

    def stop(self) -> None:
        """Brake, if need be; no callbacks come meanwhile, so on what is known. The last word is always: stand still."""
        self._rivals.stop()
        self._guard.hold("end", "the node is deactivated")
        period, now = 1.0 / self.parameters.get(GuardParams).rate_hz, self.now()
        for _ in range(round(BRAKING_TIME / period)):
            command = self._guard.tick(now).command
            if command.v == 0.0 and command.w == 0.0:
                break
            self._send(command)
            time.sleep(period)
            now += period
        self._send(Command())

    def now(self) -> float:
        """As for every node, but it goes on where a simulated clock stands: how long it stands is what must be known here."""
        return super().now() if self._beyond is None else self._beyond

    def _stand_still(self, beyond: float) -> None:
        """A tick while the clock stands."""
        self._beyond = beyond
        self._guard.hold("clock", "the clock stands still")
        self._tick_on_time()

    def _go_on(self) -> None:
        """The clock runs again."""
        self._beyond = None
        self._guard.hold("clock", None)

    def _overrule(self) -> None:
        """Another node has just told the base to move: it shall not obey for longer than it takes to say no."""
        self._send(self._tick(self.now()).command)

    def _learn_delay(self) -> None:
        self._actuation.update()
        self._guard.set_latency(self._actuation.delay)

    def _take_scan(self, scan: Scan) -> None:
        # counted from here: the events executor has no callbacks with message info, which would tell when it came in
        began, now = time.perf_counter(), self.now()
        self._guard.add_scan(scan, now)
        self._send(self._tick(now).command)
        self.health.sample("scan_to_cmd_ms", 1e3 * (time.perf_counter() - began))

    def _take_odometry(self, state: State) -> None:
        self._guard.add_odometry(state, self.now())
        self._actuation.add_motion(state)

    def _take_screen(self, screen_yaw: float) -> None:
        self._guard.add_screen(screen_yaw, self.now())

    def _refuse(self, what: str, error: AstroNavError) -> None:
        code = GuardCode.NO_TRANSFORM if isinstance(error, TransformError) else GuardCode.INVALID_INPUT
        self._guard.refuse(what, code, f"{what}: {error}")

    def _take_trajectory(self, message: TrajectoryMessage) -> None:
        try:
            if message.header.frame_id != self._params.odom_frame:
                raise InputError(
                    f"the plan is in frame '{message.header.frame_id}', not in '{self._params.odom_frame}'"
                )
            self._guard.add_plan(trajectory_of(message), self.now())
        except InputError as error:
            self._refuse("plan", error)
            self.get_logger().warning(f"trajectory dropped: {error}", throttle_duration_sec=5.0)

    def _take_obstacles(self, message: TrackedObstacleArray) -> None:
        try:
            if message.header.frame_id != self._params.odom_frame:
                raise InputError(
                    f"obstacles are in frame '{message.header.frame_id}', not in '{self._params.odom_frame}'"
                )
            self._guard.add_obstacles(obstacles_of(message, Pose(0.0, 0.0, 0.0)), seconds(message.header.stamp))
        except InputError as error:  # what the guard sees by itself is enough to be safe
            self.get_logger().warning(f"obstacles dropped: {error}", throttle_duration_sec=5.0)

    def _tick_on_time(self) -> None:
        self._guard.hold("rival", self._rivals.describe())
        report = self._tick(self.now())
        self._send(report.command)
        self.health.count("ticks_count")
        self._ticks += 1
        if report.code != self._told or self._ticks % STATE_EVERY == 0:
            self._state.publish(guard_state_message(report, self._params.robot_base_frame))
        if report.code != self._told:
            self._told = report.code
            self._tell(report)

    def _tell(self, report: GuardReport) -> None:
        """What is told only when the code changes."""
        stops = report.code in STOPS
        self.health.count("stops", int(report.code == GuardCode.STOPPED_OBSTACLE))
        (self.health.tell_warning if stops else self.health.tell_ok)(report.reason or "active")
        slowing = report.code == GuardCode.SLOWING
        action = (
            CollisionMonitorState.STOP
            if stops
            else CollisionMonitorState.APPROACH
            if slowing
            else CollisionMonitorState.DO_NOTHING
        )
        self._monitor.publish(CollisionMonitorState(action_type=action, polygon_name=report.reason))

    def _tick(self, now: float) -> GuardReport:
        began = time.perf_counter()
        report = self._guard.tick(now)
        self.health.sample("tick_ms", 1e3 * (time.perf_counter() - began))
        return report

    def _send(self, command: Command) -> None:
        self._actuation.add_command(self.now(), command)
        self._rivals.sent(float(command.v), float(command.w))
        # the screen first: the base takes both when cmd_vel arrives
        self._commands += 1
        turned = abs(command.screen_yaw - self._screen_message.data) > SCREEN_STEP
        if self._screen is not None and (turned or self._commands % SCREEN_EVERY == 0):
            self._screen_message.data = float(command.screen_yaw)
            self._screen.publish(self._screen_message)
        self._twist.linear.x, self._twist.angular.z = float(command.v), float(command.w)
        if self._params.enable_stamped_cmd_vel:
            self._stamped.twist, self._stamped.header.stamp = self._twist, stamp(self.now())
            self._cmd_vel.publish(self._stamped)
        else:
            self._cmd_vel.publish(self._twist)


def main() -> int:
    """Entry point."""
    return run(ReactiveGuardNode, "reactive_guard")


if __name__ == "__main__":
    sys.exit(main())
