"""One goal after the other, with a pause at each; what cannot be reached is left out and told, or ends it."""

from __future__ import annotations

import math

from astro_nav_common.types import Pose
from astro_nav_global.navigation import Action, Phase
from astro_nav_global.params import NavigatorParams
from astro_nav_global.waypoints import Waypoints

from .drives import DT, carry_out, driven_in, room

START = Pose(1.0, 1.0, 0.0)
GOALS = [Pose(2.0, 1.0, 0.0), Pose(2.0, 2.0, 0.0), Pose(1.0, 2.0, 0.0)]
WALLED_IN = Pose(7.5, 0.5, 0.0)


def indices(drive: Waypoints, seconds: float = 60.0, start: Pose = START) -> tuple[list[int], list[Action]]:
    """The waypoints that were driven to, in order."""
    seen: list[int] = []

    class Watched:
        index = 0

        def update(self, *args: object) -> Action:
            action = drive.update(*args)  # type: ignore[arg-type]
            if not seen or seen[-1] != drive.index:
                seen.append(drive.index)
            return action

    return seen, carry_out(Watched(), start, seconds)[0]


def test_all_are_reached_with_a_pause_at_each() -> None:
    params, navigator, _ = driven_in(room(), NavigatorParams(waypoint_pause=1.0))
    actions, poses = carry_out(Waypoints(params, navigator, GOALS, 0.0), START, 60.0)
    assert (actions[-1].phase, actions[-1].code) == (Phase.DONE, 0)
    for goal in GOALS:
        assert sum(math.dist(pose[:2], goal[:2]) < 0.05 for pose in poses) * DT >= 1.0


def test_loops_begin_again_with_the_first() -> None:
    params, navigator, _ = driven_in(room())
    seen, actions = indices(Waypoints(params, navigator, GOALS, 0.0, first=1, loops=1))
    assert seen == [1, 2, 0, 1, 2]
    assert actions[-1].code == 0


def test_one_that_cannot_be_reached_is_left_out_and_told() -> None:
    params, navigator, _ = driven_in(room())
    drive = Waypoints(params, navigator, [GOALS[0], WALLED_IN, GOALS[1]], 0.0)
    seen, actions = indices(drive)
    assert seen == [0, 1, 2]
    assert actions[-1].code == 0
    assert [(missed.waypoint, missed.code) for missed in drive.missed] == [(1, 208)]
    assert "no way" in drive.missed[0].message


def test_or_ends_it() -> None:
    params, navigator, _ = driven_in(room(), NavigatorParams(stop_on_failure=True))
    seen, actions = indices(Waypoints(params, navigator, [GOALS[0], WALLED_IN, GOALS[1]], 0.0))
    assert seen == [0, 1]
    assert (actions[-1].phase, actions[-1].code) == (Phase.DONE, 600)
    assert "waypoint 2 of 3" in actions[-1].message
