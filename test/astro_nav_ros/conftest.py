"""A ROS context for tests that need nodes but no other process."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def ros_domain() -> int:
    """A domain of this test run's own, so that nothing else on the machine is heard."""
    domain = random.Random(os.getpid()).randint(10, 100)
    os.environ["ROS_DOMAIN_ID"] = str(domain)
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    return domain


@pytest.fixture(scope="session")
def ros_context(ros_domain: int) -> Iterator[Any]:
    """An initialised rclpy context."""
    rclpy = pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=ros_domain)
    yield context
    rclpy.try_shutdown(context=context)
