"""Goals without coroutines: server and client in one process, driven by the events executor as in the nodes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from action_msgs.msg import GoalStatus
from nav2_msgs.action import FollowPath
from rclpy.action import ActionClient
from rclpy.node import Node

from astro_nav_ros.actions import GoalServer
from astro_nav_ros.diagnostics import Health
from astro_nav_ros.goal_client import GoalClient, Outcome
from astro_nav_ros.lasting import destroy_all
from astro_nav_ros.runtime import make_executor

from .spinning import spin_until


class Bench:
    """A server that does nothing by itself, a polled client, and a plain rclpy one."""

    def __init__(self, context: Any) -> None:
        self.server_node, self.client_node = Node("server", context=context), Node("client", context=context)
        self.server_node.health = Health("server")  # as nodes of the project have it
        self.executor = make_executor(context)
        self.executor.add_node(self.server_node)
        self.executor.add_node(self.client_node)
        self.begun: list[Any] = []
        self.server = GoalServer(self.server_node, FollowPath, "follow_path", self.begun.append)
        self.client = GoalClient(self.client_node, FollowPath, "follow_path")
        self.plain = ActionClient(self.client_node, FollowPath, "follow_path")
        self.until(lambda: self.client.is_ready() and self.plain.server_is_ready())

    def until(self, done: Callable[[], Any]) -> None:
        spin_until(self.executor, done)

    def destroy(self) -> None:
        destroy_all(self.server_node)
        destroy_all(self.client_node)
        self.server_node.destroy_node()
        self.client_node.destroy_node()
        self.executor.shutdown()


@pytest.fixture
def bench(ros_context: Any) -> Iterator[Bench]:
    bench = Bench(ros_context)
    yield bench
    bench.destroy()


def goal(name: str = "") -> FollowPath.Goal:
    return FollowPath.Goal(controller_id=name)


def test_a_goal_runs_until_the_server_says_so(bench: Bench) -> None:
    bench.client.send(goal("a"), 0.0)
    bench.until(lambda: bench.begun)
    assert bench.begun[0].status == GoalStatus.STATUS_EXECUTING
    assert bench.begun[0].request.controller_id == "a"
    bench.begun[0].publish_feedback(FollowPath.Feedback(distance_to_goal=1.5))
    bench.until(lambda: bench.client.feedback)
    assert bench.client.feedback.distance_to_goal == 1.5
    assert bench.client.active
    bench.server.succeed(bench.begun[0])
    bench.until(lambda: bench.client.outcome)
    assert bench.client.outcome == Outcome(True, 0, "")
    assert bench.server.current is None


def test_who_would_not_look_again_is_called_with_the_result_of_the_newest_goal(bench: Bench) -> None:
    heard: list[Outcome | None] = []
    client = GoalClient(bench.client_node, FollowPath, "follow_path", on_result=lambda: heard.append(client.outcome))
    bench.until(client.is_ready)
    client.send(goal("a"), 0.0)
    bench.until(lambda: bench.begun)
    client.send(goal("b"), 0.0)
    bench.until(lambda: len(bench.begun) == 2)
    assert heard == []
    bench.server.succeed(bench.begun[1])
    bench.until(lambda: heard)
    assert heard == [Outcome(True, 0, "")]


def test_an_aborted_goal_tells_code_and_message(bench: Bench) -> None:
    bench.client.send(goal(), 0.0)
    bench.until(lambda: bench.begun)
    bench.server.abort(bench.begun[0], 105, "no progress")
    bench.until(lambda: bench.client.outcome)
    assert bench.client.outcome == Outcome(False, 105, "no progress")


def test_a_goal_may_be_aborted_while_it_begins(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.server, "_begin", lambda begun: bench.server.abort(begun, 103, "no poses"))
    bench.client.send(goal(), 0.0)
    bench.until(lambda: bench.client.outcome)
    assert bench.client.outcome == Outcome(False, 103, "no poses")


def test_a_defect_in_beginning_a_goal_reaches_the_node(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    defects: list[Exception] = []
    monkeypatch.setattr(bench.server_node, "fail", defects.append, raising=False)
    monkeypatch.setattr(bench.server, "_begin", lambda begun: 1 // 0)
    bench.client.send(goal(), 0.0)
    bench.until(lambda: defects)
    assert isinstance(defects[0], ZeroDivisionError)


def test_a_newer_goal_ends_the_old_one_aborted(bench: Bench) -> None:
    first = bench.plain.send_goal_async(goal("a"))
    bench.until(lambda: bench.begun and first.done())
    ended = first.result().get_result_async()
    bench.plain.send_goal_async(goal("b"))
    bench.until(lambda: len(bench.begun) == 2 and ended.done())
    assert ended.result().status == GoalStatus.STATUS_ABORTED
    assert "newer goal" in ended.result().result.error_msg
    assert bench.server.current.request.controller_id == "b"


def test_the_client_ignores_the_end_of_a_goal_it_replaced(bench: Bench) -> None:
    bench.client.send(goal("a"), 0.0)
    bench.until(lambda: bench.begun)
    bench.client.send(goal("b"), 0.0)
    bench.until(lambda: len(bench.begun) == 2)
    for _ in range(10):
        bench.executor.spin_once(0.02)
    assert bench.client.active and bench.client.outcome is None


def test_a_cancelled_goal_ends_cancelled(bench: Bench) -> None:
    sent = bench.plain.send_goal_async(goal())
    bench.until(lambda: bench.begun and sent.done())
    ended = sent.result().get_result_async()
    sent.result().cancel_goal_async()
    bench.until(lambda: bench.begun[0].is_cancel_requested)
    bench.server.cancel(bench.begun[0])
    bench.until(ended.done)
    assert ended.result().status == GoalStatus.STATUS_CANCELED


def test_a_goal_that_fails_when_its_cancel_was_requested_ends_cancelled(bench: Bench) -> None:
    sent = bench.plain.send_goal_async(goal())
    bench.until(lambda: bench.begun and sent.done())
    ended = sent.result().get_result_async()
    sent.result().cancel_goal_async()
    bench.until(lambda: bench.begun[0].is_cancel_requested)
    bench.server.abort(bench.begun[0], 105, "no progress")
    bench.until(ended.done)
    assert ended.result().status == GoalStatus.STATUS_CANCELED
    assert (ended.result().result.error_code, ended.result().result.error_msg) == (105, "no progress")


def test_a_goal_that_is_replaced_when_its_cancel_was_requested_ends_aborted(bench: Bench) -> None:
    sent = bench.plain.send_goal_async(goal("a"))
    bench.until(lambda: bench.begun and sent.done())
    ended = sent.result().get_result_async()
    sent.result().cancel_goal_async()
    bench.until(lambda: bench.begun[0].is_cancel_requested)
    bench.plain.send_goal_async(goal("b"))
    bench.until(lambda: len(bench.begun) == 2 and ended.done())
    assert ended.result().status == GoalStatus.STATUS_ABORTED
    assert bench.server.current.request.controller_id == "b"


@pytest.mark.parametrize("accepted_first", [True, False])
def test_the_client_cancels(bench: Bench, accepted_first: bool) -> None:
    bench.client.send(goal(), 0.0)
    if accepted_first:
        bench.until(lambda: bench.begun and bench.client._handle)
    bench.client.cancel()
    assert not bench.client.active
    bench.until(lambda: bench.begun and bench.begun[0].is_cancel_requested)


def test_a_goal_without_an_answer_is_sent_again(bench: Bench) -> None:
    bench.client.send(goal("a"), 10.0)
    bench.client.insist(11.0)
    bench.client.insist(12.5)  # the answer is on its way, but nothing has been spun yet
    bench.until(lambda: len(bench.begun) == 2)
    bench.until(lambda: bench.client._handle)
    bench.client.insist(100.0)
    for _ in range(10):
        bench.executor.spin_once(0.02)
    assert len(bench.begun) == 2
    assert bench.client.active
    bench.server.succeed(bench.begun[1])
    bench.until(lambda: bench.client.outcome)
    assert bench.client.outcome == Outcome(True, 0, "")


def test_a_goal_waits_for_its_server_but_not_forever(bench: Bench) -> None:
    client = GoalClient(bench.client_node, FollowPath, "follow_nothing")
    client.send(goal(), 10.0)
    client.insist(12.5)
    assert client.active and client.outcome is None
    client.insist(15.5)
    assert client.outcome is not None
    assert "follow_nothing" in client.outcome.message
    assert not client.active


def test_a_goal_is_sent_when_its_server_appears(bench: Bench) -> None:
    client = GoalClient(bench.client_node, FollowPath, "late")
    client.send(goal(), 10.0)
    begun: list[Any] = []
    server = GoalServer(bench.server_node, FollowPath, "late", begun.append)
    bench.until(client.is_ready)
    client.insist(11.0)
    bench.until(lambda: begun)
    server.succeed(begun[0])
    bench.until(lambda: client.outcome)
    assert client.outcome == Outcome(True, 0, "")


def test_closing_the_server_ends_its_goal_and_rejects_others_until_it_is_opened_again(bench: Bench) -> None:
    # one goal to its end first: then both sides have discovered the other's end of the result service
    sent = bench.plain.send_goal_async(goal())
    bench.until(lambda: bench.begun and sent.done())
    ended = sent.result().get_result_async()
    bench.server.succeed(bench.begun[0])
    bench.until(ended.done)
    sent = bench.plain.send_goal_async(goal())
    bench.until(lambda: len(bench.begun) == 2 and sent.done())
    ended = sent.result().get_result_async()
    for _ in range(10):
        bench.executor.spin_once(0.02)
    bench.server.close()
    bench.until(ended.done)
    assert ended.result().status == GoalStatus.STATUS_ABORTED
    sent = bench.plain.send_goal_async(goal())
    bench.until(sent.done)
    assert not sent.result().accepted
    GoalServer(bench.server_node, FollowPath, "follow_path", bench.begun.append)
    sent = bench.plain.send_goal_async(goal())
    bench.until(lambda: len(bench.begun) == 3 and sent.done())
    assert sent.result().accepted


def test_an_idle_goal_costs_nothing(bench: Bench) -> None:
    """While a goal is under way nothing polls: awaiting in an execute callback would keep this executor busy."""
    bench.client.send(goal(), 0.0)
    bench.until(lambda: bench.begun)
    for _ in range(20):
        bench.executor.spin_once(0.01)
    gc.collect()  # not in between
    before = time.process_time()
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        bench.executor.spin_once(0.1)
    assert time.process_time() - before < 0.2


def test_a_server_that_goes_silent_gets_the_goal_again(bench: Bench) -> None:
    """It may have been killed, and another one started in its place; the graph of nodes shows neither for 20 s."""
    client = GoalClient(bench.client_node, FollowPath, "follow_path", lively=True)
    client.send(goal(), 10.0)
    bench.until(lambda: bench.begun)
    for _ in range(10):
        bench.executor.spin_once(0.02)
    bench.begun[0].publish_feedback(FollowPath.Feedback(speed=0.5))
    bench.until(lambda: client.feedback is not None)
    client.insist(11.4)
    client.insist(12.8)
    for _ in range(10):
        bench.executor.spin_once(0.02)
    assert len(bench.begun) == 1
    client.insist(13.0)
    bench.until(lambda: len(bench.begun) == 2)
    assert client.active and client.outcome is None


def most_goals(began: float) -> float:
    """That may have been accepted since: the first 20 and 10 a second, however slow this machine is."""
    return 21.0 + 10.0 * (time.monotonic() - began)


def test_of_a_flood_of_goals_most_are_rejected(bench: Bench) -> None:
    accepted, began = 0, time.monotonic()
    for _ in range(60):
        sent = bench.plain.send_goal_async(goal())
        bench.until(sent.done)
        accepted += sent.result().accepted
    assert 20 <= accepted <= most_goals(began)
    assert len(bench.begun) == accepted


def test_requests_are_not_counted_while_each_answer_is_waited_for(bench: Bench) -> None:
    server: GoalServer = GoalServer(
        bench.server_node, FollowPath, "ask", lambda begun: slow or server.succeed(begun), answers=True
    )
    client, slow = ActionClient(bench.client_node, FollowPath, "ask"), False
    bench.until(client.server_is_ready)

    def accepted() -> int:
        count = 0
        for _ in range(60):
            sent = client.send_goal_async(goal())
            bench.until(sent.done)
            count += sent.result().accepted
        return count

    assert accepted() == 60
    slow, began = True, time.monotonic()
    assert accepted() <= most_goals(began)
    client.destroy()
