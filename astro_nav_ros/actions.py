"""Action servers without coroutines: one goal at a time, the newest wins, ended when the node says so.

rclpy's own pattern, an execute callback that runs until the goal is done, blocks a thread or awaits; here accepting a goal
calls `begin`, the node drives it from its timers, and `succeed`, `abort` or `cancel` ends it. Cancelling is a request: the node's
next cycle sees `goal.is_cancel_requested`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle

from astro_nav_common.rate_limit import RateLimit
from astro_nav_ros.lasting import lasting

if TYPE_CHECKING:
    from astro_nav_ros.runtime import ManagedNode

#: s after which the result of an ended goal is forgotten (clients ask for it when they send the goal), and that of a request
RESULT_TIMEOUT, ANSWER_TIMEOUT = 60, 5
#: goals a second that are looked at, and at once: each costs memory until its result is forgotten
GOAL_RATE, GOAL_BURST = 10.0, 20.0


class GoalServer:
    """An action whose Result has `error_code` and `error_msg`, as all of Nav2's do; for as long as the node is active."""

    def __init__(
        self,
        node: ManagedNode,
        action_type: Any,
        name: str,
        begin: Callable[[ServerGoalHandle], None],
        answers: bool = False,
        complaint: Callable[[ServerGoalHandle], tuple[int, str] | None] = lambda goal: None,
    ) -> None:
        """Args:
        begin: called with each accepted goal, already `self.current` and executing.
        complaint: code and sentence if a goal is none; it ends ABORTED, and the one under way goes on.
        answers: its goals are requests that are answered at once: whoever waits for each answer may ask as often as he likes.
        """
        self._owner, self.name, self.action_type = node, name, action_type
        self.current: ServerGoalHandle | None = None
        self._begin, self._complaint = begin, complaint
        self._refusal: tuple[int, str] | None = None  # of the newest goal
        self._answers, self._limit = answers, RateLimit(GOAL_RATE, GOAL_BURST)
        kept = ANSWER_TIMEOUT if answers else RESULT_TIMEOUT
        self._server = lasting(
            node, "action server", name, lambda: _LastingServer(node, action_type, name, kept), self.close
        )
        self._server.served_by = self

    def close(self) -> None:
        """End the goal under way; from now on goals are rejected."""
        if self.current is not None:
            self.abort(self.current, 0, "the node was deactivated")
        self._server.served_by = None

    def admit(self) -> GoalResponse:
        """Whether a goal that is asked for may come."""
        if (self._answers and self.current is None) or self._limit.admits(time.monotonic()):
            return GoalResponse.ACCEPT
        self._owner.health.count("flooded_goals")
        sentence = f"{self.name}: goals rejected, more than {GOAL_RATE:g} a second come"
        self._owner.get_logger().warning(sentence, throttle_duration_sec=5.0)
        return GoalResponse.REJECT

    def accept(self, goal: ServerGoalHandle) -> None:
        """A goal has come."""
        try:
            self._refusal = self._complaint(goal)
            if self._refusal is None:
                if self.current is not None:
                    self.preempt(self.current, f"a newer goal of '{self.name}' has replaced this one")
                self.current = goal
            goal.execute()
        except Exception as defect:
            self._owner.fail(defect)

    def begin(self, goal: ServerGoalHandle) -> None:
        """It is in state EXECUTING (or CANCELING already)."""
        if self._refusal is None:
            self._begin(goal)
        else:
            self._owner.get_logger().warning(f"{self.name} ends with {self._refusal[0]}: {self._refusal[1]}")
            self.abort(goal, *self._refusal)

    def succeed(self, goal: ServerGoalHandle, result: Any | None = None) -> None:
        """End a goal SUCCEEDED, or CANCELED when a cancel request came first."""
        if goal.is_cancel_requested:
            goal.canceled()
        else:
            goal.succeed()
        self._deliver(goal, result or self.action_type.Result())

    def abort(self, goal: ServerGoalHandle, code: int, message: str, result: Any | None = None) -> None:
        """End a goal that failed ABORTED, or CANCELED when a cancel request came first, as in Nav2."""
        if goal.is_cancel_requested:
            goal.canceled()
        else:
            goal.abort()
        self._deliver(goal, self._explained(result, code, message))

    def preempt(self, goal: ServerGoalHandle, message: str, result: Any | None = None) -> None:
        """End a goal that a newer one replaces ABORTED, as in Nav2: also when a cancel request came first."""
        goal.abort()
        self._deliver(goal, self._explained(result, 0, message))

    def cancel(self, goal: ServerGoalHandle, message: str = "cancelled by request", result: Any | None = None) -> None:
        """End a goal whose cancel was requested CANCELED."""
        goal.canceled()
        self._deliver(goal, self._explained(result, 0, message))

    def _explained(self, result: Any | None, code: int, message: str) -> Any:
        result = result or self.action_type.Result()
        result.error_code = code
        result.error_msg = message
        return result

    def _deliver(self, goal: ServerGoalHandle, result: Any) -> None:
        if self.current is not None and goal == self.current:
            self.current = None
        self._server.deliver(goal, result)


class _LastingServer(ActionServer):
    """The server itself, which is there while the node is not active, too, and then rejects goals."""

    def __init__(self, node: ManagedNode, action_type: Any, name: str, result_timeout: int) -> None:
        self.served_by: GoalServer | None = None
        super().__init__(
            node,
            action_type,
            name,
            execute_callback=lambda goal: goal,  # never called: see notify_execute
            goal_callback=lambda _: self.served_by.admit() if self.served_by else GoalResponse.REJECT,
            handle_accepted_callback=self._accept,
            cancel_callback=lambda goal: CancelResponse.ACCEPT,
            result_timeout=result_timeout,
        )

    def _accept(self, goal: ServerGoalHandle) -> None:
        if self.served_by is not None:
            self.served_by.accept(goal)

    def notify_execute(self, goal: ServerGoalHandle, execute_callback: Callable[..., Any] | None) -> None:
        """Called by rclpy once the goal is in state EXECUTING (or CANCELING already)."""
        if self.served_by is not None:
            self.served_by.begin(goal)

    def deliver(self, goal: ServerGoalHandle, result: Any) -> None:
        """Hand the result over. The goal's state is final already.

        This part of the base class is a coroutine that waits for nothing, run here and now (and not by the executor later) so that
        the node may end right after.
        """
        with suppress(StopIteration):
            self._execute_goal(lambda _: result, goal).send(None)
