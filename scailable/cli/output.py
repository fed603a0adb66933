"""Output: data on stdout as a table, fields or JSON; notes for people on stderr."""

from __future__ import annotations

import datetime
import json
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scailable.cli.base import State

T = TypeVar("T")

_NARROWEST = 8


@dataclass(frozen=True)
class Column(Generic[T]):
    """A column of a table. A fixed one is never cut: a cut UUID is of no use."""

    title: str
    value: Callable[[T], Any]
    fixed: bool = False


def show_list(
    state: State,
    items: Iterable[T],
    columns: Sequence[Column[T]],
    *,
    nothing: str,
    short: Callable[[T], Any] = attrgetter("uuid"),
) -> None:
    """Print many objects: a table, `--json` their documents, `-q` what `short` makes of each."""
    rows = list(items)
    if state.json:
        show_json(rows)
    elif state.quiet:
        for row in rows:
            click.echo(short(row))
    elif rows:
        cells = [[text(column.value(row)) for column in columns] for row in rows]
        width = shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None
        for line in table(
            [column.title for column in columns],
            cells,
            fixed=[column.fixed for column in columns],
            width=width,
        ):
            click.echo(line)
    else:
        note(state, nothing)


def show(
    state: State,
    item: T,
    fields: Sequence[tuple[str, Any]],
    *,
    short: Callable[[T], Any] = attrgetter("uuid"),
) -> None:
    """Print one object: its fields, `--json` its document, `-q` what `short` makes of it."""
    if state.json:
        show_json(item)
    elif state.quiet:
        click.echo(short(item))
    else:
        for line in field_lines(fields):
            click.echo(line)


def show_json(value: Any) -> None:
    """Print a value as JSON, with the names of the service's documents as keys."""
    from scailable.runtime.codec import plain

    click.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def note(state: State, message: str) -> None:
    """Tell people something on stderr; scripts do not see it."""
    if state.talkative:
        click.echo(message, err=True)


def say(text: str, *, err: bool = False) -> None:
    """Print what may hold letters that the terminal has no code for."""
    stream = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), err=err)


def field_lines(fields: Sequence[tuple[str, Any]]) -> list[str]:
    """`Name  value` lines, aligned; a list takes a line an item, what is empty is left out."""
    fields = [(name, value) for name, value in fields if value not in (None, "", [], ())]
    width = max((len(name) for name, _ in fields), default=0)
    lines = []
    for name, value in fields:
        values = value if isinstance(value, list | tuple) else [value]
        for number, item in enumerate(values):
            lines.append(f"{name if number == 0 else '':<{width}}  {text(item)}".rstrip())
    return lines


def table(
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    fixed: Sequence[bool] = (),
    width: int | None = None,
) -> list[str]:
    """Aligned lines, columns two spaces apart, the widest cut until all fit in `width` cells.

    >>> table(["NAME", "STATUS"], [["digits", "ok"], ["cars", "processing"]])
    ['NAME    STATUS', 'digits  ok', 'cars    processing']
    """
    lines = [list(titles), *(list(row) for row in rows)]
    widths = [max(cells(line[index]) for line in lines) for index in range(len(titles))]
    elastic = [i for i in range(len(titles)) if not (i < len(fixed) and fixed[i])]
    while width is not None and sum(widths) + 2 * (len(widths) - 1) > width:
        widest = max(elastic, key=lambda index: widths[index], default=None)
        if widest is None or widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return [
        "  ".join(pad(cell, w) for cell, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def cells(value: str) -> int:
    """How many cells of a terminal the text takes.

    >>> cells("cafe"), cells("日本")
    (4, 4)
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in value)
    joined = sum(unicodedata.combining(letter) != 0 for letter in value)
    return len(value) + wide - joined


def pad(value: str, width: int) -> str:
    """The text at exactly this width, cut with an ellipsis when it is wider.

    >>> pad("digits", 4), pad("ok", 4)
    ('dig…', 'ok  ')
    """
    if cells(value) > width:
        while cells(value) > width - 1:
            value = value[:-1]
        value += "…"
    return value + " " * (width - cells(value))


def text(value: Any) -> str:
    """A value as people read it, on one line, with what would steer a terminal as an escape.

    >>> text(None), text(True), text("a b")
    ('-', 'yes', 'a b')
    """
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    shown = str(value)
    if shown.isprintable():
        return shown
    from scailable.onnx.text import printable

    return printable(shown)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits at the stream; a closed one is None."""
    return stream is not None and stream.isatty()


def plural(count: int, noun: str) -> str:
    """`1 device`, `2 devices`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
