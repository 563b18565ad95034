"""Message definitions as MCAP wants them: a type's own text, then that of every type it uses ("ros2msg" schemas)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from astro_nav_common.errors import AstroNavError
from astro_nav_tools.installation import prefixes

_SEPARATOR = "=" * 80
_PRIMITIVE = re.compile(r"^(bool|byte|char|u?int(8|16|32|64)|float(32|64)|w?string(<=\d+)?)$")
_FIELD = re.compile(r"^\s*([a-zA-Z][\w/]*(?:<=\d+)?)(?:\[[^\]]*\])?\s+[a-zA-Z]\w*")


class DefinitionError(AstroNavError):
    """A message type is not installed."""


def full_definition(type_name: str, folders: Sequence[Path] | None = None) -> str:
    """The definition of a message type, such as "nav_msgs/msg/Path", and of all it is made of.

    Args:
        folders: installation prefixes to search; default: AMENT_PREFIX_PATH.
    """
    search = prefixes() if folders is None else folders
    short = _short(type_name)
    texts = {short: _text(short, search)}
    waiting = [short]
    while waiting:
        owner = waiting.pop(0)
        for used in _types_in(texts[owner], owner.partition("/")[0]):
            if used not in texts:
                texts[used] = _text(used, search)
                waiting.append(used)
    first, *rest = texts.items()
    return "\n".join([first[1], *(f"{_SEPARATOR}\nMSG: {name}\n{text}" for name, text in rest)])


def _short(type_name: str) -> str:
    parts = type_name.split("/")
    if len(parts) not in (2, 3):
        raise DefinitionError(f"'{type_name}' is not a message type; write package/msg/Name")
    return f"{parts[0]}/{parts[-1]}"


def _text(short: str, folders: Sequence[Path]) -> str:
    package, name = short.split("/")
    for folder in folders:
        path = folder / "share" / package / "msg" / f"{name}.msg"
        if path.is_file():
            return path.read_text()
    raise DefinitionError(f"message type {package}/msg/{name} is not installed under AMENT_PREFIX_PATH")


def _types_in(text: str, package: str) -> list[str]:
    """Composite types of the fields of a definition, as package/Name."""
    found = []
    for line in text.splitlines():
        match = _FIELD.match(line.partition("#")[0])
        if match is None or _PRIMITIVE.match(match[1]):
            continue
        kind = match[1].partition("<=")[0]
        found.append(_short(kind) if "/" in kind else f"{package}/{kind}")
    return found
