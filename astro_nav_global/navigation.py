"""What navigator and local layer tell each other, and what every kind of drive has in common."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

from astro_nav_common.types import Pose
from astro_nav_global.path import GlobalPath


class LocalReport(NamedTuple):
    """The local layer on the guidance `path_id` that it was given.

    blocked: there is no progress to be made along it. code: Nav2's FollowPath code if the local layer gave up, else 0.
    """

    path_id: int
    reached: bool = False
    blocked: bool = False
    code: int = 0
    reason: str = ""


class Phase(Enum):
    """What the navigator is about."""

    IDLE = "idle"
    PLANNING = "planning"
    FOLLOWING = "following"
    RECOVERING = "recovering"
    DONE = "done"


class Feedback(NamedTuple):
    """Nav2's feedback: m, s, count, s; and the speed that the time remaining reckons with, m/s."""

    distance_remaining: float = 0.0
    time_remaining: float = 0.0
    recoveries: int = 0
    navigation_time: float = 0.0
    speed: float = 1.0


@dataclass(frozen=True)
class Action:
    """What is to be done until the next update.

    path: guidance for the local layer, None: stop and hold. path_id: another one whenever the path is. clear_local: the local
    layer is to forget its map, now. code, message: in phase DONE, Nav2's error code, 0 for success, and a sentence; a sentence, too,
    when a recovery begins.
    """

    phase: Phase
    path: GlobalPath | None = None
    path_id: int = 0
    clear_local: bool = False
    code: int = 0
    message: str = ""
    feedback: Feedback = Feedback()


class Drive(Protocol):
    """A goal being carried out: to one pose, through several, or from each of them to the next."""

    @property
    def index(self) -> int:
        """Of the pose that is being driven to."""

    def update(self, now: float, pose: Pose, report: LocalReport | None = None) -> Action:
        """One step: see `Navigator.update`."""
