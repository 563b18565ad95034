"""The buffer that nodes use: look-ups that can wait."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from geometry_msgs.msg import TransformStamped
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.time import Time

from tf2_ros.buffer_core import BufferCore
from tf2_ros.exceptions import InvalidArgumentException, TransformException

Answer = TypeVar("Answer")


class Buffer(BufferCore):
    """Stores transforms and answers for pairs of frames at a time, at once or within a time-out.

    Time-outs run on the wall clock, as in tf2_ros. A call that waits blocks its thread: transforms must arrive in
    another one (an executor with several threads, or TransformListener's `spin_thread`).
    """

    def __init__(self, cache_time: Duration | None = None, node: Node | None = None) -> None:
        """Keep moving transforms for `cache_time` (10 s). `node` is there for the signature's sake."""
        super().__init__(cache_time)

    def lookup_transform(
        self, target_frame: str, source_frame: str, time: Time, timeout: Duration | None = None
    ) -> TransformStamped:
        """T_target_source: takes coordinates in source_frame to target_frame.

        Args:
            target_frame: Frame the data shall be in.
            source_frame: Frame the data is in.
            time: When; zero: the newest time at which it is known.
            timeout: How long to wait for it to become known.

        Raises:
            LookupException: A frame is not known.
            ConnectivityException: The frames are not in one tree.
            ExtrapolationException: The time is before or after what is known.
            InvalidArgumentException: A frame name is empty or starts with a slash.
        """
        return self._within(timeout, lambda: self.lookup_transform_core(target_frame, source_frame, time))

    def lookup_transform_full(
        self,
        target_frame: str,
        target_time: Time,
        source_frame: str,
        source_time: Time,
        fixed_frame: str,
        timeout: Duration | None = None,
    ) -> TransformStamped:
        """Where what was in source_frame at source_time is in target_frame at target_time, fixed_frame not moving.

        Raises:
            TransformException: One of those of lookup_transform.
        """
        arguments = (target_frame, target_time, source_frame, source_time, fixed_frame)
        return self._within(timeout, lambda: self.lookup_transform_full_core(*arguments))

    def can_transform(
        self,
        target_frame: str,
        source_frame: str,
        time: Time,
        timeout: Duration | None = None,
        return_debug_tuple: bool = False,
    ) -> bool | tuple[bool, str]:
        """Whether lookup_transform would succeed; with `return_debug_tuple` also the reason if not."""
        return self._can(return_debug_tuple, lambda: self.lookup_transform(target_frame, source_frame, time, timeout))

    def can_transform_full(
        self,
        target_frame: str,
        target_time: Time,
        source_frame: str,
        source_time: Time,
        fixed_frame: str,
        timeout: Duration | None = None,
        return_debug_tuple: bool = False,
    ) -> bool | tuple[bool, str]:
        """Whether lookup_transform_full would succeed; with `return_debug_tuple` also the reason if not."""
        arguments = (target_frame, target_time, source_frame, source_time, fixed_frame)
        return self._can(return_debug_tuple, lambda: self.lookup_transform_full(*arguments, timeout))

    def _within(self, timeout: Duration | None, look_up: Callable[[], Answer]) -> Answer:
        """Try, and try again whenever something came in, until the time is over."""
        deadline = monotonic() + (timeout.nanoseconds * 1e-9 if timeout else 0.0)
        with self._changed:  # held from the attempt to the wait, so nothing comes in unnoticed
            while True:
                try:
                    return look_up()
                except InvalidArgumentException:
                    raise
                except TransformException:
                    left = deadline - monotonic()
                    if left <= 0.0:
                        raise
                    self._changed.wait(left)

    @staticmethod
    def _can(return_debug_tuple: bool, look_up: Callable[[], TransformStamped]) -> bool | tuple[bool, str]:
        try:
            look_up()
        except TransformException as error:
            return (False, str(error)) if return_debug_tuple else False
        return (True, "") if return_debug_tuple else True
