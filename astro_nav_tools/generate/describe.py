"""Parameter sets as text: YAML with comments, and Markdown tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable
from typing import Any

import yaml

from astro_nav_common.params import Params


def yaml_lines(kind: type[Params], indent: str, without: Container[str] = ()) -> list[str]:
    """Each parameter but those `without` with its default, and its documentation as a comment above it."""
    lines = []
    for spec in dataclasses.fields(kind):
        if spec.name in without or spec.default == ():
            continue  # ROS parameter files cannot say of which type an empty list is
        lines.append(f"{indent}# {described(spec)}")
        lines.append(f"{indent}{spec.name}: {yaml_value(spec.default)}")
    return lines


def markdown_table(kinds: Iterable[type[Params]]) -> list[str]:
    """One row a parameter: name, default, unit, range, what it is."""
    lines = ["| parameter | default | unit | range | |", "| --- | --- | --- | --- | --- |"]
    for kind in kinds:
        for spec in dataclasses.fields(kind):
            default, unit = _cell(yaml_value(spec.default)), spec.metadata["unit"]
            lines.append(
                f"| `{spec.name}` | {default} | {_cell(unit)} | {_cell(allowed(spec))} | {_cell(spec.metadata['doc'])} |"
            )
    return lines


def described(spec: dataclasses.Field[Any]) -> str:
    """Documentation with unit and range in one line."""
    facts = " ".join(part for part in (spec.metadata["unit"], allowed(spec)) if part)
    return f"{spec.metadata['doc']}" + (f" [{facts}]" if facts else "")


def allowed(spec: dataclasses.Field[Any]) -> str:
    """The allowed values in words."""
    low, high, choices = spec.metadata["low"], spec.metadata["high"], spec.metadata["choices"]
    if choices:
        return "one of: " + ", ".join(choices)
    if low is None and high is None:
        return ""
    return (
        f"{_number(low)} to {_number(high)}"
        if None not in (low, high)
        else f">= {low:g}"
        if high is None
        else f"<= {high:g}"
    )


def yaml_value(value: Any) -> str:
    """A value as YAML; floats always with a point, which YAML wants before an exponent."""
    if isinstance(value, float):
        text = repr(value)
        return text if "." in text or "e" not in text else text.replace("e", ".0e")
    if isinstance(value, tuple):
        return "[" + ", ".join(yaml_value(item) for item in value) + "]"
    return yaml.safe_dump(value).removesuffix("\n...\n").strip()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
