"""Parameter files of the stack, checked before any node starts."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import yaml

from astro_nav_common.errors import ParameterError
from astro_nav_common.params import sets_by_name
from astro_nav_tools.generate.nodes import NODES, NodeSpec


def changed_parameters(path: Path) -> dict[str, Any]:
    """What a ROS parameter file changes against the defaults, as {"node.parameter": value}.

    Raises:
        ParameterError: the file cannot be read, or names an unknown node or parameter, or has a value out of range.
    """
    changed: dict[str, Any] = {}
    for section, values in _sections(path).items():
        name = section.strip("/").rpartition("/")[2]
        nodes = NODES if name in ("*", "**") else tuple(node for node in NODES if node.name == name)
        if not nodes:
            raise ParameterError(
                f"'{path}': there is no node '{section}'; there are: {', '.join(node.name for node in NODES)}"
            )
        for node in nodes:
            changed |= {
                f"{node.name}.{key}": value for key, value in _changed(node, values, only=len(nodes) == 1).items()
            }
    return changed


def _sections(path: Path) -> dict[str, dict[str, Any]]:
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(f"parameter file '{path}' cannot be read: {getattr(error, 'strerror', error)}") from None
    except yaml.YAMLError as error:
        raise ParameterError(f"parameter file '{path}' is not valid YAML: {error}") from None
    sections = {}
    for name, body in (content if isinstance(content, dict) else {"": None}).items():
        values = body.get("ros__parameters") if isinstance(body, dict) else None
        if not isinstance(values, dict):
            raise ParameterError(f"parameter file '{path}' must hold 'node: ros__parameters: name: value'")
        sections[str(name)] = _flat(values)
    return sections


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as ROS reads them: {"a": {"b": 1}} is {"a.b": 1}."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def _changed(node: NodeSpec, values: dict[str, Any], only: bool) -> dict[str, Any]:
    """Differences from a node's defaults; with `only`, a name that the node does not have is an error."""
    kinds = (*node.fixed, *node.tunable)
    names = {spec.name: kind for kind in kinds for spec in dataclasses.fields(kind)}
    sets = [kind.from_dict({key: value for key, value in values.items() if names.get(key) is kind}) for kind in kinds]
    by_name = {name: named for own in sets[: len(node.fixed)] for name, named in sets_by_name(own, values).items()}
    known = {*names, "use_sim_time"}
    unknown = [key for key in values if key not in known and key.partition(".")[0] not in by_name]
    if unknown and only:
        raise ParameterError(f"{node.name} has no parameter '{unknown[0]}'; it has: {', '.join(names)}")
    changed: dict[str, Any] = {}
    for own in sets:
        changed |= own.changed()
    for name, named in by_name.items():
        changed |= {f"{name}.{key}": value for key, value in named.changed().items()}
    return changed
