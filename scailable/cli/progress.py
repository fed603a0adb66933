"""Progress of an upload or a download, on stderr."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from scailable.cli.output import is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scailable.cli.base import State

    OnProgress = Callable[[int, int | None], None]

# Where no bar can be drawn, a line each time this many per cent more are done.
_STEP = 10


@contextmanager
def progress(state: State, label: str, *, wanted: bool | None = None) -> Iterator[OnProgress]:
    """Yield the callback that a transfer reports (bytes done, bytes in all) to.

    A bar on a terminal; lines elsewhere, only when `wanted` is True; nothing with `--json`, `-q`
    or `wanted=False`.
    """
    if wanted is False or not state.talkative:
        yield lambda _done, _total: None
    elif is_terminal(sys.stderr):
        with _bar(label) as on_progress:
            yield on_progress
    elif wanted:
        yield _lines(label)
    else:
        yield lambda _done, _total: None


@contextmanager
def _bar(label: str) -> Iterator[OnProgress]:
    from scailable.onnx.text import readable_size

    size = 0
    bar: Any = None  # click does not export the type

    def amount(done: int | None) -> str:
        return f"{readable_size(done or 0)} of {readable_size(size)}"

    with ExitStack() as stack:

        def on_progress(done: int, total: int | None) -> None:
            nonlocal size, bar
            size = max(total or done, 1)
            if bar is None:  # only now: a check may have something to say before
                drawn = click.progressbar(
                    length=size,
                    label=label,
                    file=sys.stderr,
                    item_show_func=amount,
                    show_eta=False,
                    width=30,
                )
                bar = stack.enter_context(drawn)
            bar.length = size
            # A transfer that is tried again starts from 0, so this may go backwards.
            bar.update(done - bar.pos, done)

        yield on_progress


def _lines(label: str) -> OnProgress:
    from scailable.onnx.text import readable_size

    reached = -1

    def on_progress(done: int, total: int | None) -> None:
        nonlocal reached
        step = done * 100 // total // _STEP if total else 100 // _STEP
        if step != reached:
            reached = step
            click.echo(f"{label}  {step * _STEP} %  {readable_size(done)}", err=True)

    return on_progress
