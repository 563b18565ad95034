"""The launch files of the project."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from astro_nav_tools.generate.nodes import NODES
from astro_nav_tools.installation import SOURCE_ROOT
from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.loader import find_launch_file, load

#: needs no time, and the others not it
MANAGER = "lifecycle_manager_navigation"
EVERYTHING = {"map": "x.yaml", "record": "x.mcap"}
NAVIGATION = ["global_planner", "local_planner", "reactive_guard", MANAGER]


@pytest.fixture(autouse=True)
def source_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENT_PREFIX_PATH", "")


def names(file: str, **arguments: str) -> list[str]:
    return [program.name for program in load(find_launch_file(file), arguments).programs]


def test_navigation_runs_the_three_planners_and_a_map_server_if_there_is_a_map() -> None:
    assert names("navigation") == NAVIGATION
    assert names("navigation", map="home.yaml") == ["map_server", *NAVIGATION]


def test_simulation_adds_simulator_and_on_demand_a_recorder() -> None:
    assert names("simulation") == ["simulator", *NAVIGATION]
    assert names("simulation.launch.yaml", record="x.mcap") == ["simulator", "recorder", *NAVIGATION]


def test_what_needs_the_time_takes_it_from_the_simulator() -> None:
    launch = load(find_launch_file("simulation"), {"map": "home.yaml", "record": "x.mcap"})
    assert [program.name for program in launch.programs if "use_sim_time:=true" not in program.command] == [
        "simulator",
        MANAGER,
    ]


def test_arguments_reach_the_nodes() -> None:
    launch = load(find_launch_file("simulation"), {"robot": "jackal", "seed": "7", "world": "a:b c"})
    simulator, *planners = launch.programs
    assert {'robot:="jackal"', "seed:=7", 'world:="a:b c"'} <= set(simulator.command)
    assert [p.name for p in planners if 'robot:="jackal"' not in p.command] == [MANAGER]


def test_what_is_a_launch_argument_is_in_no_file_of_defaults() -> None:
    """The argument's default would override it without a word."""
    programs = {program.name: program for program in load(find_launch_file("simulation"), EVERYTHING).programs}
    for node in NODES:
        given = {
            word.partition(":=")[0] for word in programs[node.name].command if ":=" in word and word[0] not in "_/"
        }
        assert given - {"use_sim_time"} == set(node.arguments), node.name
        if node.config:
            sections = yaml.safe_load((SOURCE_ROOT / node.config).read_text())
            assert not given & set(sections[f"/**/{node.name}"]["ros__parameters"])


def test_in_a_namespace_everything_and_its_transforms_are_the_robots_own() -> None:
    for program in load(find_launch_file("simulation"), {**EVERYTHING, "namespace": "r1"}).programs:
        assert {"__ns:=/r1", "/tf:=tf", "/tf_static:=tf_static"} <= set(program.command), program.name


def test_the_parameter_file_reaches_all_nodes_of_the_stack(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("map_server: {ros__parameters: {frame_id: floor}}\n")
    programs = load(find_launch_file("simulation"), {"map": "x.yaml", "params_file": str(file)}).programs
    assert [program.name for program in programs if str(file) not in program.command] == ["simulator"]


def test_a_dead_node_ends_the_stack() -> None:
    programs = load(find_launch_file("navigation"), {"map": "x.yaml"}).programs
    assert [program.name for program in programs if not program.essential] == [MANAGER]


def test_every_node_of_the_table_is_launched_by_its_name() -> None:
    launched = set(names("simulation", map="x.yaml", record="x.mcap"))
    assert launched == {node.name for node in NODES}


def test_unknown_launch_file_names_those_there_are() -> None:
    with pytest.raises(LaunchError, match=r"no launch file 'nope'.*navigation\.launch\.yaml, simulation\.launch\.yaml"):
        find_launch_file("nope")


def test_rviz_shows_topics_of_the_stack() -> None:
    config = yaml.safe_load((SOURCE_ROOT / "rviz" / "astro_nav.rviz").read_text())
    topics = {
        display["Topic"]["Value"] for display in config["Visualization Manager"]["Displays"] if "Topic" in display
    }
    assert {"/map", "/scan", "/plan", "/local_plan", "/trajectories", "/local_costmap/costmap"} <= topics
    assert Path(find_launch_file("simulation")).read_text().count("rviz/astro_nav.rviz") == 1
