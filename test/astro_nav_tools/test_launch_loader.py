"""Launch files are read as ros2 launch reads them, and what is not understood is refused by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.loader import Launch, load

HEAD = "launch:\n"


@pytest.fixture(autouse=True)
def no_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs come from the source tree, not from what happens to be installed around it."""
    monkeypatch.setenv("AMENT_PREFIX_PATH", "")


def read(tmp_path: Path, text: str, **arguments: str) -> Launch:
    file = tmp_path / "x.launch.yaml"
    file.write_text(HEAD + text)
    return load(file, arguments)


def commands(launch: Launch) -> list[tuple[str, ...]]:
    return [program.command for program in launch.programs]


def test_executable_with_argument_and_default(tmp_path: Path) -> None:
    text = """
- arg: {name: who, default: world}
- executable: {cmd: echo hello $(var who)}
"""
    assert commands(read(tmp_path, text)) == [("echo", "hello", "world")]
    assert commands(read(tmp_path, text, who="you two")) == [("echo", "hello", "you two")]


def test_given_argument_wins_over_default_and_let_sets_anew(tmp_path: Path) -> None:
    launch = read(tmp_path, """
- arg: {name: a, default: "1"}
- let: {name: a, value: $(var a)2}
- executable: {cmd: echo $(var a)}
""", a="7")  # fmt: skip
    assert commands(launch) == [("echo", "72")]


@pytest.mark.parametrize(("value", "expected"), [("true", 1), ("True", 1), ("1", 1), ("false", 0), ("0", 0)])
def test_if_and_unless(tmp_path: Path, value: str, expected: int) -> None:
    launch = read(tmp_path, """
- arg: {name: lit}
- executable: {cmd: "yes", if: $(var lit)}
- executable: {cmd: "no", unless: $(var lit)}
""", lit=value)  # fmt: skip
    assert commands(launch) == [("yes",) if expected else ("no",)]


def test_group_keeps_its_changes_inside(tmp_path: Path) -> None:
    launch = read(tmp_path, """
- let: {name: a, value: outside}
- group:
    - let: {name: a, value: inside}
    - set_env: {name: ASTRO_NAV_TEST, value: x}
    - executable: {cmd: echo $(var a)}
- executable: {cmd: echo $(var a)}
""")  # fmt: skip
    assert commands(launch) == [("echo", "inside"), ("echo", "outside")]
    assert [program.environment for program in launch.programs] == [{"ASTRO_NAV_TEST": "x"}, {}]


def test_group_with_condition_and_children(tmp_path: Path) -> None:
    launch = read(tmp_path, """
- group: {if: "false", children: [{executable: {cmd: a}}]}
- group: {if: "true", children: [{executable: {cmd: b}}]}
""")  # fmt: skip
    assert commands(launch) == [("b",)]


def test_include_passes_arguments(tmp_path: Path) -> None:
    (tmp_path / "inner.launch.yaml").write_text(
        HEAD + "- arg: {name: n, default: x}\n- executable: {cmd: echo $(var n)}\n"
    )
    launch = read(tmp_path, """
- include: {file: $(dirname)/inner.launch.yaml, arg: [{name: n, value: y}]}
""")  # fmt: skip
    assert commands(launch) == [("echo", "y")]
    assert list(launch.arguments) == ["n"]


def test_file_that_includes_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="includes itself"):
        read(tmp_path, "- include: {file: $(filename)}\n")


def test_node_becomes_a_module_with_ros_arguments(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("/**: {ros__parameters: {a: 1}}\n")
    launch = read(tmp_path, """
- push_ros_namespace: {namespace: home}
- node:
    pkg: astro_nav
    exec: local_planner
    name: planner
    namespace: upstairs
    args: --quick
    param:
    - {from: $(dirname)/p.yaml}
    - {name: use_sim_time, value: "true"}
    - {name: robot, value: astro}
    - name: limits
      param:
      - {name: v, value: 0.5}
    remap: [{from: scan, to: lidar/scan}]
""")  # fmt: skip
    assert commands(launch) == [(
        sys.executable, "-m", "astro_nav_local.node", "--quick", "--ros-args",
        "-r", "__node:=planner", "-r", "__ns:=/home/upstairs", "--params-file", str(tmp_path / "p.yaml"),
        "-p", "use_sim_time:=true", "-p", 'robot:="astro"', "-p", "limits.v:=0.5", "-r", "scan:=lidar/scan",
    )]  # fmt: skip


def test_an_installed_program_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "lib" / "astro_nav" / "local_planner"
    program.parent.mkdir(parents=True)
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    assert commands(read(tmp_path, "- node: {pkg: astro_nav, exec: local_planner}\n")) == [(str(program),)]


@pytest.mark.parametrize(("text", "message"), [
    ("- nope: {a: b}", "unknown entity 'nope'"),
    ("- executable: {cmd: a, nmae: b}", "no attribute 'nmae'"),
    ("- executable: {name: b}", "needs 'cmd'"),
    ("- executable: {cmd: a, if: perhaps}", "neither true nor false"),
    ("- executable: {cmd: echo $(var x)}", "not declared"),
    ("- executable: {cmd: echo $(nope x)}", "unknown substitution"),
    ("- executable: {cmd: echo $(var x}", "no closing bracket"),
    ("- executable: {cmd: echo, cwd: nowhere}", "not a folder"),
    ("- arg: {name: a, default: true}", "must be text"),
    ("- arg: {name: a}", "needs the argument 'a'"),
    ("- arg: {name: a, default: x, choice: [{value: y}]}", "must be one of: y"),
    ("- node: {pkg: astro_nav, exec: nope}", "no executable 'nope'; it has: .*local_planner"),
    ("- node: {pkg: nope, exec: nope}", "package 'nope'"),
    ("- node: {pkg: astro_nav, exec: local_planner, param: [{from: none.yaml}]}", "cannot be read"),
    ("- node: {pkg: astro_nav, exec: local_planner, param: [{name: a}]}", "either a value or nested"),
    ("- include: {file: nowhere.yaml}", "cannot be read"),
    ("- [1, 2]", "one 'type: attributes'"),
    ("- {a: [", "not valid YAML"),
])  # fmt: skip
def test_bad_files_are_refused_with_a_reason(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LaunchError, match=message):
        read(tmp_path, text)


def test_unknown_argument_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="has no argument 'b'; it has: a"):
        read(tmp_path, "- arg: {name: a, default: x}\n- executable: {cmd: echo}\n", b="1")
