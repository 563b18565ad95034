"""A ROS context for tests that need nodes but no other process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def ros_context() -> Iterator[Any]:
    """An initialised rclpy context, in the domain of this test run (see the root's conftest.py)."""
    rclpy = pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
    context = rclpy.Context()
    rclpy.init(context=context)
    yield context
    rclpy.try_shutdown(context=context)
