"""The life of a node: a managed node that starts itself, spins cheaply, and ends cleanly.

Measured (rclpy 7.1.5, 50 Hz timer, 20 Hz scans, /clock at 100 Hz): the events executor takes 2.0 % of a core on wall time and 4.5 %
on simulated time, the single-threaded one 4.5 % and 7.0 %. But while a coroutine waits for a future the events executor polls it
without pause, a whole core; so nothing in these nodes awaits (actions: `actions.py`).
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import rclpy
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.context import Context
from rclpy.executors import Executor, SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future

from astro_nav_common.errors import AstroNavError
from astro_nav_common.params import Params
from astro_nav_ros.diagnostics import Health
from astro_nav_ros.lasting import close_all, destroy_all, lasts
from astro_nav_ros.node_params import NodeParams
from astro_nav_ros.parameters import NodeParameters
from astro_nav_ros.transport import use_dependable_transport

#: s; /clock comes in steps, of 5 ms and more, and what happens in between is not simultaneous
CLOCK_STEP = 0.004


class ManagedNode(LifecycleNode):
    """A lifecycle node whose subclasses say what to do in four hooks; all of them may raise AstroNavError.

    `setup` (configuring) reads the robot, builds and warms up the core, makes publishers; `start` (activating) makes
    subscriptions, timers and action servers. What a hook made is destroyed when the node leaves the state (but for actions, which
    last: `lasting.py`). `stop` and `teardown` are only for what must be done besides.
    """

    def __init__(
        self,
        name: str,
        fixed: tuple[type[Params], ...] = (NodeParams,),
        tunable: tuple[type[Params], ...] = (),
    ) -> None:
        """Declare the parameters. Raises ParameterError."""
        super().__init__(name)
        self.parameters = NodeParameters(self, fixed, tunable)
        self._node_params = next(kind for kind in fixed if issubclass(kind, NodeParams))
        self.health = Health(name)
        self._clock_seen = (0, 0.0)
        #: a defect that a task of the executor has run into; see `fail`
        self.defect: Exception | None = None
        self._made_by_setup: list[Callable[[], object]] = []
        self._made_by_start: list[Callable[[], object]] = []

    def setup(self) -> None:
        """Configuring."""

    def start(self) -> None:
        """Activating."""

    def stop(self) -> None:
        """Deactivating; the node can still publish."""

    def teardown(self) -> None:
        """Cleaning up."""

    def now(self) -> float:
        """Seconds on the node's clock. Between two messages of a simulated clock time goes on, by at most `CLOCK_STEP`."""
        nanoseconds = self.get_clock().now().nanoseconds
        if not self.get_clock().ros_time_is_active:
            return nanoseconds * 1e-9
        wall = time.monotonic()
        if nanoseconds != self._clock_seen[0]:
            self._clock_seen = (nanoseconds, wall)
        return nanoseconds * 1e-9 + min(wall - self._clock_seen[1], CLOCK_STEP)

    def every(self, period: float, call: Callable[[], None]) -> None:
        """Call that often, s, until the node leaves the state it is in."""
        self.create_timer(period, call)

    def stand_in_for(self, *names: str, once: Callable[[], bool] = lambda: True) -> None:
        """Nodes of Nav2 whose work this one does: clients that wait for them are told this one's state.

        Args: once: they are not active before this is true.
        """

        def tell(_request: GetState.Request, response: GetState.Response) -> GetState.Response:
            response.current_state.id, response.current_state.label = self._state_machine.current_state
            if response.current_state.id == State.PRIMARY_STATE_ACTIVE and not once():
                response.current_state = State(id=State.TRANSITION_STATE_ACTIVATING, label="activating")
            return response

        for name in names:
            self.create_service(GetState, f"{name}/get_state", tell)

    def fail(self, defect: Exception) -> None:
        """End the process with this defect's traceback. For tasks: an exception that leaves one crashes the events executor."""
        self.defect = self.defect or defect

    @property
    def autostart(self) -> bool:
        """True if the node configures and activates itself."""
        return self.parameters.get(self._node_params).autostart

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """See `setup`."""
        return self._transition(self.setup, self._made_by_setup)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """See `start`."""

        def start() -> None:
            self.health.begin(self, self.parameters.get(self._node_params).diagnostics_hz)
            self.start()

        return self._transition(start, self._made_by_start)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """See `stop`."""
        return self._leave_active()

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """See `teardown`."""
        return self._leave(self.teardown, self._made_by_setup)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """From any state: as if it were deactivated and cleaned up."""
        if self._made_by_start:
            self._leave_active()
        return (
            self._leave(self.teardown, self._made_by_setup) if self._made_by_setup else TransitionCallbackReturn.SUCCESS
        )

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """After a failure: back to unconfigured, with nothing left over."""
        return self.on_shutdown(state)

    def _transition(self, hook: Callable[[], None], made: list[Callable[[], object]]) -> TransitionCallbackReturn:
        before = self._entities()
        outcome = self._run(hook)
        made.extend(destroy for key, destroy in self._entities().items() if key not in before)
        if outcome != TransitionCallbackReturn.SUCCESS:
            close_all(self)
            self._destroy(made)
        return outcome

    def _leave_active(self) -> TransitionCallbackReturn:
        self.parameters.forget_listeners()
        close_all(self)
        return self._leave(self.stop, self._made_by_start)

    def _leave(self, hook: Callable[[], None], made: list[Callable[[], object]]) -> TransitionCallbackReturn:
        outcome = self._run(hook)
        self._destroy(made)
        return outcome

    def _run(self, hook: Callable[[], None]) -> TransitionCallbackReturn:
        # rclpy swallows exceptions of transitions without a word; here they become a sentence
        try:
            hook()
        except AstroNavError as error:
            self.get_logger().error(str(error))
            return TransitionCallbackReturn.FAILURE
        except Exception:  # a defect: the traceback is the message
            self.get_logger().error(traceback.format_exc())
            return TransitionCallbackReturn.ERROR
        return TransitionCallbackReturn.SUCCESS

    def _entities(self) -> dict[int, Callable[[], object]]:
        """Everything the node now has, by identity, with what destroys it."""
        found: dict[int, Callable[[], object]] = {}
        for waitable in self.waitables:
            if not lasts(self, waitable):
                found[id(waitable)] = waitable.destroy
        for entities, destroy in (
            (self.timers, self.destroy_timer), (self.subscriptions, self.destroy_subscription),
            (self.services, self.destroy_service), (self.clients, self.destroy_client),
            (self.guards, self.destroy_guard_condition), (self.publishers, self.destroy_publisher),
        ):  # fmt: skip
            for entity in entities:
                found[id(entity)] = lambda destroy=destroy, entity=entity: destroy(entity)  # type: ignore[misc]
        return found

    @staticmethod
    def _destroy(made: list[Callable[[], object]]) -> None:
        for destroy in made:
            destroy()
        made.clear()


