"""The report page: the summaries of all result files of a folder."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from astro_nav_tools.results import ResultError

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#20242c}"
    "h2{margin-top:2em}table{border-collapse:collapse;margin:.5em 0}td,th{padding:.15em .9em .15em 0;text-align:left;"
    "border-bottom:1px solid #e4e6ea}td.n{text-align:right;font-variant-numeric:tabular-nums}small{color:#6b7280}"
)


def write_report(folder: Path) -> Path:
    """Write `report.html` beside the result files of a folder. Raises ResultError."""
    sections = []
    for file in sorted(folder.glob("*.json")):
        try:
            result = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise ResultError(f"'{file}' is not a result file: {error}") from None
        sections.append(section(file.stem, result))
    page = folder / "report.html"
    body = "\n".join(sections) or "<p>There are no results yet.</p>"
    text = f"<!doctype html><meta charset='utf-8'><title>astro_nav benchmarks</title><style>{_STYLE}</style>\n<h1>Benchmarks</h1>\n{body}\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(text)
    except OSError as error:
        raise ResultError(f"'{page}' cannot be written: {error.strerror}") from None
    return page


def section(name: str, result: Mapping[str, Any]) -> str:
    """A result as HTML: its numbers, the tables among them, and where it comes from."""
    summary, source = result.get("summary", {}), result.get("provenance", {})
    numbers = "".join(
        f"<tr><td>{html.escape(key)}</td><td class='n'>{shown(value)}</td></tr>" for key, value in flat(summary)
    )
    tables = "".join(table(value) for value in (*summary.values(), result.get("rows")) if is_table(value))
    origin = f"commit {source.get('commit', 'unknown')}, {source.get('cpu', 'unknown')}"
    return f"<h2>{html.escape(name)}</h2>\n<table>{numbers}</table>{tables}\n<small>{html.escape(origin)}</small>"


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Names and values of everything in a mapping but tables, inner names joined with a point."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif not is_table(value):
            yield prefix + key, value


def is_table(value: object) -> bool:
    """True for a list of mappings."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def table(rows: list[Mapping[str, Any]]) -> str:
    """Mappings as the rows of a table."""
    flats = [dict(flat(row)) for row in rows]
    head = "".join(f"<th>{html.escape(key)}</th>" for key in flats[0])
    body = "".join(
        "<tr>" + "".join(f"<td class='n'>{shown(row.get(key))}</td>" for key in flats[0]) + "</tr>" for row in flats
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def shown(value: object) -> str:
    """A value for people: numbers to four digits."""
    return f"{value:.4g}" if isinstance(value, float) else html.escape("-" if value is None else str(value))
