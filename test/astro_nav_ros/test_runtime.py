"""The life of a managed node, as a process of its own: transitions, signals, bad input."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

rclpy = pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from lifecycle_msgs.msg import Transition  # noqa: E402
from lifecycle_msgs.srv import ChangeState, GetState  # noqa: E402
from rcl_interfaces.srv import SetParametersAtomically  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from std_msgs.msg import Float64  # noqa: E402

PROBE = Path(__file__).with_name("probe_node.py")
ROOT = Path(__file__).resolve().parents[2]

Probe = subprocess.Popen[str]
#: s
PATIENCE = 60.0


@pytest.fixture
def probe() -> Iterator[Callable[..., Probe]]:
    """Starts the probe node with ROS arguments and environment changes."""
    processes: list[Probe] = []

    def start(*arguments: str, **environment: str) -> Probe:
        command = [sys.executable, str(PROBE), *(["--ros-args", *arguments] if arguments else [])]
        variables = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            **environment,
        }
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables)
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=PATIENCE)


@pytest.fixture
def client(ros_context: Any) -> Iterator[tuple[Node, SingleThreadedExecutor]]:
    """A node to call services from, and what spins it."""
    node, executor = Node("client", context=ros_context), SingleThreadedExecutor(context=ros_context)
    executor.add_node(node)
    yield node, executor
    executor.shutdown()
    node.destroy_node()


def call(client: tuple[Node, SingleThreadedExecutor], kind: Any, name: str, request: Any) -> Any:
    node, executor = client
    service = node.create_client(kind, name)
    assert service.wait_for_service(PATIENCE), name  # a process that has just been started
    known = node.create_client(GetState, "probe/get_state")
    for _ in range(
        30
    ):  # until it answers this, which was made last: the node may not know the client yet, and then answers are lost
        future = known.call_async(GetState.Request())
        executor.spin_until_future_complete(future, 2.0)
        if future.done():
            break
    future = service.call_async(request)
    executor.spin_until_future_complete(future, PATIENCE)
    node.destroy_client(known)
    node.destroy_client(service)
    return future.result()


def said(process: Probe, what: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == what


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(probe: Callable[..., Probe], number: signal.Signals) -> None:
    process = probe()
    said(process, "setup")
    said(process, "start")
    process.send_signal(number)
    time.sleep(0.02)
    process.send_signal(number)  # a launcher and the terminal both send it
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out.split(), err) == (0, ["stop", "teardown"], "")


def test_a_signal_ends_it_while_it_is_being_configured(probe: Callable[..., Probe]) -> None:
    process = probe("-p", "setup_time:=60.0")
    said(process, "compiling")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-p", "gain:=3.0"), "ProbeParams.gain = 3.0 must be a number from 0.0 to 2.0"),
        (("-p", "gain:=lots"), "ProbeParams.gain = 'lots' must be"),
        (("-p", "gian:=1.0"), "no parameter 'gian'"),
        (("-p", "gain:=0.0"), "can be declared but not used"),
        (("--params-file", "missing.yaml"), "missing.yaml"),
    ],
)
def test_bad_input_is_one_sentence_and_status_1(
    probe: Callable[..., Probe], arguments: tuple[str, ...], sentence: str
) -> None:
    process = probe(*arguments)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert sentence in err
    assert "Traceback" not in err


def test_a_read_only_home_does_not_stop_it(probe: Callable[..., Probe]) -> None:
    process = probe(HOME="/proc/self", ROS_HOME="/proc/self/ros", ROS_LOG_DIR="")
    said(process, "setup")
    said(process, "start")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def test_a_lifecycle_manager_can_take_it_through_its_states(
    probe: Callable[..., Probe], client: tuple[Node, SingleThreadedExecutor]
) -> None:
    probe("-p", "autostart:=false")
    moves = (
        (Transition.TRANSITION_CONFIGURE, "inactive"), (Transition.TRANSITION_ACTIVATE, "active"),
        (Transition.TRANSITION_DEACTIVATE, "inactive"), (Transition.TRANSITION_CLEANUP, "unconfigured"),
        (Transition.TRANSITION_CONFIGURE, "inactive"), (Transition.TRANSITION_ACTIVATE, "active"),
    )  # fmt: skip
    heard: list[float] = []
    client[0].create_subscription(Float64, "gain", lambda message: heard.append(message.data), 10)
    for transition, state in moves:
        assert call(
            client, ChangeState, "probe/change_state", ChangeState.Request(transition=Transition(id=transition))
        ).success
        assert call(client, GetState, "probe/get_state", GetState.Request()).current_state.label == state
        client[1].spin_once(0.3)  # what was still under way
        heard.clear()
        deadline = time.monotonic() + (0.3 if state != "active" else PATIENCE)
        while time.monotonic() < deadline and not (state == "active" and heard):
            client[1].spin_once(0.05)
        assert bool(heard) == (state == "active"), state


def test_a_parameter_changes_while_it_runs(
    probe: Callable[..., Probe], client: tuple[Node, SingleThreadedExecutor]
) -> None:
    process = probe()
    said(process, "setup")
    said(process, "start")

    def set_gain(value: float) -> Any:
        request = SetParametersAtomically.Request(parameters=[Parameter("gain", value=value).to_parameter_msg()])
        return call(client, SetParametersAtomically, "probe/set_parameters_atomically", request).result

    assert not set_gain(2.5).successful
    assert set_gain(1.5).successful
    heard: list[float] = []
    client[0].create_subscription(Float64, "gain", lambda message: heard.append(message.data), 10)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not heard:
        client[1].spin_once(0.05)
    assert heard and heard[0] == 1.5
