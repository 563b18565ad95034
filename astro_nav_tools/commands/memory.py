"""`astro-nav memory show|export|forget`: what the global planner remembers of maps, to look at and to clear."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from astro_nav_common.errors import InputError

FILE = typer.Option("--file", help="File of the memory; default: $XDG_STATE_HOME/astro_nav/memory.sqlite.")


def memory(context: typer.Context) -> int:
    """Show, export or forget what was found open or blocked: `astro-nav memory --help`."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_group)
    for command in (show, export, forget):
        app.command()(command)
    return int(app(context.args, standalone_mode=False, prog_name="astro-nav memory") or 0)


def _group() -> None:
    """What the global planner remembers of maps."""


def show(file: Annotated[Path | None, FILE] = None) -> int:
    """List the maps and what is remembered of their passages and places."""
    for entry in _content(file):
        print(f"map {entry['map']} {entry['description']}")
        for place in entry["places"]:
            state = "open" if place["was_open"] else "blocked"
            seen = time.strftime("%Y-%m-%d %H:%M", time.localtime(place["seen_at"]))
            print(
                f"  {place['place']:<24} open {place['opened']:6.2f}  blocked {place['blocked']:6.2f}  {state} at {seen}"
            )
        if not entry["places"]:
            print("  nothing")
    return 0


def export(
    out: Annotated[Path, typer.Option(help="JSON file to write.")],
    file: Annotated[Path | None, FILE] = None,
) -> int:
    """Write all that is remembered as JSON."""
    from astro_nav_tools.results import write_json

    content = _content(file)
    write_json(out, {"maps": content})
    print(f"{sum(len(entry['places']) for entry in content)} places of {len(content)} maps written to {out}")
    return 0


def forget(
    map_key: Annotated[str, typer.Argument(help="Key of the map, as `show` prints it; 'all' for every map.")],
    place: Annotated[str | None, typer.Argument(help="A passage or place; default: the whole map.")] = None,
    file: Annotated[Path | None, FILE] = None,
) -> int:
    """Forget a map, or one place of it."""
    store = _open(file)
    try:
        keys = list(store.maps())
        if map_key != "all" and map_key not in keys:
            raise InputError(f"nothing is remembered of a map '{map_key}'; there are: {', '.join(keys) or 'none'}")
        chosen = keys if map_key == "all" else [map_key]
        if place is not None and not any(place in store.load(key) for key in chosen):
            raise InputError(f"nothing is remembered of a place '{place}'; `astro-nav memory show` lists what is")
        count = sum(store.forget(key, place) for key in chosen)
    finally:
        store.close()
    print(f"{count} places forgotten.")
    return 0


def _open(file: Path | None) -> Any:
    """The store; a file that is not there is not begun here."""
    from astro_nav_global.memory_store import MemoryStore, default_path

    path = file or default_path()
    if not path.is_file():
        raise InputError(f"there is no memory '{path}'; name another with --file")
    store = MemoryStore(path)
    for message in store.messages:
        typer.echo(message, err=True)
    return store


def _content(file: Path | None) -> list[dict[str, Any]]:
    """Maps with their places, as plain numbers; counts as of when each was last seen."""
    store = _open(file)
    try:
        return [
            {
                "map": key,
                "description": description,
                "places": [{"place": place, **counts._asdict()} for place, counts in store.load(key).items()],
            }
            for key, description in store.maps().items()
        ]
    finally:
        store.close()
