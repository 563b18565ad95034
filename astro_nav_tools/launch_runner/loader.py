"""Reads a launch file and all it includes into the programs to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from astro_nav_tools.launch_runner.entity import Entity, parse_entities
from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.expressions import typed
from astro_nav_tools.launch_runner.packages import PACKAGE, find_share
from astro_nav_tools.launch_runner.programs import Program, joined_namespace, read_executable, read_node
from astro_nav_tools.launch_runner.scope import Scope

#: files that include each other in a circle are noticed at this depth
DEEPEST_INCLUDE = 20


@dataclass(frozen=True)
class Argument:
    """A declared launch argument; value: what it has in this run."""

    name: str
    value: str
    description: str
    choices: tuple[str, ...]


@dataclass
class Launch:
    """What a launch file comes to: the programs to run, and the arguments it declared on the way."""

    programs: list[Program] = field(default_factory=list)
    arguments: dict[str, Argument] = field(default_factory=dict)


def find_launch_file(name: str) -> Path:
    """A launch file by path, or by its name (with or without the ending) in the package's launch folder."""
    if Path(name).is_file():
        return Path(name).resolve()
    folder = find_share(PACKAGE) / "launch"
    for path in (folder / name, folder / f"{name}.launch.yaml"):
        if path.is_file():
            return path.resolve()
    known = ", ".join(sorted(path.name for path in folder.glob("*.launch.yaml")))
    raise LaunchError(f"there is no launch file '{name}'; in {folder.name}/ there are: {known}")


def load(file: Path, arguments: Mapping[str, str]) -> Launch:
    """Read a launch file with the given arguments. Raises LaunchError."""
    launch = Launch()
    _read_file(launch, Scope(file=file, variables=dict(arguments)), depth=0)
    for name in arguments:
        if name not in launch.arguments:
            known = ", ".join(launch.arguments) or "none"
            raise LaunchError(f"{file.name} has no argument '{name}'; it has: {known}")
    return launch


def _read_file(launch: Launch, scope: Scope, depth: int) -> None:
    file = scope.file
    try:
        content = yaml.safe_load(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise LaunchError(f"launch file '{file}' cannot be read: {getattr(error, 'strerror', error)}") from None
    except yaml.YAMLError as error:
        raise LaunchError(f"launch file '{file}' is not valid YAML: {error}") from None
    if not isinstance(content, dict) or list(content) != ["launch"] or not isinstance(content["launch"], list):
        raise LaunchError(f"launch file '{file}' must hold one list named 'launch'")
    if depth > DEEPEST_INCLUDE:
        raise LaunchError(f"launch file '{file}' includes itself")
    for entity in parse_entities(content["launch"], scope):
        _read(launch, entity, scope, depth)


def _read(launch: Launch, entity: Entity, scope: Scope, depth: int) -> None:
    if entity.kind in _SETTINGS:
        if entity.applies():
            _SETTINGS[entity.kind](entity, scope)
            entity.finish()
        return
    if not entity.applies():
        return
    if entity.kind == "arg":
        _declare(launch, entity, scope)
    elif entity.kind == "node":
        launch.programs.append(read_node(entity, scope))
    elif entity.kind == "executable":
        launch.programs.append(read_executable(entity, scope))
    elif entity.kind == "include":
        for item in entity.entities("arg"):
            scope.variables[item.text("name")] = item.text("value")
            item.finish()
        _read_file(launch, scope.including(Path(entity.text("file"))), depth + 1)
    elif entity.kind == "group":
        inner = scope.nested() if entity.flag("scoped", "true") else scope
        for child in entity.children(inner):
            _read(launch, child, inner, depth)
    else:
        known = ", ".join(sorted((*_SETTINGS, "arg", "executable", "group", "include", "node")))
        raise LaunchError(f"{scope.file.name}: unknown entity '{entity.kind}'; there are: {known}")
    entity.finish()


def _declare(launch: Launch, entity: Entity, scope: Scope) -> None:
    name = entity.literal("name")
    if name not in scope.variables:
        if not entity.has("default"):
            raise LaunchError(
                f"{scope.file.name} needs the argument '{name}' ({entity.literal('description', '')}): {name}:=..."
            )
        scope.variables[name] = entity.text("default")
    else:
        entity.raw("default")
    choices = tuple(item.literal("value") for item in entity.entities("choice"))
    value = scope.variables[name]
    if choices and value not in choices:
        raise LaunchError(f"{scope.file.name}: argument {name} = '{value}' must be one of: {', '.join(choices)}")
    launch.arguments.setdefault(name, Argument(name, value, entity.literal("description", ""), choices))


def _let(entity: Entity, scope: Scope) -> None:
    scope.variables[entity.text("name")] = entity.text("value")


def _set_environment(entity: Entity, scope: Scope) -> None:
    scope.environment[entity.text("name")] = entity.text("value")


def _unset_environment(entity: Entity, scope: Scope) -> None:
    scope.environment[entity.text("name")] = None


def _push_namespace(entity: Entity, scope: Scope) -> None:
    scope.namespace = joined_namespace(scope.namespace, entity.text("namespace"))


def _set_parameter(entity: Entity, scope: Scope) -> None:
    scope.parameters[entity.text("name")] = typed(entity.text("value"))


def _set_remap(entity: Entity, scope: Scope) -> None:
    scope.remaps.append((entity.text("from"), entity.text("to")))


def _log(entity: Entity, scope: Scope) -> None:
    print(f"[launch] {entity.text('message')}", flush=True)


#: entities that only change the scope (or say something)
_SETTINGS: dict[str, Callable[[Entity, Scope], None]] = {
    "let": _let,
    "set_env": _set_environment,
    "unset_env": _unset_environment,
    "push_ros_namespace": _push_namespace,
    "set_parameter": _set_parameter,
    "set_remap": _set_remap,
    "log": _log,
}
