"""Parameters are declared once, as fields of a frozen dataclass; everything else is made from that declaration.

    @dataclass(frozen=True)
    class GuardParams(Params):
        rate_hz: float = param(50.0, unit="Hz", low=10.0, high=200.0, doc="Rate of cmd_vel.")

Construction checks every value. Nothing is repaired silently.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from astro_nav_common.errors import ParameterError

_P = TypeVar("_P", bound="Params")
#: entries of a list
LONGEST = 1000


def param(
    default: Any,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    doc: str,
    choices: tuple[str, ...] = (),
    each: type[Params] | None = None,
) -> Any:
    """A dataclass field with unit, inclusive range (each element's, for tuples), allowed strings and one line of doc.

    each: of a list of names: each name has a set of this kind, whose parameters are called NAME.PARAMETER.
    """
    metadata = {"unit": unit, "low": low, "high": high, "doc": doc, "choices": choices, "each": each}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Params:
    """Base of all parameter sets: checked on construction, made from mappings, turned into plain dictionaries."""

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for spec in dataclasses.fields(self):
            value = check(type(self).__name__, spec, hints[spec.name], getattr(self, spec.name))
            object.__setattr__(self, spec.name, value)

    @classmethod
    def from_dict(cls: type[_P], values: Mapping[str, Any]) -> _P:
        """A set with defaults overridden by `values`. Raises ParameterError for unknown keys and bad values."""
        known = [spec.name for spec in dataclasses.fields(cls)]
        for key in values:
            if key not in known:
                raise ParameterError(f"{cls.__name__} has no parameter '{key}'; it has: {', '.join(known)}")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, strings and lists, as for YAML."""
        values = {spec.name: getattr(self, spec.name) for spec in dataclasses.fields(self)}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    def changed(self) -> dict[str, Any]:
        """The values that differ from the defaults."""
        return {
            spec.name: getattr(self, spec.name)
            for spec in dataclasses.fields(self)
            if getattr(self, spec.name) != spec.default
        }


def sets_by_name(values: Params, overrides: Mapping[str, Any]) -> dict[str, Params]:
    """The sets that the names in `values` have (see `param`), by name.

    Args:
        overrides: of all parameters of a node, as {"NAME.PARAMETER": value}; others are left alone.

    Raises:
        ParameterError: a name that is no identifier, that is there twice, or is a parameter; a bad value.
    """
    sets: dict[str, Params] = {}
    fields = {spec.name: spec for spec in dataclasses.fields(values)}
    for spec in fields.values():
        kind = spec.metadata["each"]
        for name in getattr(values, spec.name) if kind is not None else ():
            where = f"{type(values).__name__}.{spec.name}"
            if not name.isidentifier() or name in fields:
                raise ParameterError(f"{where}: '{name}' cannot be a name: letters, digits, _, and no parameter's name")
            if name in sets:
                raise ParameterError(f"{where}: '{name}' is there twice")
            prefix = f"{name}."
            own = {key.removeprefix(prefix): value for key, value in overrides.items() if key.startswith(prefix)}
            try:
                sets[name] = kind.from_dict(own)
            except ParameterError as error:
                raise ParameterError(f"'{name}': {error}") from None
    return sets


def check(owner: str, spec: dataclasses.Field[Any], hint: Any, value: Any) -> Any:
    """The value in its declared type, or ParameterError naming owner, key, value, range and unit."""
    name, text = f"{owner}.{spec.name}", str(hint)
    if hint is bool or hint is str:
        if not isinstance(value, hint):
            raise ParameterError(f"{name} = {value!r} must be a {hint.__name__}")
        choices = spec.metadata.get("choices")
        if choices and value not in choices:
            raise ParameterError(f"{name} = {value!r} must be one of: {', '.join(choices)}")
        return value
    if text.startswith("tuple"):
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise ParameterError(f"{name} = {value!r} must be a list")
        if hasattr(value, "__len__") and len(value) > LONGEST:
            raise ParameterError(f"{name} has {len(value)} entries; no more than {LONGEST} are taken")
        if "str" in text:
            return tuple(str(item) for item in value)
        return tuple(_number(name, spec, float, item) for item in value)
    return _number(name, spec, hint, value)


def _number(name: str, spec: dataclasses.Field[Any], kind: type, value: Any) -> Any:
    unit = spec.metadata.get("unit", "")
    low, high = spec.metadata.get("low"), spec.metadata.get("high")
    wanted = f"a {'whole ' if kind is int else ''}number"
    if low is not None or high is not None:
        wanted += f" from {'-inf' if low is None else low} to {'inf' if high is None else high}"
    wanted += f" {unit}" if unit else ""
    if isinstance(value, bool) or (not isinstance(value, (int, float)) and not hasattr(value, "__float__")):
        raise ParameterError(f"{name} = {value!r} must be {wanted}")
    number = float(value)
    outside = (low is not None and number < low) or (high is not None and number > high)
    if not math.isfinite(number) or outside or (kind is int and number != int(number)):
        raise ParameterError(f"{name} = {value!r} must be {wanted}")
    return int(number) if kind is int else number
