"""The generated files: what is in them, and whether those in the tree are up to date."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path

from astro_nav_common.robot import RobotParams
from astro_nav_ros.node_params import SourceParams
from astro_nav_tools.generate.describe import markdown_table, yaml_lines
from astro_nav_tools.generate.nodes import NODES, NodeSpec
from astro_nav_tools.installation import SOURCE_ROOT
from astro_nav_tools.results import ResultError

_COMMAND = "astro-nav generate"


def contents() -> dict[str, str]:
    """Path (from the root of the tree) and text of every generated file."""
    configs = {node.config: [other for other in NODES if other.config == node.config] for node in NODES if node.config}
    return {path: _config(nodes) for path, nodes in configs.items()} | {"docs/parameters.md": _parameters_page()}


def write(root: Path = SOURCE_ROOT, files: Mapping[str, str] | None = None) -> list[str]:
    """Write the files that differ; returns their paths. Raises ResultError."""
    changed = []
    for name, text in (contents() if files is None else files).items():
        path = root / name
        if not path.is_file() or path.read_text() != text:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            except OSError as error:
                raise ResultError(f"'{path}' cannot be written: {error.strerror}") from None
            changed.append(name)
    return changed


def differences(root: Path = SOURCE_ROOT, files: Mapping[str, str] | None = None) -> str:
    """What `write` would change, as a unified diff; empty if nothing."""
    lines: list[str] = []
    for name, text in (contents() if files is None else files).items():
        path = root / name
        present = path.read_text() if path.is_file() else ""
        lines += difflib.unified_diff(
            present.splitlines(), text.splitlines(), name, f"{name} (generated)", lineterm="", n=1
        )
    return "\n".join(lines)


def _config(nodes: Iterable[NodeSpec]) -> str:
    lines = [
        f"# Default parameters, made by `{_COMMAND}`; do not edit: copy the file, keep what you change in the copy,",
        "# and give the copy to the launch file.",
    ]
    arguments = dict.fromkeys(name for node in nodes for name in node.arguments)
    lines += [
        f"# Not here, for it would not count: {', '.join(arguments)}. They are arguments of the launch file (NAME:=VALUE)."
    ]
    for node in nodes:
        lines += ["", f"/**/{node.name}:", "  ros__parameters:"]
        for kind in (*node.fixed, *node.tunable):
            lines += yaml_lines(kind, "    ", node.arguments)
    return "\n".join(lines) + "\n"


def _parameters_page() -> str:
    lines = ["# Parameters", "", f"Made by `{_COMMAND}` from the `params.py` files; do not edit.", ""]
    lines += [
        "Unknown names and values out of range are refused, by name, when a node starts and when they are set later."
    ]
    for node in NODES:
        lines += ["", f"## {node.name}", "", "Read once, at the start:", "", *markdown_table(node.fixed)]
        if node.tunable:
            lines += ["", "May change while the node runs (`ros2 param set`):", "", *markdown_table(node.tunable)]
    lines += [
        "",
        "## Sources of scans",
        "",
        "Each name in `observation_sources` has these, as `NAME.topic` and so on (in YAML: nested). A robot with two lidars and a depth camera:",
        "",
        "    observation_sources: [front, rear, camera]",
        "    front: {topic: front/scan}",
        "    rear: {topic: rear/scan, obstacle_min_range: 0.3}",
        "    camera: {topic: depth/points, data_type: PointCloud2, max_obstacle_height: 0.5}",
        "",
        *markdown_table((SourceParams,)),
        "",
        "## Robots",
        "",
        "In `astro_nav_common/robots/*.yaml`; the defaults are the robot `astro`.",
        "",
        *markdown_table((RobotParams,)),
    ]
    return "\n".join(lines) + "\n"
