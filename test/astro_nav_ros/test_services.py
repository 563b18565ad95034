"""Services that answer when they can."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_srvs.srv import Trigger

from astro_nav_ros.runtime import make_executor
from astro_nav_ros.services import WAITING_MAX, serve_later

from .spinning import spin_until


@pytest.mark.parametrize("make", [make_executor, lambda context: SingleThreadedExecutor(context=context)])
def test_answers_may_come_late_and_in_another_order(ros_context: Any, make: Callable[[Any], Any]) -> None:
    node, other = Node("server", context=ros_context), Node("client", context=ros_context)
    executor = make(ros_context)
    executor.add_node(node)
    executor.add_node(other)
    waiting: list[Callable[[Any], None]] = []
    serve_later(node, Trigger, "late", lambda _request, answer: waiting.append(answer))
    client = other.create_client(Trigger, "late")

    until = partial(spin_until, executor)

    until(client.service_is_ready)
    asked = [client.call_async(Trigger.Request()) for _ in range(2)]
    until(lambda: len(waiting) == 2)
    for _ in range(5):
        executor.spin_once(0.01)
    assert not any(future.done() for future in asked)
    waiting[1](Trigger.Response(message="second"))
    waiting[0](Trigger.Response(message="first"))
    until(lambda: all(future.done() for future in asked))
    assert [future.result().message for future in asked] == ["first", "second"]
    asked.append(client.call_async(Trigger.Request()))
    until(lambda: len(waiting) == 3)
    node.destroy_node()
    waiting[2](Trigger.Response())  # nobody can be told any more, and that is no error
    other.destroy_node()
    executor.shutdown()


def test_of_a_flood_of_requests_some_wait_and_others_are_answered_in_vain(ros_context: Any) -> None:
    node, other = Node("server", context=ros_context), Node("client", context=ros_context)
    executor = make_executor(ros_context)
    executor.add_node(node)
    executor.add_node(other)
    waiting: list[Callable[[Any], None]] = []
    serve_later(node, Trigger, "flooded", lambda _request, answer: waiting.append(answer))
    client = other.create_client(Trigger, "flooded")

    until = partial(spin_until, executor)

    until(client.service_is_ready)
    for count in range(1, WAITING_MAX + 1):
        client.call_async(Trigger.Request())
        until(lambda count=count: len(waiting) == count)
    refused = client.call_async(Trigger.Request())
    until(refused.done)
    assert not refused.result().success
    assert len(waiting) == WAITING_MAX
    waiting.pop(0)(Trigger.Response(success=True))
    client.call_async(Trigger.Request())
    until(lambda: len(waiting) == WAITING_MAX)
    node.destroy_node()
    other.destroy_node()
    executor.shutdown()
