"""An action client without waiting: one goal at a time, polled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient
from rclpy.task import Future

from astro_nav_ros.lasting import lasting

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode

#: s after which a goal that was not answered is sent again, and for which a server may be missing
ANSWER_PATIENCE, SERVER_PATIENCE = 2.0, 5.0
#: s without feedback after which a goal that was accepted is sent again: whoever accepted it hangs, or is dead (which the graph
#: of nodes does not show for 20 s), and another one may be there
FEEDBACK_PATIENCE = 1.5


class Outcome(NamedTuple):
    """How a goal ended. code and message are the action's own; replaced: the server gave it up for another client's goal, or for good."""

    succeeded: bool
    code: int
    message: str
    replaced: bool = False


class GoalClient:
    """The newest goal counts; what the server still says of older ones is ignored."""

    def __init__(
        self,
        node: ManagedNode,
        action_type: Any,
        name: str,
        lively: bool = False,
        server_patience: float = SERVER_PATIENCE,
        on_result: Callable[[], None] = lambda: None,
    ) -> None:
        """Args:
        name: of the action.
        lively: its server gives feedback all the time, so silence means that it is gone.
        server_patience: s for which a server may be missing.
        on_result: called when the newest goal's server has ended it, for who would not wait until he looks again.
        """
        self._on_result = on_result
        self._node, self._name, self._lively, self._server_patience = node, name, lively, server_patience
        self._heard, self._spoke = (
            0.0,
            False,
        )  # when the goal was sent or feedback was noticed, s; feedback has come since
        self._client = lasting(node, "action client", name, lambda: ActionClient(node, action_type, name), self.cancel)
        self._handle: Any = None
        self._turn = 0
        self._unanswered: tuple[Any, float] | None = None  # a goal without an answer, and when it was sent last
        self._missing_since: float | None = None  # since when it waits for a server
        #: a goal is under way: sent, and neither ended nor given up
        self.active = False
        #: the newest feedback of the goal under way
        self.feedback: Any = None
        #: how the newest goal ended; None while it is under way
        self.outcome: Outcome | None = None

    def is_ready(self) -> bool:
        """True if somebody serves the action."""
        return bool(self._client.server_is_ready())

    def send(self, goal: Any, now: float) -> None:
        """Start a goal; one under way is preempted by the server. `insist` must be called from now on. Args: now: s."""
        self._turn += 1
        turn, self.active, self.feedback, self.outcome, self._handle = self._turn, True, None, None, None
        self._goal, self._heard = goal, now
        self._unanswered = (goal, now)
        if not self.is_ready():
            self._missing_since = now if self._missing_since is None else self._missing_since
            return
        self._missing_since = None

        def hear(message: Any) -> None:
            if turn == self._turn:
                self.feedback, self._spoke = message.feedback, True

        sending = self._client.send_goal_async(goal, feedback_callback=hear)
        sending.add_done_callback(lambda sent: self._guarded(self._accepted, turn, sent))

    def insist(self, now: float) -> None:
        """To be called some times a second: sends a goal that waits for a server, and again one that was not answered.

        Both happen while nodes discover each other. Sends again, too, what a server that has gone silent was at.
        """
        if self._spoke:
            self._heard, self._spoke = now, False
        if self._unanswered is None:
            if self._lively and self.active and not 0.0 <= now - self._heard < FEEDBACK_PATIENCE:
                self._node.get_logger().warning(f"'{self._name}' has gone silent: the goal is sent again")
                self.send(self._goal, now)
            return
        goal, sent = self._unanswered
        if self._missing_since is not None:
            if self.is_ready():
                self.send(goal, now)
            elif not 0.0 <= now - self._missing_since < self._server_patience:
                self._missing_since = None
                self._end(self._turn, Outcome(False, 0, f"nobody serves the action '{self._name}'"))
        elif not 0.0 <= now - sent < ANSWER_PATIENCE:
            self.send(goal, now)

    def cancel(self) -> None:
        """Give up the goal under way; its end is not waited for."""
        self._turn += 1
        self.active, self._unanswered, self._missing_since = False, None, None
        if self._handle is not None:
            self._handle.cancel_goal_async()
            self._handle = None

    def _guarded(self, callback: Callable[[int, Future], None], turn: int, future: Future) -> None:
        try:
            callback(turn, future)
        except Exception as defect:
            self._node.fail(defect)

    def _accepted(self, turn: int, sent: Future) -> None:
        handle = sent.result()
        if not handle.accepted:
            self._end(turn, Outcome(False, 0, f"'{self._name}' has rejected the goal"))
        elif turn != self._turn and not self.active:
            handle.cancel_goal_async()  # given up before it was accepted
        else:
            if turn == self._turn:
                self._handle, self._unanswered = handle, None
            getting = handle.get_result_async()
            getting.add_done_callback(lambda got: self._guarded(self._ended, turn, got))

    def _ended(self, turn: int, got: Future) -> None:
        answer = got.result()
        code, succeeded = answer.result.error_code, answer.status == GoalStatus.STATUS_SUCCEEDED
        replaced = answer.status == GoalStatus.STATUS_ABORTED and code == 0
        self._end(turn, Outcome(succeeded, code, answer.result.error_msg, replaced))
        if turn == self._turn:
            self._on_result()

    def _end(self, turn: int, outcome: Outcome) -> None:
        if turn == self._turn:
            self.active, self._handle, self._unanswered, self.outcome = False, None, None, outcome
