"""What is known of one frame relative to its parent: over time, or once and for all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from tf2_ros.exceptions import ExtrapolationException
from tf2_ros.rigid import Rigid, interpolate


class Link(NamedTuple):
    """T_parent_child at one time."""

    parent: str
    transform: Rigid


class StaticCache:
    """One link that holds at all times."""

    is_static = True

    def __init__(self) -> None:
        self.newest: int | None = None  # ns; None: at any time
        self._link: Link | None = None

    def insert(self, _stamp: int, link: Link) -> bool:
        self._link = link
        return True

    def at(self, _stamp: int) -> Link:
        assert self._link is not None  # a cache is made to be filled at once
        return self._link

    def parent(self) -> str:
        return self.at(0).parent


class TimeCache:
    """Links by stamp, from the newest back to `span` ns before it."""

    is_static = False

    def __init__(self, span: int) -> None:
        self._span = span
        self._stamps: list[int] = []
        self._links: list[Link] = []

    @property
    def newest(self) -> int:
        return self._stamps[-1]

    def insert(self, stamp: int, link: Link) -> bool:
        """Store a link; false if it is too old to be of use, or a second one for the same time."""
        stamps = self._stamps
        if not stamps or stamp > stamps[-1]:
            stamps.append(stamp)
            self._links.append(link)
        else:
            i = bisect_left(stamps, stamp)
            if stamp < stamps[-1] - self._span or stamps[i] == stamp:
                return False
            stamps.insert(i, stamp)
            self._links.insert(i, link)
        old = bisect_left(stamps, stamps[-1] - self._span)
        if old > 32:  # seldom, as it moves the rest of the list
            del stamps[:old], self._links[:old]
        return True

    def at(self, stamp: int) -> Link:
        """The link at a time, interpolated between its neighbours.

        Raises:
            ExtrapolationException: The time is before the first stamp or after the last.
        """
        stamps = self._stamps
        after = bisect_right(stamps, stamp)
        if after and stamps[after - 1] == stamp:
            return self._links[after - 1]
        if after == len(stamps):
            raise ExtrapolationException(
                f"extrapolation into the future: time {seconds(stamp)} is asked for, the newest data is of "
                f"{seconds(stamps[-1])}"
            )
        if after == 0:
            raise ExtrapolationException(
                f"extrapolation into the past: time {seconds(stamp)} is asked for, the oldest data is of "
                f"{seconds(stamps[0])}"
            )
        a, b = self._links[after - 1], self._links[after]
        if a.parent != b.parent:  # it was moved to another parent in between: the old one holds until then
            return a
        ratio = (stamp - stamps[after - 1]) / (stamps[after] - stamps[after - 1])
        return Link(a.parent, interpolate(a.transform, b.transform, ratio))

    def parent(self) -> str:
        """The newest parent."""
        return self._links[-1].parent


Cache = StaticCache | TimeCache


def seconds(stamp: int) -> str:
    """ns as s, in full."""
    return f"{stamp // 1_000_000_000}.{stamp % 1_000_000_000:09d}"
