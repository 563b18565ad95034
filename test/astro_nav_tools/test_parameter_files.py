"""Parameter files are checked as the nodes would check them."""

from __future__ import annotations

from pathlib import Path

import pytest

from astro_nav_common.errors import ParameterError
from astro_nav_tools.installation import SOURCE_ROOT
from astro_nav_tools.parameter_files import changed_parameters


def test_only_what_differs_from_the_defaults_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("/**/local_planner: {ros__parameters: {rate_hz: 20.0, horizon: 3.0, use_sim_time: true}}\n")
    assert changed_parameters(file) == {"local_planner.rate_hz": 20.0}


def test_a_section_for_all_nodes_is_for_those_that_have_the_name(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("/**: {ros__parameters: {robot: jackal}}\n")
    changed = changed_parameters(file)
    assert changed["local_planner.robot"] == "jackal"
    assert "map_server.robot" not in changed


def test_the_default_files_change_nothing() -> None:
    for name in ("astro_nav.yaml", "simulator.yaml"):
        assert changed_parameters(SOURCE_ROOT / "config" / name) == {}


def test_sources_of_scans_are_checked_with_their_parameters(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    text = "/**/local_planner: {ros__parameters: {observation_sources: [front, camera], camera: {data_type: %s}}}\n"
    file.write_text(text % "PointCloud2")
    changed = changed_parameters(file)
    assert changed["local_planner.camera.data_type"] == "PointCloud2"
    assert changed["local_planner.observation_sources"] == ("front", "camera")
    file.write_text(text % "Image")
    with pytest.raises(ParameterError, match="data_type = 'Image' must be one of"):
        changed_parameters(file)
