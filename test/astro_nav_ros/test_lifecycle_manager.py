"""A manager that waits for a node which does not come into its state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import ChangeState, GetState
from nav2_msgs.srv import ManageLifecycleNodes
from rclpy.node import Node
from std_srvs.srv import Trigger

from astro_nav_ros.lifecycle_manager import Group, Member
from astro_nav_ros.runtime import make_executor
from astro_nav_ros.services import serve_later
from astro_nav_ros.worker import Worker

from .spinning import spin_until


class Bench:
    """A node that says it is unconfigured and never answers that it has changed, as while it compiles; and who waits for it."""

    def __init__(self, context: Any) -> None:
        self.node, self.managed = Node("manager", context=context), Node("managed", context=context)
        self.executor = make_executor(context)
        self.executor.add_node(self.node)
        self.executor.add_node(self.managed)
        self.asked: list[Any] = []
        state = State(id=1, label="unconfigured")
        serve_later(self.managed, GetState, "managed/get_state", lambda _, a: a(GetState.Response(current_state=state)))
        serve_later(self.managed, ChangeState, "managed/change_state", lambda request, _: self.asked.append(request))
        self.worker = Worker(self.node, "managing")  # type: ignore[arg-type]
        member = Member(self.node, self.worker, "managed")
        self.until(lambda: all(client.service_is_ready() for client in self.node.clients))
        self.ended: list[Future[Any]] = []
        self.worker.submit(lambda: member.bring("active"), self.ended.append)
        self.until(lambda: self.asked)

    def until(self, done: Callable[[], Any]) -> None:
        spin_until(self.executor, done)


@pytest.fixture
def bench(ros_context: Any) -> Iterator[Bench]:
    bench = Bench(ros_context)
    yield bench
    bench.worker.stop()
    bench.node.destroy_node()
    bench.managed.destroy_node()
    bench.executor.shutdown()


def test_it_can_be_ended(bench: Bench) -> None:
    began = time.monotonic()
    bench.worker.stop()
    assert time.monotonic() - began < 2.0


def test_it_gives_up_when_the_node_is_gone(bench: Bench) -> None:
    for service in list(bench.managed.services):
        if "managed/" in service.srv_name:
            bench.managed.destroy_service(service)
    bench.until(lambda: bench.ended)
    assert "does not say what state it is in" in str(bench.ended[0].exception())


def test_a_node_that_is_to_be_started_may_come_later(ros_context: Any) -> None:
    manager, executor = Node("early_manager", context=ros_context), make_executor(ros_context)
    late = Node("late", context=ros_context)
    executor.add_node(manager)
    executor.add_node(late)
    worker, ended = Worker(manager, "managing"), []  # type: ignore[arg-type, var-annotated]
    member = Member(manager, worker, "late")
    worker.submit(lambda: member.bring("active", lambda: True), ended.append)
    for _ in range(30):
        executor.spin_once(0.02)
    assert not ended
    active = State(id=3, label="active")
    serve_later(late, GetState, "late/get_state", lambda _, a: a(GetState.Response(current_state=active)))
    end = time.monotonic() + 60.0
    while not ended and time.monotonic() < end:
        executor.spin_once(0.02)
    assert ended and ended[0].exception() is None
    worker.stop()
    manager.destroy_node()
    late.destroy_node()
    executor.shutdown()


COMMAND = ManageLifecycleNodes.Request


def test_waiting_for_a_node_holds_up_no_other_request(ros_context: Any) -> None:
    manager, executor = Node("patient_manager", context=ros_context), make_executor(ros_context)
    executor.add_node(manager)
    group = Group(manager, "group", ("nobody_there",))  # type: ignore[arg-type]
    manage = manager.create_client(ManageLifecycleNodes, "group/manage_nodes")
    check = manager.create_client(Trigger, "group/is_active")

    until = partial(spin_until, executor)

    until(lambda: manage.service_is_ready() and check.service_is_ready())
    startup = manage.call_async(COMMAND(command=COMMAND.STARTUP))
    looked = check.call_async(Trigger.Request())
    until(looked.done)
    assert not startup.done()
    assert "nobody_there" in looked.result().message
    for command in (COMMAND.PAUSE, COMMAND.RESUME):  # ends the waiting, and none of these waits
        asked = manage.call_async(COMMAND(command=command))
        until(asked.done)
        assert startup.done()
        assert not asked.result().success
    assert not startup.result().success
    group.stop()
    manager.destroy_node()
    executor.shutdown()
