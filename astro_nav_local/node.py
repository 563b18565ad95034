"""The node `local_planner`: ten times a second from what the robot senses to the motion it should make."""

from __future__ import annotations

import math
import sys
import time

import numpy as np
from astro_nav_msgs.msg import TrackedObstacleArray, Trajectory as TrajectoryMessage
from geometry_msgs.msg import PolygonStamped
from nav2_msgs.msg import SpeedLimit
from nav_msgs.msg import OccupancyGrid, Path
from visualization_msgs.msg import MarkerArray

from astro_nav_common.errors import AstroNavError, InputError
from astro_nav_common.footprint import Footprint
from astro_nav_common.latency import ActuationEstimator
from astro_nav_common.robot import load_robot
from astro_nav_common.types import Command, Obstacle, Scan, State
from astro_nav_local.candidate_markers import candidate_markers
from astro_nav_local.local_plan import LocalPlan
from astro_nav_local.params import LocalParams
from astro_nav_local.planner import LocalPlanner
from astro_nav_local.servers.behaviours import BehaviourServers
from astro_nav_local.servers.costmap import LocalCostmap
from astro_nav_local.servers.follow_path import FollowPathServer
from astro_nav_local.servers.jobs import Jobs
from astro_nav_local.servers.keepout import KeepoutServer
from astro_nav_ros import qos
from astro_nav_ros.bounded import MEDIUM, subscribe
from astro_nav_ros.conversions import grid_message, path_message, polygon_message
from astro_nav_ros.diagnostics import Samples
from astro_nav_ros.node_params import LocalNodeParams
from astro_nav_ros.own_messages import obstacles_message, obstacles_of, trajectory_message
from astro_nav_ros.priority import use_realtime
from astro_nav_ros.runtime import ManagedNode, run
from astro_nav_ros.sensing import Sensing
from astro_nav_ros.sent_commands import SentCommands
from astro_nav_ros.transforms import Transforms

#: cycles over which the time from the start of a cycle to its publication is taken, and the least it is taken for, s
RECENT_CYCLES, CYCLE_TIME_MIN = 100, 0.005
#: s for which the newest `people` count
PEOPLE_TIMEOUT = 1.0
#: s between looks at the delays
LEARN_PERIOD = 1.0