def run(make_node: Callable[[], ManagedNode], name: str) -> int:
    """Main of every node: exit status 0 after SIGINT or SIGTERM, 1 with one sentence on bad input."""
    use_writable_log_dir()
    use_dependable_transport()
    try:
        rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    except Exception as error:  # rclpy has its own classes for malformed arguments and parameter files
        return _fail(name, f"the ROS arguments cannot be used: {_first_line(error)}")
    ending = Future()
    _on_signal(_interrupt)
    node: ManagedNode | None = None
    try:
        node = make_node()
        executor = make_executor()
        executor.add_node(node)
        success = TransitionCallbackReturn.SUCCESS
        configured = node.autostart and node.trigger_configure() == success
        _on_signal(lambda *_: ending.done() or ending.set_result(None))
        if node.autostart and not (configured and node.trigger_activate() == success):
            return 1
        settle()
        while not ending.done():
            # the deadline bounds how long a signal can wait for the interpreter, and this executor hangs without one
            executor.spin_until_future_complete(ending, 0.25)
            if node.defect is not None:
                raise node.defect
        return 0
    except KeyboardInterrupt:
        return 0
    except AstroNavError as error:
        return _fail(name, str(error))
    except RuntimeError as error:
        if node is not None:
            raise  # a defect
        return _fail(name, f"the middleware cannot be used: {_first_line(error)}")
    finally:
        _shut_down(node)


def _on_signal(handler: Callable[..., object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _interrupt(*_: object) -> None:
    # while a node is configured: compiling its kernels for the first time can take a minute, and launchers lose patience
    raise KeyboardInterrupt


def make_executor(context: Context | None = None) -> Executor:
    """The events executor where this rclpy has it, else the single-threaded one."""
    try:
        from rclpy.experimental import EventsExecutor
    except ImportError:
        return SingleThreadedExecutor(context=context)
    return EventsExecutor(context=context)


def settle() -> None:
    """After the start: what it made stays, so collections (which stop the node) need not look at it again; what it used only
    to compile or load kernels (20 to 40 MB) goes back to the system, where the C library can do that."""
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def use_writable_log_dir() -> None:
    """Without a folder to log to (a read-only home) rcl refuses to start: log to a temporary one instead."""
    chosen = os.environ.get("ROS_LOG_DIR")
    folder = Path(chosen) if chosen else Path(os.environ.get("ROS_HOME") or Path.home() / ".ros") / "log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    if not usable:
        os.environ["ROS_LOG_DIR"] = os.path.join(tempfile.gettempdir(), f"astro_nav_ros_log_{os.getuid()}")


def _shut_down(node: ManagedNode | None) -> None:
    # a launcher and the terminal both send SIGINT: the second one must not interrupt the end
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if node is not None:
        node.on_shutdown(LifecycleState("", 0))
        destroy_all(node)
        node.destroy_node()
    rclpy.try_shutdown()


def _fail(name: str, sentence: str) -> int:
    print(f"{name}: {sentence}", file=sys.stderr)
    return 1


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
