"""Truth values as launch files write them, and the harmless part of `$(eval ...)`."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

import yaml

from astro_nav_tools.launch_runner.errors import LaunchError

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}  # fmt: skip


def truth(text: str, where: str) -> bool:
    """The truth value of `text`: true/1 or false/0 in any case, as ros2 launch takes them."""
    word = text.strip().lower()
    if word not in ("true", "1", "false", "0"):
        raise LaunchError(f"{where}: '{text}' is neither true nor false (use true, 1, false or 0)")
    return word in ("true", "1")


def equal(left: str, right: str) -> bool:
    """Equality of two texts, which compare as truth values or numbers when both are such."""
    if all(text.lower() in ("true", "false", "1", "0") for text in (left, right)):
        return (left.lower() in ("true", "1")) == (right.lower() in ("true", "1"))
    try:
        return math.isclose(float(left), float(right))
    except ValueError:
        return left == right


def typed(text: str) -> Any:
    """The text as YAML types it ("true" is a bool, "0.5" a number, "[1, 2]" a list); itself where it is none of these."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    return value if isinstance(value, (bool, int, float, list)) else text


def evaluate(source: str, where: str) -> str:
    """The value of a Python expression made of literals, comparisons and and/or/not. No names, no calls."""
    try:
        tree = ast.parse(source.strip(), mode="eval")
        return str(_value(tree.body))
    except (SyntaxError, TypeError, ValueError):
        raise LaunchError(
            f"{where}: $(eval {source}) is refused; only literals, comparisons and and/or/not can be evaluated"
        ) from None


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.BoolOp):
        values = [_value(item) for item in node.values]
        return all(values) if isinstance(node.op, ast.And) else any(values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _value(node.operand)
    if isinstance(node, ast.Compare):
        operands = [_value(item) for item in (node.left, *node.comparators)]
        return all(_COMPARISONS[type(op)](a, b) for op, a, b in zip(node.ops, operands, operands[1:], strict=False))
    return ast.literal_eval(node)
