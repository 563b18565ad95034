"""One entity of a launch file (`- node: {...}`), read strictly: wrong types and unknown keys are errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.expressions import truth
from astro_nav_tools.launch_runner.scope import Scope
from astro_nav_tools.launch_runner.substitutions import expand, split_words


class Entity:
    """Access to the attributes of an entity; `finish()` reports the keys that nobody asked for."""

    def __init__(self, kind: str, body: Any, scope: Scope) -> None:
        """Args: kind: its type, such as "node". body: what YAML gave. scope: for substitutions."""
        self.kind, self.scope = kind, scope
        self.where = f"{scope.file.name}: {kind}"
        self._items = body if isinstance(body, list) else None
        if self._items is None and not isinstance(body, Mapping):
            raise LaunchError(f"{self.where} needs 'key: value' pairs, got: {body!r}")
        self._body: Mapping[str, Any] = {} if self._items is not None else body
        self._asked: set[str] = set()

    def applies(self) -> bool:
        """False if its `if` or `unless` says so."""
        wanted = self.text("if", "true")
        unwanted = self.text("unless", "false")
        return truth(wanted, f"{self.where}: if") and not truth(unwanted, f"{self.where}: unless")

    def has(self, key: str) -> bool:
        """True if the attribute is given."""
        return key in self._body

    def raw(self, key: str, default: Any = None) -> Any:
        """The attribute as YAML gave it."""
        self._asked.add(key)
        return self._body.get(key, default)

    def literal(self, key: str, default: str | None = None) -> str:
        """A text attribute, without substitutions. Without a default it is required."""
        value = self.raw(key, default)
        if value is None:
            raise LaunchError(f"{self.where} needs '{key}'")
        if not isinstance(value, str):
            raise LaunchError(f"{self.where}: '{key}: {value}' must be text; put it in quotes")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A text attribute with its substitutions replaced. Without a default it is required."""
        return expand(self.literal(key, default), self.scope)

    def words(self, key: str, default: str | None = None) -> list[str]:
        """A command line: split at spaces before the substitutions are replaced, so their values stay whole."""
        return [expand(word, self.scope) for word in split_words(self.literal(key, default))]

    def flag(self, key: str, default: str) -> bool:
        """A truth value, as text or as YAML's own."""
        value = self.raw(key, default)
        return value if isinstance(value, bool) else truth(self.text(key, default), f"{self.where}: {key}")

    def number(self, key: str, default: float) -> float:
        """A number that is not negative."""
        value = self.raw(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0.0:
            raise LaunchError(f"{self.where}: '{key}: {value}' must be a number, at least 0")
        return float(value)

    def entities(self, key: str) -> list[Entity]:
        """A list of 'key: value' groups, such as a node's `param`."""
        value = self.raw(key, [])
        if not isinstance(value, list):
            raise LaunchError(f"{self.where}: '{key}' must be a list")
        return [Entity(f"{self.kind}: {key}", item, self.scope) for item in value]

    def children(self, scope: Scope) -> list[Entity]:
        """The entities inside a group."""
        items = self._items if self._items is not None else self.raw("children")
        if not isinstance(items, list):
            raise LaunchError(f"{self.where} needs a list of entities (or a list named 'children')")
        return parse_entities(items, scope)

    def finish(self) -> None:
        """Raise LaunchError if a key was never asked for: it is misspelt, or not supported here."""
        unknown = [str(key) for key in self._body if key not in self._asked]
        if unknown:
            known = ", ".join(sorted(self._asked))
            raise LaunchError(f"{self.where} has no attribute '{unknown[0]}'; it has: {known}")


def parse_entities(items: list[Any], scope: Scope) -> list[Entity]:
    """The entities of a list: each item is one `type: attributes`."""
    for item in items:
        if not isinstance(item, Mapping) or len(item) != 1:
            raise LaunchError(f"{scope.file.name}: each entity must be one 'type: attributes', got: {item!r}")
    return [Entity(str(kind), body, scope) for item in items for kind, body in item.items()]
