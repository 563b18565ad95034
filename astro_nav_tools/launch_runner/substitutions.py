"""The `$(...)` substitutions of launch files.

Grammar: `$(name argument...)`; arguments are separated by spaces, may be quoted with ' or ", and may hold
substitutions themselves. A backslash takes the next character as it is.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

from astro_nav_tools.launch_runner.errors import LaunchError
from astro_nav_tools.launch_runner.expressions import equal, evaluate, truth
from astro_nav_tools.launch_runner.packages import find_share
from astro_nav_tools.launch_runner.scope import Scope


def expand(text: str, scope: Scope) -> str:
    """`text` with every substitution replaced."""
    out, at = [], 0
    while at < len(text):
        if text.startswith("$(", at):
            value, at = _substitution(text, at + 2, scope)
            out.append(value)
        else:
            if text[at] == "\\" and at + 1 < len(text):
                at += 1
            out.append(text[at])
            at += 1
    return "".join(out)


def split_words(text: str) -> list[str]:
    """The words of a command line: spaces inside quotes and inside substitutions do not split, outer quotes go."""
    words: list[str] = []
    word, depth, quote = "", 0, ""
    started = False
    for at, char in enumerate(text):
        depth += text.startswith("(", at) and text[at - 1 : at] == "$"
        if depth:
            word, started = word + char, True
            depth -= char == ")"
        elif quote:
            word, quote = (word, "") if char == quote else (word + char, quote)
        elif char in "'\"":
            quote, started = char, True
        elif not char.isspace():
            word, started = word + char, True
        elif started:
            words.append(word)
            word, started = "", False
    return [*words, word] if started else words


def _substitution(text: str, at: int, scope: Scope) -> tuple[str, int]:
    """Value of the substitution whose name starts at `at`, and where reading goes on after its closing bracket."""
    words: list[str] = []
    word: list[str] | None = None  # None: between words
    quote = ""
    while at < len(text):
        char = text[at]
        if text.startswith("$(", at):
            value, at = _substitution(text, at + 2, scope)
            word = [*(word or []), value]
            continue
        if char == "\\" and at + 1 < len(text):
            word = [*(word or []), text[at + 1]]
            at += 1
        elif quote and char != quote:
            word = [*(word or []), char]
        elif quote:
            if not word:
                raise LaunchError(
                    f"{scope.file.name}: ros2 launch takes empty quotes in '{text}' literally; use $(eval ...)"
                )
            quote = ""
        elif char in "'\"":
            quote, word = char, word or []
        elif char == ")":
            words += ["".join(word)] if word is not None else []
            return _apply(words, scope), at + 1
        elif char == " ":
            words += ["".join(word)] if word is not None else []
            word = None
        else:
            word = [*(word or []), char]
        at += 1
    raise LaunchError(f"{scope.file.name}: no closing bracket in '{text}'")


def _apply(words: list[str], scope: Scope) -> str:
    name, arguments = (words or [""])[0], words[1:]
    if name not in _KINDS:
        raise LaunchError(f"{scope.file.name}: unknown substitution $({name}); there are: {', '.join(sorted(_KINDS))}")
    function, least, most = _KINDS[name]
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise LaunchError(f"{scope.file.name}: $({' '.join(words)}) needs {wanted} arguments, got {len(arguments)}")
    return function(arguments, scope)


def _environment(arguments: list[str], scope: Scope) -> str:
    value = scope.environment.get(arguments[0], os.environ.get(arguments[0]))
    if value is not None:
        return value
    if len(arguments) < 2:
        raise LaunchError(f"{scope.file.name}: the environment variable {arguments[0]} is not set")
    return arguments[1]


def _find_exec(arguments: list[str], scope: Scope) -> str:
    path = shutil.which(arguments[0])
    if path is None:
        raise LaunchError(f"{scope.file.name}: the program '{arguments[0]}' is not on the PATH")
    return path


def _truths(arguments: list[str], scope: Scope) -> list[bool]:
    return [truth(argument, scope.file.name) for argument in arguments]


def _word(value: bool) -> str:
    return "true" if value else "false"


#: name: (function, least and most number of arguments)
_KINDS: dict[str, tuple[Callable[[list[str], Scope], str], int, int]] = {
    "var": (lambda a, s: s.variable(a[0]), 1, 1),
    "env": (_environment, 1, 2),
    "dirname": (lambda a, s: str(s.file.parent), 0, 0),
    "filename": (lambda a, s: str(s.file), 0, 0),
    "find-pkg-share": (lambda a, s: str(find_share(a[0])), 1, 1),
    "find-exec": (_find_exec, 1, 1),
    "equals": (lambda a, s: _word(equal(*a)), 2, 2),
    "not-equals": (lambda a, s: _word(not equal(*a)), 2, 2),
    "not": (lambda a, s: _word(not _truths(a, s)[0]), 1, 1),
    "and": (lambda a, s: _word(all(_truths(a, s))), 2, 2),
    "or": (lambda a, s: _word(any(_truths(a, s))), 2, 2),
    "if": (lambda a, s: ([*a, ""])[1 if truth(a[0], s.file.name) else 2], 2, 3),
    "eval": (lambda a, s: evaluate(a[0], s.file.name), 1, 1),
}
