"""The interface stand-ins are Jazzy's on the wire: the same type hashes, the same constants."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from nav2_msgs.action import ComputePathThroughPoses, ComputePathToPose, FollowPath, FollowWaypoints
from nav2_msgs.msg import CollisionMonitorState
from nav2_msgs.srv import LoadMap, ManageLifecycleNodes

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ASTRO_NAV_DATA", ROOT.parent / "shared" / "data")) / "type_hashes_jazzy.json"
PREFIXES = [Path(entry) for entry in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)]


def built_hashes(package: str) -> dict[str, str]:
    """Type name to hash of all that an installed interface package describes."""
    folder = next(prefix / "share" / package for prefix in PREFIXES if (prefix / "share" / package).is_dir())
    descriptions = [json.loads(file.read_text()) for file in folder.glob("*/*.json")]
    return {entry["type_name"]: entry["hash_string"] for d in descriptions for entry in d["type_hashes"]}


@pytest.mark.skipif(not DATA.is_file(), reason=f"{DATA} is not there")
@pytest.mark.parametrize("package", ["nav2_msgs", "tf2_msgs"])
def test_type_hashes_are_those_of_jazzy(package: str) -> None:
    known = json.loads(DATA.read_text())[package]
    own = {name: value for name, value in built_hashes(package).items() if name in known}
    assert own == {name: known[name] for name in own}
    files = [file for kind in ("msg", "srv", "action") for file in (ROOT / "compat" / package / kind).glob("*.*")]
    defined = {f"{package}/{file.parent.name}/{file.stem}" for file in files}
    assert defined <= set(own), "an interface without a known hash cannot be vouched for"


def test_error_codes_are_those_of_nav2() -> None:
    plan = [
        "UNKNOWN", "INVALID_PLANNER", "TF_ERROR", "START_OUTSIDE_MAP", "GOAL_OUTSIDE_MAP", "START_OCCUPIED",
        "GOAL_OCCUPIED", "TIMEOUT", "NO_VALID_PATH",
    ]  # fmt: skip
    follow = [
        "UNKNOWN", "INVALID_CONTROLLER", "TF_ERROR", "INVALID_PATH", "PATIENCE_EXCEEDED", "FAILED_TO_MAKE_PROGRESS",
        "NO_VALID_CONTROL", "CONTROLLER_TIMED_OUT",
    ]  # fmt: skip
    expected = {
        ComputePathToPose: (200, plan),
        ComputePathThroughPoses: (300, [*plan, "NO_VIAPOINTS_GIVEN"]),
        FollowPath: (100, follow),
        FollowWaypoints: (600, ["UNKNOWN", "TASK_EXECUTOR_FAILED"]),
    }
    for action, (base, names) in expected.items():
        codes = {"NONE": 0} | {name: base + i for i, name in enumerate(names)}
        assert {name: getattr(action.Result, name) for name in codes} == codes


def test_other_constants_are_those_of_nav2() -> None:
    state, load = CollisionMonitorState, LoadMap.Response
    assert (state.DO_NOTHING, state.STOP, state.SLOWDOWN, state.APPROACH, state.LIMIT) == (0, 1, 2, 3, 4)
    assert load.RESULT_SUCCESS == 0
    assert load.RESULT_UNDEFINED_FAILURE == 255
    manage = ManageLifecycleNodes.Request
    names = ("STARTUP", "PAUSE", "RESUME", "RESET", "SHUTDOWN", "CONFIGURE", "CLEANUP")
    assert [getattr(manage, name) for name in names] == list(range(7))
