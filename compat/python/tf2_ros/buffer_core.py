"""The tree of frames over time: what tf2's BufferCore does."""

from __future__ import annotations

import math
from threading import Condition

from builtin_interfaces.msg import Time as TimeMessage
from geometry_msgs.msg import TransformStamped
from rclpy.duration import Duration
from rclpy.logging import get_logger
from rclpy.time import Time

from tf2_ros.exceptions import (
    ConnectivityException,
    ExtrapolationException,
    InvalidArgumentException,
    LookupException,
    TransformException,
)
from tf2_ros.rigid import IDENTITY, Rigid, compose, inverse
from tf2_ros.time_cache import Cache, Link, StaticCache, TimeCache

DEFAULT_CACHE_TIME = Duration(seconds=10)
LONGEST_CHAIN = 1000  # links; more of them are a loop

_log = get_logger("tf2_ros")


class BufferCore:
    """Stores transforms and answers for pairs of frames at a time. All methods may be called from any thread."""

    def __init__(self, cache_time: Duration | None = None) -> None:
        """Keep moving transforms for `cache_time` (10 s)."""
        self._span = (cache_time or DEFAULT_CACHE_TIME).nanoseconds
        self._caches: dict[str, Cache] = {}  # by child frame
        self._names: set[str] = set()
        self._changed = Condition()  # guards both, and tells those who wait

    def clear(self) -> None:
        """Forget all that moves."""
        with self._changed:
            self._caches = {name: cache for name, cache in self._caches.items() if cache.is_static}

    def set_transform(self, transform: TransformStamped, authority: str) -> None:
        """Take in a transform; what cannot be one is logged and dropped."""
        self._insert(transform, authority, static=False)

    def set_transform_static(self, transform: TransformStamped, authority: str) -> None:
        """Take in a transform that holds at all times."""
        self._insert(transform, authority, static=True)

    def _insert(self, message: TransformStamped, authority: str, static: bool) -> None:
        child, parent = message.child_frame_id.removeprefix("/"), message.header.frame_id.removeprefix("/")
        t, q = message.transform.translation, message.transform.rotation
        rigid = Rigid((t.x, t.y, t.z), (q.x, q.y, q.z, q.w))
        problem = fault(parent, child, rigid)
        if problem:
            _log.error(f"transform from '{authority}' dropped: {problem}", throttle_duration_sec=10.0)
            return
        stamp = message.header.stamp.sec * 1_000_000_000 + message.header.stamp.nanosec
        with self._changed:
            cache = self._caches.get(child)
            if cache is None:
                cache = self._caches[child] = StaticCache() if static else TimeCache(self._span)
            self._names.update((child, parent))
            cache.insert(stamp, Link(parent, rigid))
            self._changed.notify_all()

    def lookup_transform_core(self, target_frame: str, source_frame: str, time: Time) -> TransformStamped:
        """T_target_source at a time; time zero means the newest at which all links between them are known."""
        with self._changed:
            rigid, stamp = self._lookup(target_frame, source_frame, time.nanoseconds)
        return stamped(target_frame, source_frame, stamp, rigid)

    def lookup_transform_full_core(
        self, target_frame: str, target_time: Time, source_frame: str, source_time: Time, fixed_frame: str
    ) -> TransformStamped:
        """Where what was in source_frame at source_time is in target_frame at target_time, fixed_frame not moving."""
        with self._changed:
            to_target, stamp = self._lookup(target_frame, fixed_frame, target_time.nanoseconds)
            to_fixed, _ = self._lookup(fixed_frame, source_frame, source_time.nanoseconds)
        return stamped(target_frame, source_frame, stamp, compose(to_target, to_fixed))

    def can_transform_core(self, target_frame: str, source_frame: str, time: Time) -> tuple[bool, str]:
        """Whether a look-up would succeed, and if not why."""
        try:
            self.lookup_transform_core(target_frame, source_frame, time)
        except TransformException as error:
            return False, str(error)
        return True, ""

    def can_transform_full_core(
        self, target_frame: str, target_time: Time, source_frame: str, source_time: Time, fixed_frame: str
    ) -> tuple[bool, str]:
        """Whether a look-up in full would succeed, and if not why."""
        try:
            self.lookup_transform_full_core(target_frame, target_time, source_frame, source_time, fixed_frame)
        except TransformException as error:
            return False, str(error)
        return True, ""

    def _lookup(self, target: str, source: str, stamp: int) -> tuple[Rigid, int]:
        for name, argument in ((target, "target_frame"), (source, "source_frame")):
            if not name or name.startswith("/"):
                raise InvalidArgumentException(f"{argument} '{name}': a frame has a name, and it starts without '/'")
            if name not in self._names:
                raise LookupException(f"{argument} '{name}' is not known")
        if stamp == 0:
            stamp = self._newest_common(target, source)
        if target == source:
            return IDENTITY, stamp
        try:
            return self._walk(target, source, stamp), stamp
        except ExtrapolationException as error:
            raise ExtrapolationException(f"{error}, from frame '{source}' to frame '{target}'") from None

    def _walk(self, target: str, source: str, stamp: int) -> Rigid:
        """T_target_source at one time: from source upwards until target, or until the way up from target is met."""
        up: dict[str, Rigid] = {}  # T_frame_source for the frames from source upwards
        error: ExtrapolationException | None = None
        frame, rigid = source, IDENTITY
        for _ in range(LONGEST_CHAIN):
            up[frame] = rigid
            cache = self._caches.get(frame)
            if frame == target:
                return rigid
            if cache is None:
                break
            try:
                link = cache.at(stamp)
            except ExtrapolationException as problem:
                error = problem  # no matter if the ways meet below
                break
            frame, rigid = link.parent, compose(link.transform, rigid)
        frame, rigid = target, IDENTITY  # now rigid is T_frame_target
        for _ in range(LONGEST_CHAIN):
            if frame in up:
                return compose(inverse(rigid), up[frame])
            cache = self._caches.get(frame)
            if cache is None:
                break
            link = cache.at(stamp)
            frame, rigid = link.parent, compose(link.transform, rigid)
        raise error or ConnectivityException(f"frames '{source}' and '{target}' are not in one tree")

    def _newest_common(self, target: str, source: str) -> int:
        """Newest time, ns, at which every moving link between two frames is known; 0 if none moves."""
        up: dict[str, int | None] = {}  # newest time known all the way from source to the frame; None: any
        frame: str | None = source
        newest: int | None = None
        while frame is not None and frame not in up:
            up[frame] = newest
            frame, newest = self._step_up(frame, newest)
        frame, newest = target, None
        seen: set[str] = set()
        while frame is not None and frame not in seen:
            if frame in up:
                both = [t for t in (newest, up[frame]) if t is not None]
                return min(both, default=0)
            seen.add(frame)
            frame, newest = self._step_up(frame, newest)
        raise ConnectivityException(f"frames '{source}' and '{target}' are not in one tree")

    def _step_up(self, frame: str, newest: int | None) -> tuple[str | None, int | None]:
        cache = self._caches.get(frame)
        if cache is None:
            return None, newest
        if cache.newest is not None and (newest is None or cache.newest < newest):
            newest = cache.newest
        return cache.parent(), newest


def fault(parent: str, child: str, rigid: Rigid) -> str:
    """What is wrong with a transform, or an empty string."""
    if not parent or not child:
        return f"a frame has no name (parent '{parent}', child '{child}')"
    if parent == child:
        return f"frame '{child}' is its own parent"
    if not all(math.isfinite(value) for part in rigid for value in part):
        return f"'{parent}' to '{child}' is not finite"
    length = math.hypot(*rigid.rotation)
    if abs(length - 1.0) > 5e-3:
        return f"the quaternion of '{parent}' to '{child}' has length {length:.4f}, not 1"
    return ""


def stamped(target: str, source: str, stamp: int, rigid: Rigid) -> TransformStamped:
    """A transform as a message."""
    message = TransformStamped(child_frame_id=source)
    message.header.frame_id = target
    message.header.stamp = TimeMessage(sec=stamp // 1_000_000_000, nanosec=stamp % 1_000_000_000)
    t, q = message.transform.translation, message.transform.rotation
    t.x, t.y, t.z = rigid.translation
    q.x, q.y, q.z, q.w = rigid.rotation
    return message
