"""Jobs in a thread, outcomes in the executor."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from rclpy.node import Node

from astro_nav_ros.runtime import make_executor
from astro_nav_ros.worker import Worker


class Failing(Node):
    """A node that can be told of a defect."""

    def fail(self, defect: Exception) -> None:
        self.defect = defect


@pytest.fixture
def running(ros_context: Any) -> Iterator[tuple[Any, Worker]]:
    node, executor = Failing("worker", context=ros_context), make_executor(ros_context)
    executor.add_node(node)
    worker = Worker(node, "job")
    yield executor, worker
    worker.stop()
    node.destroy_node()
    executor.shutdown()


def test_outcomes_arrive_in_order_in_the_executors_thread(running: tuple[Any, Worker]) -> None:
    executor, worker = running
    heard: list[tuple[int, int]] = []
    for i in range(3):
        worker.submit(lambda i=i: i, lambda done: heard.append((done.result(), threading.get_ident())))
    end = time.monotonic() + 60.0
    while len(heard) < 3 and time.monotonic() < end:
        executor.spin_once(0.1)
    assert heard == [(i, threading.get_ident()) for i in range(3)]


def test_the_end_of_a_job_wakes_the_executor(running: tuple[Any, Worker]) -> None:
    executor, worker = running
    heard: list[float] = []
    worker.submit(lambda: time.sleep(0.2), lambda done: heard.append(time.monotonic()))
    began = time.monotonic()
    while not heard and time.monotonic() < began + 60.0:
        executor.spin_once(30.0)
    assert heard and heard[0] - began < 10.0


def test_an_error_is_handed_back(running: tuple[Any, Worker]) -> None:
    executor, worker = running
    heard: list[BaseException | None] = []
    worker.submit(lambda: 1 // 0, lambda done: heard.append(done.exception()))
    end = time.monotonic() + 60.0
    while not heard and time.monotonic() < end:
        executor.spin_once(0.1)
    assert isinstance(heard[0], ZeroDivisionError)


def test_a_defect_in_what_follows_a_job_reaches_the_node(running: tuple[Any, Worker]) -> None:
    """An exception that leaves a task of the events executor is a segmentation fault (rclpy 7.1.5)."""
    executor, worker = running
    worker.submit(lambda: 0, lambda done: 1 // done.result())
    (node,) = executor.get_nodes()
    end = time.monotonic() + 60.0
    while not hasattr(node, "defect") and time.monotonic() < end:
        executor.spin_once(0.1)
    assert isinstance(node.defect, ZeroDivisionError)


def test_nothing_is_handed_back_after_the_stop(running: tuple[Any, Worker]) -> None:
    executor, worker = running
    heard: list[object] = []
    worker.submit(lambda: time.sleep(0.1), heard.append)
    worker.submit(lambda: None, heard.append)
    worker.stop()
    worker.submit(lambda: heard.append("run"), heard.append)  # by a message that was waiting
    for _ in range(5):
        executor.spin_once(0.02)
    assert not heard
