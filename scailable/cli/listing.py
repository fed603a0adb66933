"""The options of every `list` that goes over pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def paged(command: Callable[..., None]) -> Callable[..., None]:
    """Add the search, the order and the part of the list that is wanted."""
    for option in (
        part,
        click.option(
            "--order-by",
            metavar="FIELDS",
            help="name, updated_at, inserted_at, joined by commas; a - reverses.",
        ),
        click.option("--q", metavar="TEXT", help="Only those with this text."),
    ):
        command = option(command)
    return command


def part(command: Callable[..., None]) -> Callable[..., None]:
    """Add the part of the list that is wanted."""
    for option in (
        click.option(
            "--offset", type=click.IntRange(min=0), default=0, help="Skip the first ones."
        ),
        click.option("--limit", type=click.IntRange(min=1), help="At most this many."),
    ):
        command = option(command)
    return command
