"""What to run: `node` and `executable` entities as command lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from astro_nav_tools.launch_runner.entity import Entity
from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.expressions import typed
from astro_nav_tools.launch_runner.packages import find_program
from astro_nav_tools.launch_runner.scope import Scope


@dataclass(frozen=True)
class Program:
    """One process to run.

    name: for its output lines. environment: changes to the environment, None for a variable that is removed.
    essential: when it ends, however it ends, the others are shut down.
    """

    name: str
    command: tuple[str, ...]
    environment: dict[str, str | None]
    cwd: Path | None = None
    respawn: bool = False
    respawn_delay: float = 0.0
    essential: bool = False


def read_executable(entity: Entity, scope: Scope) -> Program:
    """An `executable` entity: any program."""
    command = entity.words("cmd")
    if not command:
        raise LaunchError(f"{entity.where}: 'cmd' is empty")
    return _program(entity, scope, entity.text("name", Path(command[0]).name), command)


def read_node(entity: Entity, scope: Scope) -> Program:
    """A `node` entity: a program of a ROS package, with parameters and remappings."""
    executable = entity.text("exec")
    name = entity.text("name", "")
    command = find_program(entity.text("pkg"), executable)
    command += entity.words("args", "")
    ros = entity.words("ros_args", "")
    if name:
        ros += ["-r", f"__node:={name}"]
    namespace = joined_namespace(scope.namespace, entity.text("namespace", ""))
    if namespace:
        ros += ["-r", f"__ns:={namespace}"]
    for key, value in scope.parameters.items():
        ros += ["-p", f"{key}:={json.dumps(value)}"]
    for item in entity.entities("param"):
        ros += _parameter(item, "")
    remaps = [(item.text("from"), item.text("to")) for item in entity.entities("remap")]
    for source, target in (*scope.remaps, *remaps):
        ros += ["-r", f"{source}:={target}"]
    return _program(entity, scope, name or executable, [*command, "--ros-args", *ros] if ros else command)


def joined_namespace(outer: str, inner: str) -> str:
    """An absolute namespace from a pushed one and a node's own; "" for none."""
    if inner.startswith("/"):
        return inner if inner != "/" else ""
    path = "/".join(part.strip("/") for part in (outer, inner) if part.strip("/"))
    return f"/{path}" if path else ""


def _program(entity: Entity, scope: Scope, name: str, command: list[str]) -> Program:
    own = {item.text("name"): item.text("value") for item in entity.entities("env")}
    entity.raw("output")  # everything goes to the screen here
    cwd = entity.text("cwd", "")
    if cwd and not Path(cwd).is_dir():
        raise LaunchError(f"{entity.where}: cwd '{cwd}' is not a folder")
    on_exit = entity.text("on_exit", "") if entity.has("on_exit") else ""
    if on_exit not in ("", "shutdown"):
        raise LaunchError(f"{entity.where}: on_exit can only be 'shutdown', not '{on_exit}'")
    prefix = entity.words("launch-prefix", "")
    return Program(
        name, (*prefix, *command), {**scope.environment, **own}, Path(cwd) if cwd else None, entity.flag("respawn", "false"),
        entity.number("respawn_delay", 0.0), on_exit == "shutdown",
    )  # fmt: skip


def _parameter(item: Entity, prefix: str) -> list[str]:
    """ROS arguments of one `param`: a file (`from`), a value, or a group of nested ones."""
    if item.has("from"):
        path = Path(item.text("from"))
        _check_parameter_file(path, item.where)
        item.finish()
        return ["--params-file", str(path)]
    name = prefix + item.text("name")
    nested = [argument for child in item.entities("param") for argument in _parameter(child, f"{name}.")]
    value = item.raw("value")
    if nested or value is None:
        if not nested or value is not None:
            raise LaunchError(f"{item.where} '{name}' needs either a value or nested params")
        item.finish()
        return nested
    if isinstance(value, str):
        value = typed(item.text("value"))
    item.finish()
    return ["-p", f"{name}:={json.dumps(value)}"]


def _check_parameter_file(path: Path, where: str) -> None:
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise LaunchError(
            f"{where}: parameter file '{path}' cannot be read: {getattr(error, 'strerror', error)}"
        ) from None
    except yaml.YAMLError as error:
        raise LaunchError(f"{where}: parameter file '{path}' is not valid YAML: {error}") from None
    if not isinstance(content, dict) or not all(isinstance(node, dict) for node in content.values()):
        raise LaunchError(f"{where}: parameter file '{path}' must hold 'node: ros__parameters: ...'")
