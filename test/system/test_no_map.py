"""Driving without a map and without localisation, on what is seen, in odom."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from action_msgs.msg import GoalStatus

from astro_nav_tools.live.processes import Processes

from .client import Client, pose_stamped
from .conftest import WORLD


def test_a_goal_in_odom_is_reached_without_a_map(client: Client, tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("simulator", "astro_nav_sim.node", world=WORLD, localisation=False)
        for name in ("global", "local", "reactive"):
            processes.start(name, f"astro_nav_{name}.node", use_sim_time=True)
        client.until_ready()
        start = client.pose
        answer = client.result(client.send(pose_stamped(2.8, 0.9, 0.0, frame="odom")))
        assert (answer.status, answer.result.error_msg) == (GoalStatus.STATUS_SUCCEEDED, "")
        assert math.dist(client.pose[:2], (start[0] + 2.8, start[1] + 0.9)) < 0.3  # odometry drifts
        answer = client.result(client.send(pose_stamped(4.0, 2.0, 0.0, frame="map")))
        assert (answer.status, answer.result.error_code) == (GoalStatus.STATUS_ABORTED, 202)
        processes.check()