class LocalPlannerNode(ManagedNode):
    """Feeds the planner, runs its cycle on the node's clock, publishes the plan; what it is to do comes to its servers."""

    def __init__(self) -> None:
        """Declare the parameters."""
        super().__init__("local_planner", fixed=(LocalNodeParams,), tunable=(LocalParams,))
        self.stand_in_for("controller_server", "behavior_server")

    def setup(self) -> None:
        """Warm up the planner; create the publishers."""
        self._params = params = self.parameters.get(LocalNodeParams)
        self._robot = load_robot(params.robot)
        self._footprint = Footprint.of(self._robot)
        self._make_planner().warm_up()
        ActuationEstimator(self._robot.actuation_delay, self._robot.actuation_time_constant).warm_up()
        create = self.create_publisher
        self._trajectory = create(TrajectoryMessage, "trajectory", qos.NEWEST)
        self._local_plan = create(Path, "local_plan", qos.NEWEST)
        self._markers = create(MarkerArray, "trajectories", qos.NEWEST)
        self._costmap = create(OccupancyGrid, "local_costmap/costmap", qos.LATCHED)
        self._obstacles = create(TrackedObstacleArray, "obstacles", qos.NEWEST)
        self._outline = create(PolygonStamped, "local_costmap/published_footprint", qos.NEWEST)
        refused = use_realtime(self._params.realtime_priority)
        if refused:
            self.get_logger().info(refused)

    def start(self) -> None:
        """Build the planner, listen, and start the cycle."""
        params = self._params
        self._planner = self._make_planner()
        self.parameters.on_change(self._parameters_changed)
        self._cycle_index = 0
        self._last_cycle, self._people_heard = -math.inf, -math.inf
        self._people: list[Obstacle] = []
        self._actuation = ActuationEstimator(self._robot.actuation_delay, self._robot.actuation_time_constant)
        self._publication = Samples(RECENT_CYCLES)
        self.health.extra(self._delays)
        self._transforms = Transforms(self)
        Sensing(self, params, bool(self._robot.screen), self._take_scan, self._take_odometry)
        SentCommands(self, params.enable_stamped_cmd_vel, self._take_command)
        self.create_subscription(SpeedLimit, "speed_limit", self._take_speed_limit, qos.DEFAULT)
        subscribe(self, TrackedObstacleArray, "people", self._take_people, qos.SENSOR, MEDIUM)
        self._jobs = Jobs(self, on_take=self._plan_at_once)
        FollowPathServer(self, self._jobs, params, self._transforms)
        BehaviourServers(self, self._jobs, params.movement_time_allowance)
        self._keepout = KeepoutServer(self, lambda: self._planner, params, self._transforms)
        LocalCostmap(self, lambda: self._planner, self._footprint.half_width, params.odom_frame, self._transforms)
        self._period = 1.0 / self.parameters.get(LocalParams).rate_hz
        self._timer = self.create_timer(self._period, self._cycle)

    def stop(self) -> None:
        """Hear of no more masks."""
        self._keepout.stop()

    def _make_planner(self) -> LocalPlanner:
        return LocalPlanner(self.parameters.get(LocalParams), self._robot, self._params.seed, clock=time.perf_counter)

    def _parameters_changed(self) -> None:
        """A planner with the new values, that knows where the robot is; its map is there again with the next scan."""
        old, self._planner = self._planner, self._make_planner()
        self._planner.odometry, self._planner.commands = old.odometry, old.commands
        self._planner.set_speed_limit(old.speed_limit)
        self._planner.actuation_delay = self._actuation.delay
        self._period = 1.0 / self.parameters.get(LocalParams).rate_hz
        self._timer.timer_period_ns = round(1e9 * self._period)

    def _take_scan(self, scan: Scan) -> None:
        self.health.sample("scan_age_ms", 1e3 * (self.now() - scan.t))
        self._planner.add_scan(scan)

    def _take_odometry(self, state: State) -> None:
        self._planner.add_odometry(state)
        self._actuation.add_motion(state)

    def _take_command(self, t: float, command: Command) -> None:
        self._planner.add_command(t, command)
        self._actuation.add_command(t, command)

    def _take_speed_limit(self, message: SpeedLimit) -> None:
        limit = message.speed_limit * (0.01 * self._robot.v_max if message.percentage else 1.0)
        if not math.isfinite(limit):
            self.get_logger().warning(
                f"speed limit {message.speed_limit} dropped: not finite", throttle_duration_sec=5.0
            )
            return
        self._planner.set_speed_limit(limit if limit > 0.0 else None)  # as in Nav2, zero lifts the limit

    def _take_people(self, message: TrackedObstacleArray) -> None:
        try:
            frame_odom = self._transforms.lookup(self._params.odom_frame, message.header.frame_id)
            self._people, self._people_heard = obstacles_of(message, frame_odom), self.now()
        except AstroNavError as error:
            self.get_logger().warning(f"people dropped: {error}", throttle_duration_sec=5.0)

    def _cycle(self) -> None:
        """One planning cycle of the timer's."""
        self._count_cycle(self.now())
        self._plan()

    def _plan_at_once(self) -> None:
        """For a job just taken, beside the timer's cycles, by which alone rate and deadlines are told."""
        if self.now() >= self._last_cycle:  # else the clock has gone back, which the next cycle sees to
            self._plan()

    def _plan(self) -> None:
        now, began = self.now(), time.perf_counter()
        self._jobs.before(now)
        self._keepout.update()
        self._guide(now)
        self._planner.set_manoeuvre(self._jobs.manoeuvre)
        if not 0.0 <= now - self._people_heard <= PEOPLE_TIMEOUT:
            self._people = []
        self._planner.set_obstacles(self._people)
        try:
            plan = self._planner.plan(now)
        except InputError as error:
            self.health.tell_warning(str(error))
            self._jobs.without_odometry(now, str(error))
            return
        planned = time.perf_counter()
        self._trajectory.publish(trajectory_message(plan.trajectory, self._params.odom_frame))
        published = time.perf_counter()
        self._publication.add(published - began)
        self.health.sample("plan_ms", 1e3 * (planned - began))
        self.health.sample("publish_ms", 1e3 * (published - planned))
        for stage, duration in plan.stages_ms.items():
            self.health.sample(f"stage.{stage}_ms", duration)
        if self._planner.odometry.newest is not None:
            self._jobs.after(now, plan.status, self._planner.odometry.newest.pose)
        self._show(now, plan)
        if self._jobs.trouble:
            self.health.tell_warning(self._jobs.trouble)
        else:
            self.health.tell_ok(plan.status.reason or "driving")
        self.health.sample("cycle_ms", 1e3 * (time.perf_counter() - began))
        if self.now() > now + self._period:
            self.health.count("deadline_misses")

    def _guide(self, now: float) -> None:
        """The planner's path is that of the job, which ends if nothing can be made of it."""
        try:
            self._planner.set_guidance(self._jobs.guidance)
        except InputError as error:
            self._jobs.refuse(now, str(error))
            self._planner.set_guidance(None)

    def _learn_delays(self) -> None:
        """The fast-forward reckons with delays as they are measured, not as they are configured."""
        self._actuation.update()
        self._planner.actuation_delay = self._actuation.delay
        if self._publication.count >= RECENT_CYCLES:
            (usual,) = self._publication.percentiles(95.0)
            self._planner.cycle_time = min(max(usual, CYCLE_TIME_MIN), self._period)

    def _delays(self) -> dict[str, object]:
        """For the diagnostics."""
        return {
            "actuation_delay_ms.p50": 1e3 * self._actuation.delay,
            "actuation_delay_ms.p95": 1e3 * self._actuation.spread,
            "cycle_time_ms": 1e3 * self._planner.cycle_time,
        }

    def _count_cycle(self, now: float) -> None:
        if now < self._last_cycle:
            self.get_logger().warning(
                f"the clock jumped back by {self._last_cycle - now:.2f} s: everything seen is forgotten"
            )
            self._planner.reset()
        elif math.isfinite(self._last_cycle):
            # a cycle that the timer left out altogether is a missed deadline as well
            self.health.count("deadline_misses", max(0, round((now - self._last_cycle) / self._period) - 1))
        self._last_cycle = now
        self._cycle_index += 1
        if self._cycle_index % max(1, round(LEARN_PERIOD / self._period)) == 0:
            self._learn_delays()
        self.health.count("cycles_count")

    def _show(self, now: float, plan: LocalPlan) -> None:
        """What is only for the eye is made only while somebody looks."""
        frame, state = self._params.odom_frame, self._planner.odometry.newest
        assert state is not None
        if self._local_plan.get_subscription_count():
            trajectory = plan.trajectory
            poses = np.column_stack((trajectory.x, trajectory.y, trajectory.yaw))[::2]
            self._local_plan.publish(path_message(poses, frame, now))
        if self._due(self._params.picture_hz) and self._markers.get_subscription_count():
            pose, screen = state.pose, state.screen_yaw
            self._markers.publish(
                candidate_markers(plan.candidates, self._jobs.guidance, self._footprint, pose, screen, frame, now)
            )
        if self._outline.get_subscription_count():
            self._outline.publish(polygon_message(self._footprint.polygons_at(state.pose)[0], frame, now))
        if self._obstacles.get_subscription_count():
            self._obstacles.publish(obstacles_message(self._people, frame, now))
        if self._due(self._params.costmap_hz):
            self._costmap.publish(grid_message(self._planner.map.grid(), frame, now))

    def _due(self, rate_hz: float) -> bool:
        """True in as many of the cycles as make that rate."""
        return self._cycle_index % max(1, round(1.0 / (self._period * rate_hz))) == 0


def main() -> int:
    """Entry point."""
    return run(LocalPlannerNode, "local_planner")


if __name__ == "__main__":
    sys.exit(main())
