"""`scailable models check`: the rules of a profile, on files that stay here."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scailable.cli.base import Command, State, pass_state
from scailable.cli.output import is_terminal, say
from scailable.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scailable.onnx import Profile, Report
    from scailable.onnx.reports.results import Result

# A check of less is over before somebody asks how long it takes.
_LARGE = 256 * 1024 * 1024


def _schema(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from scailable.onnx.reports.results import schema

    click.echo(schema(), nl=False)
    ctx.exit()


def _explain(ctx: click.Context, parameter: click.Parameter, code: str | None) -> None:
    if code is None or ctx.resilient_parsing:
        return
    from scailable.onnx.reports.explanation import explanation

    text = explanation(code)
    if text is None:
        raise click.BadParameter(f"there is no rule {code!r}.", ctx, parameter)
    click.echo(text)
    ctx.exit()


@click.command(cls=Command)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--profile",
    "rules",
    type=click.Choice(["scailable", "hailo", "generic"]),
    default="scailable",
    show_default=True,
    help="Rules to check against.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    help="Form of the report; text by default, --json is the same as json.",
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="REPORT",
    type=click.Path(path_type=Path),
    help="File to write the report to; the text is shown all the same.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="Explain a rule and exit.",
)
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_schema,
    help="Print the JSON Schema of the report and exit.",
)
@pass_state
def check(
    state: State,
    /,
    files: tuple[str, ...],
    rules: Profile,
    form: str | None,
    target: Path | None,
    strict: bool,
) -> None:
    """Check ONNX files; nothing is sent anywhere.

    Exit code: 0 all fit, 1 one has errors, 2 one cannot be read.
    """
    from scailable.onnx.reports.results import exit_code

    if state.json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other.")
    form = "json" if state.json else form or "text"
    if target is not None:
        _insist_on_other(target, files)
    # Whoever asks for a document on stdout gets nothing else there.
    told = target is not None or form == "text"
    results: list[Result] = []
    for result in _checked(state, files, rules):
        if told and not state.json:
            if results and state.talkative:
                click.echo()
            _tell(result, quiet=state.quiet)
        results.append(result)
    code = exit_code(results, strict=strict)
    if told and state.talkative:
        _sum_up(results, only_strict=code != exit_code(results))
    if target is not None:
        from scailable.durable import write_whole

        write_whole(target, _document(form, results, rules, code))
    elif form != "text":
        click.echo(_document(form, results, rules, code), nl=False)
    click.get_current_context().exit(code)


def _insist_on_other(target: Path, files: tuple[str, ...]) -> None:
    """Before anything is checked: the report must not take the place of a model."""
    if not target.parent.is_dir() or target.is_dir():
        raise click.BadParameter(
            f"{target} is no file in a folder that is there.", param_hint="--output"
        )
    for file in files:
        if target.resolve() == Path(file.replace("\0", "")).resolve():
            raise click.BadParameter(f"{target} is a file to check.", param_hint="--output")


def _checked(state: State, files: tuple[str, ...], rules: Profile) -> Iterator[Result]:
    from scailable.onnx.reports.results import check_one

    for file in files:
        with progress(state, f"Checking {Path(file).name}") as draw:

            def on_progress(done: int, total: int) -> None:
                if total > _LARGE:
                    draw(done, total)

            result = check_one(file, rules, on_progress=on_progress)
        yield result


def _tell(result: Result, *, quiet: bool) -> None:
    from scailable.onnx import Report
    from scailable.onnx.text import printable

    if not isinstance(result, Report):
        hint = result.hint
        if Path(result.path).is_dir():
            hint = f"Name the files: scailable models check {shlex.quote(result.path)}/*.onnx"
        say(f"Error: {printable(result.error)}\n  {printable(hint)}", err=True)
    elif quiet:
        say(f"{printable(result.path)}: {result.verdict}")
    else:
        show_report(result)


def show_report(report: Report, *, err: bool = False) -> None:
    """Print a report as it suits the terminal, or whatever is there instead."""
    terminal = is_terminal(sys.stderr if err else sys.stdout)
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    width = shutil.get_terminal_size().columns if terminal else None
    say(report.text(color=terminal and not plain, width=width), err=err)


def _sum_up(results: list[Result], *, only_strict: bool) -> None:
    from scailable.onnx.reports.text import summary

    if len(results) > 1:
        say(f"\n{summary(results)}")
    if only_strict:
        say("Warnings count as errors (--strict).")


def _document(form: str, results: list[Result], rules: Profile, code: int) -> bytes:
    """The report in UTF-8, whatever the terminal takes."""
    from scailable.onnx.reports.results import as_json

    if form == "text":
        return "\n\n".join([*(each.text() for each in results), ""]).encode()[:-1]
    content: Any = [result.to_dict() for result in results]
    if form == "sarif":
        from scailable.onnx.reports.sarif import sarif_log

        content = sarif_log(results, rules, code)
    return f"{as_json(content)}\n".encode()
