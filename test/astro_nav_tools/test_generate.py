"""Generated files agree with the code."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest
import yaml

from astro_nav_tools.generate import files
from astro_nav_tools.generate.describe import yaml_value
from astro_nav_tools.generate.nodes import NODES
from astro_nav_tools.installation import SOURCE_ROOT


def test_files_in_the_tree_are_up_to_date() -> None:
    assert files.differences() == "", "run: astro-nav generate"


def test_default_parameter_files_hold_the_defaults() -> None:
    written = {
        section.rpartition("/")[2]: body["ros__parameters"]
        for name, text in files.contents().items()
        if name.endswith(".yaml")
        for section, body in yaml.safe_load(text).items()
    }
    assert set(written) == {node.name for node in NODES if node.config}
    for node in NODES:
        for kind in (*node.fixed, *node.tunable) if node.config else ():
            names = [spec.name for spec in dataclasses.fields(kind)]
            values = {name: value for name, value in written[node.name].items() if name in names}
            assert kind.from_dict(values) == kind()


def test_the_table_of_nodes_says_what_the_nodes_declare() -> None:
    """The nodes themselves cannot be imported without ROS; their constructors are read."""
    table = {node.name: ([k.__name__ for k in node.fixed], [k.__name__ for k in node.tunable]) for node in NODES}
    declared = {}
    others = (SOURCE_ROOT / "astro_nav_sim" / "map_server.py", SOURCE_ROOT / "astro_nav_ros" / "lifecycle_manager.py")
    for path in (*SOURCE_ROOT.glob("astro_nav_*/**/node.py"), *others):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            sets = {
                word.arg: [item.id for item in word.value.elts]
                for word in call.keywords
                if word.arg in ("fixed", "tunable")
            }
            if ast.unparse(call.func) == "super().__init__" and sets:
                declared[call.args[0].value] = (sets.get("fixed", []), sets.get("tunable", []))
    assert declared == table


def test_every_parameter_is_documented() -> None:
    page = files.contents()["docs/parameters.md"]
    for node in NODES:
        for kind in (*node.fixed, *node.tunable):
            for spec in dataclasses.fields(kind):
                assert f"| `{spec.name}` |" in page


def test_check_shows_what_differs_and_write_mends_it(tmp_path: Path) -> None:
    wanted = {"docs/a.md": "one\ntwo\n"}
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("one\nthree\n")
    diff = files.differences(tmp_path, wanted)
    assert "-three" in diff and "+two" in diff
    assert files.write(tmp_path, wanted) == ["docs/a.md"]
    assert files.write(tmp_path, wanted) == []
    assert files.differences(tmp_path, wanted) == ""


@pytest.mark.parametrize("value", [1e-05, 2.5, 1e20, 3, True, "map", "", "true", "1.0", (1.0, -2.0), ("scan",)])
def test_values_survive_yaml_with_their_type(value: object) -> None:
    read = yaml.safe_load(yaml_value(value))
    assert (tuple(read) if isinstance(read, list) else read) == value
    assert isinstance(value, tuple) or type(read) is type(value)
