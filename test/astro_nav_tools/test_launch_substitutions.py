"""Substitutions and expressions of launch files."""

from __future__ import annotations

from pathlib import Path

import pytest

from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.expressions import evaluate, typed
from astro_nav_tools.launch_runner.scope import Scope
from astro_nav_tools.launch_runner.substitutions import expand, split_words

SCOPE = Scope(
    file=Path("/a/b.launch.yaml"),
    variables={"robot": "astro", "empty": "", "on": "true"},
    environment={"E": "set", "G": None},
)


@pytest.mark.parametrize(("text", "value"), [
    ("plain", "plain"),
    ("a $(var robot) b", "a astro b"),
    ("$(dirname)/x", "/a/x"),
    ("$(env E)", "set"),
    ("$(env ASTRO_NAV_NOT_SET fallback)", "fallback"),
    ("$(env ASTRO_NAV_NOT_SET $(var robot)-x)", "astro-x"),
    ("$(equals $(var robot) astro)", "true"),
    ("$(eval '\"$(var empty)\" == \"\"')", "True"),
    ("$(not-equals $(var robot) jackal)", "true"),
    ("$(equals 1.0 1)", "true"),
    ("$(not $(var on))", "false"),
    ("$(and $(var on) false)", "false"),
    ("$(or $(var on) false)", "true"),
    ("$(if $(var on) yes no)", "yes"),
    ("$(eval '\"$(var robot)\" == \"astro\"')", "True"),
    (r"\$(var robot)", "$(var robot)"),
    ("cost: $5", "cost: $5"),
])  # fmt: skip
def test_expand(text: str, value: str) -> None:
    assert expand(text, SCOPE) == value


@pytest.mark.parametrize(
    "text",
    [
        "$(var nope)",
        "$(var)",
        "$(equals a)",
        "$(env ASTRO_NAV_NOT_SET)",
        "$(find-pkg-share nope)",
        "$()",
        "$(equals a '')",
    ],
)
def test_expand_refuses(text: str) -> None:
    with pytest.raises(LaunchError):
        expand(text, SCOPE)


@pytest.mark.parametrize(
    "source", ["__import__('os').system('true')", "a == 1", "(1).real", "[x for x in (1,)]", "1 +", "2 ** 99"]
)
def test_evaluate_refuses_anything_but_literals_and_logic(source: str) -> None:
    with pytest.raises(LaunchError, match="refused"):
        evaluate(source, "here")


@pytest.mark.parametrize(("source", "value"), [
    ("1 < 2 and not 3 == 4", "True"), ("'a' in ['a', 'b']", "True"), ("1 < 2 > 3", "False"), ("'x'", "x"),
])  # fmt: skip
def test_evaluate(source: str, value: str) -> None:
    assert evaluate(source, "here") == value


@pytest.mark.parametrize(("text", "words"), [
    ("a b", ["a", "b"]), ("  a   'b c' ", ["a", "b c"]), ("$(env X y)/z w", ["$(env X y)/z", "w"]), ("''", [""]), ("", []),
    ("$(env A $(env B c)) d", ["$(env A $(env B c))", "d"]),
])  # fmt: skip
def test_split_words(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(("text", "value"), [
    ("true", True), ("0.5", 0.5), ("3", 3), ("astro", "astro"), ("[1.0, 2.0]", [1.0, 2.0]), ("", ""), ("a: b", "a: b"), ("[", "["),
])  # fmt: skip
def test_typed(text: str, value: object) -> None:
    assert typed(text) == value
