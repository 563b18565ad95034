"""The node `lifecycle_manager_navigation`: takes the stack's nodes through their states together, as rviz's panel and Nav2's clients ask.

Nodes start by themselves (`autostart`), so nothing waits for this one; it is there for those who want to pause or end the whole stack.
Commands are carried out in a thread of each group's own, one at a time, so that the answers of the nodes can be waited for; another
thread looks at states, so who asks for them does not wait for commands.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from nav2_msgs.srv import ManageLifecycleNodes
from rclpy.node import Node
from std_srvs.srv import Trigger

from astro_nav_common.errors import AstroNavError
from astro_nav_ros.node_params import LifecycleManagerNodeParams
from astro_nav_ros.runtime import ManagedNode, run
from astro_nav_ros.services import serve_later
from astro_nav_ros.worker import Worker

_COMMAND = ManageLifecycleNodes.Request
#: the state that each command asks for
WANTED = {
    _COMMAND.STARTUP: "active", _COMMAND.RESUME: "active", _COMMAND.CONFIGURE: "inactive", _COMMAND.PAUSE: "inactive",
    _COMMAND.RESET: "unconfigured", _COMMAND.CLEANUP: "unconfigured", _COMMAND.SHUTDOWN: "finalized",
}  # fmt: skip
#: what brings a node from its state nearer to the one wanted
STEPS = {
    ("unconfigured", "inactive"): Transition.TRANSITION_CONFIGURE,
    ("unconfigured", "active"): Transition.TRANSITION_CONFIGURE,
    ("unconfigured", "finalized"): Transition.TRANSITION_UNCONFIGURED_SHUTDOWN,
    ("inactive", "active"): Transition.TRANSITION_ACTIVATE,
    ("inactive", "unconfigured"): Transition.TRANSITION_CLEANUP,
    ("inactive", "finalized"): Transition.TRANSITION_INACTIVE_SHUTDOWN,
    ("active", "inactive"): Transition.TRANSITION_DEACTIVATE,
    ("active", "unconfigured"): Transition.TRANSITION_DEACTIVATE,
    ("active", "finalized"): Transition.TRANSITION_DEACTIVATE,
}
#: s for a node to say its state (asked again: an answer can be lost while nodes discover each other), and to change it (the first time it compiles)
STATE_TIME, STATE_TRIES, CHANGE_TIME = 1.0, 3, 300.0
#: s for a node that is to be started to come and to say its state, if no other command comes: it may have been launched just now, or compile
ARRIVAL_TIME = 60.0
#: that wait: each may be the one that stops the robot
COMMANDS_MAX = 100
#: s between looks whether an answer can still be waited for
LOOK_PERIOD = 0.1


class LifecycleError(AstroNavError):
    """A node is not in the state wanted and cannot be brought there."""


class LifecycleManager(ManagedNode):
    """Serves two groups, as Nav2 has them: the nodes that navigate, and those that give the map."""

    def __init__(self) -> None:
        """Declare the parameters."""
        super().__init__("lifecycle_manager_navigation", fixed=(LifecycleManagerNodeParams,))

    def start(self) -> None:
        """Serve."""
        params = self.parameters.get(LifecycleManagerNodeParams)
        self._groups = (
            Group(self, "lifecycle_manager_navigation", params.node_names),
            Group(self, "lifecycle_manager_localization", params.localization_node_names),
        )

    def stop(self) -> None:
        """Let no thread survive."""
        for group in self._groups:
            group.stop()


class Group:
    """Nodes that are started in this order and stopped in the reverse one, one after the other."""

    def __init__(self, node: ManagedNode, name: str, members: tuple[str, ...]) -> None:
        """Args: members: names of nodes."""
        self._node, self._bringer, self._looker = node, Worker(node, "managing"), Worker(node, "looking")
        self._members = [Member(node, self._bringer, member) for member in members]
        self._newest = 0  # number of the newest command
        serve_later(node, ManageLifecycleNodes, f"{name}/manage_nodes", self._manage, COMMANDS_MAX)
        serve_later(node, Trigger, f"{name}/is_active", self._check)

    def stop(self) -> None:
        """Let no thread survive."""
        self._bringer.stop()
        self._looker.stop()

    def _manage(self, request: ManageLifecycleNodes.Request, answer: Callable[[Any], None]) -> None:
        def managed(done: Future[Any]) -> None:
            for problem in done.result():
                self._node.get_logger().error(problem)
            answer(ManageLifecycleNodes.Response(success=not done.result()))

        self._newest += 1
        number = self._newest
        self._bringer.submit(lambda: self._bring(request.command, lambda: number == self._newest), managed)

    def _bring(self, command: int, is_newest: Callable[[], bool]) -> list[str]:
        """Sentences about what did not work. Nodes are stopped whatever others do; starting ends with the first that fails."""
        wanted = WANTED.get(command)
        if wanted is None:
            return [f"there is no command {command}"]
        upwards = command in (_COMMAND.STARTUP, _COMMAND.RESUME, _COMMAND.CONFIGURE)
        problems = []
        for member in self._members if upwards else reversed(self._members):
            try:
                member.bring(wanted, is_newest if command == _COMMAND.STARTUP else _never)
            except LifecycleError as error:
                problems.append(str(error))
                if upwards:
                    break
        return problems

    def _check(self, _request: Trigger.Request, answer: Callable[[Any], None]) -> None:
        def look() -> str:
            try:
                inactive = [member.name for member in self._members if member.state() != "active"]
            except LifecycleError as error:
                return str(error)
            return f"not active: {', '.join(inactive)}" if inactive else ""

        def looked(done: Future[Any]) -> None:
            answer(Trigger.Response(success=not done.result(), message=done.result() or "all nodes are active"))

        self._looker.submit(look, looked)


def _never() -> bool:
    return False


class Member:
    """One node; its methods wait, and are for workers' threads."""

    def __init__(self, node: Node, worker: Worker, name: str) -> None:
        """Args: worker: nothing is waited for once it is stopped. name: of the node that is managed."""
        self.name, self._worker = name, worker
        self._get_state = node.create_client(GetState, f"{name}/get_state")
        self._change_state = node.create_client(ChangeState, f"{name}/change_state")

    def state(self, may_come: Callable[[], bool] = _never) -> str:
        """The node's state by name. Raises LifecycleError if it does not answer. Args: may_come: as for `bring`."""
        tries, end = 0, time.monotonic() + ARRIVAL_TIME
        while tries < STATE_TRIES or (may_come() and time.monotonic() < end and not self._worker.stopped):
            answer = self._call(self._get_state, GetState.Request(), STATE_TIME)
            if answer is not None:
                return str(answer.current_state.label)
            tries += 1
            time.sleep(LOOK_PERIOD if may_come() else 0.0)
        raise LifecycleError(f"the node '{self.name}' does not say what state it is in")

    def bring(self, wanted: str, may_come: Callable[[], bool] = _never) -> None:
        """Step by step into a state; a node that does not run is shut down already. Raises LifecycleError.

        Args: may_come: a node that is not there is waited for, up to ARRIVAL_TIME and while this is true.
        """
        if wanted == "finalized" and not self._get_state.service_is_ready():
            return
        state = self.state(may_come)
        while state != wanted:
            step = STEPS.get((state, wanted))
            if step is None:
                raise LifecycleError(f"the node '{self.name}' is {state} and cannot become {wanted}")
            self._call(self._change_state, ChangeState.Request(transition=Transition(id=step)), CHANGE_TIME)
            before, state = state, self.state()
            if state == before:
                raise LifecycleError(f"the node '{self.name}' stays {state} and does not become {wanted}: see its log")

    def _call(self, client: Any, request: Any, patience: float) -> Any:
        """The answer of a service; None if there is none in so many seconds, or nobody left to give it or to wait for it."""
        end = time.monotonic() + patience
        if self._worker.stopped or not client.service_is_ready():
            return None
        answered = threading.Event()
        future = client.call_async(request)
        future.add_done_callback(lambda _: answered.set())
        while not answered.wait(LOOK_PERIOD):
            if self._worker.stopped or time.monotonic() > end or not client.service_is_ready():
                client.remove_pending_request(future)
                return None
        return future.result()


def main() -> int:
    """Entry point."""
    return run(LifecycleManager, "lifecycle_manager")


if __name__ == "__main__":
    sys.exit(main())
