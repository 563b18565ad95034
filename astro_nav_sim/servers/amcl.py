"""What clients of a localisation see of the simulated one: `amcl_pose`, and an answer to `initialpose`."""

from __future__ import annotations

import math

from geometry_msgs.msg import PoseWithCovarianceStamped

from astro_nav_common.types import Pose
from astro_nav_ros import qos
from astro_nav_ros.conversions import pose_message, stamp
from astro_nav_ros.runtime import ManagedNode
from astro_nav_sim.localisation import YAW_PER_METRE

#: s between poses
PERIOD = 0.5
#: indices of the variances of x, y and yaw in a covariance of six rows
VARIANCES = (0, 7, 35)


class AmclTopics:
    """Under AMCL's names. An initial pose changes nothing: the simulated robot knows where it is."""

    def __init__(self, node: ManagedNode, frame: str, std: float) -> None:
        """Args: frame: of the map. std: of x and y, m."""
        self._node, self._frame = node, frame
        self._variances = (std * std, std * std, (std * YAW_PER_METRE) ** 2)
        self._pose: tuple[Pose, float] | None = None
        self._told = -math.inf
        self._publisher = node.create_publisher(PoseWithCovarianceStamped, "amcl_pose", qos.LATCHED)
        node.create_subscription(PoseWithCovarianceStamped, "initialpose", self._take_initial, qos.DEFAULT)

    def believe(self, pose_map: Pose, t: float) -> None:
        """Where the robot is taken to be at t, s."""
        self._pose = pose_map, t
        if not 0.0 <= t - self._told < PERIOD:
            self._publish()

    def _take_initial(self, _message: PoseWithCovarianceStamped) -> None:
        self._node.get_logger().info("initialpose: the simulated robot knows where it is already")
        self._publish()

    def _publish(self) -> None:
        if self._pose is None:
            return
        pose, self._told = self._pose
        message = PoseWithCovarianceStamped()
        message.header.frame_id, message.header.stamp = self._frame, stamp(self._told)
        message.pose.pose = pose_message(pose)
        for index, variance in zip(VARIANCES, self._variances):
            message.pose.covariance[index] = variance
        self._publisher.publish(message)
