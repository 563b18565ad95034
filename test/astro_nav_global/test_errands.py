"""Each action that drives ends with error codes of its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="needs ROS: run in the environment that `make setup` builds")
from nav2_msgs.action import FollowWaypoints, NavigateThroughPoses, NavigateToPose

from astro_nav_global.servers.driver import Driver
from astro_nav_global.servers.errands import AllWaypoints, Through, ToPose


@pytest.mark.parametrize(
    ("make", "kind", "expected"),
    [
        (ToPose, NavigateToPose, [105, 202, 208]),
        (Through, NavigateThroughPoses, [105, 302, 308]),
        (AllWaypoints, FollowWaypoints, [600, 600, 600]),
    ],
)
def test_failures_have_codes_of_the_action(make: Any, kind: Any, expected: list[int]) -> None:
    codes: list[int] = []
    server = SimpleNamespace(name="it", action_type=kind, abort=lambda goal, code, message, result: codes.append(code))
    log = SimpleNamespace(warning=lambda sentence: None)
    driver: Any = object.__new__(Driver)  # without topics and timers
    driver._node = SimpleNamespace(get_logger=lambda: log, health=SimpleNamespace(tell_ok=lambda sentence: None))
    driver._give_up = lambda: None
    for code in (105, 202, 208):
        driver._end(make(server, SimpleNamespace(request=kind.Goal())), code, "why")
    assert codes == expected
