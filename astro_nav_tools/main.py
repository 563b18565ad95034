"""Entry point of the `astro-nav` command: one module of `commands/` a subcommand, one sentence an error.

Exit status: 0 done, 1 done but the result is bad (a goal missed, a check failed), 2 the input cannot be used,
130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Any

import typer

from astro_nav_common.errors import AstroNavError
from astro_nav_tools.commands import COMMANDS

#: typer's usage errors share this base; typer brings click along or a copy of it, so it is found, not imported
USAGE_ERROR: Any = typer.BadParameter.__mro__[2]


def make_app() -> typer.Typer:
    """The application with every subcommand registered."""
    app = typer.Typer(
        name="astro-nav", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    )  # fmt: skip
    app.callback()(_group)
    for name, function, settings in COMMANDS:
        app.command(name, context_settings=settings)(function)
    return app


def _group() -> None:
    """Navigation for a home robot: run it, measure it, check it."""


def main(args: list[str] | None = None) -> int:
    """Run the command line `args` (default: the process's own); returns the exit status."""
    arguments = sys.argv[1:] if args is None else args
    try:
        status = make_app()(arguments, standalone_mode=False, prog_name="astro-nav")
    except AstroNavError as error:
        return _fail(str(error))
    except USAGE_ERROR as error:
        message = error.format_message()
        return _fail(f"{message} (try: astro-nav --help)") if message else 2  # none: the help text has been printed
    except (typer.Abort, KeyboardInterrupt):
        print("astro-nav: interrupted", file=sys.stderr)
        return 130
    return int(status or 0)


def _fail(sentence: str) -> int:
    print(f"astro-nav: error: {' '.join(sentence.split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
