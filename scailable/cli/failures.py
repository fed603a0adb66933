"""What a failed command says and which exit code it leaves: one table, one paragraph."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

import click

from scailable import errors
from scailable.cli.ask import Declined

OK = 0
REFUSED = 1
USAGE = 2
NOT_SIGNED_IN = 3
NO_CONNECTION = 4
INTERRUPTED = 130


@dataclass(frozen=True)
class Failure:
    """The exit code of an error class, and its next step in words of the command line."""

    code: int
    hint: str | None = None


# The first class that fits counts, so subclasses stand before their base. Without a hint here, the
# error's own is shown; a hint that the error was raised with always wins.
TABLE: tuple[tuple[type[BaseException], Failure], ...] = (
    (errors.ModelRefused, Failure(REFUSED, "Correct what the report names, then upload again.")),
    (errors.SessionExpired, Failure(NOT_SIGNED_IN, "Sign in again: scailable login")),
    (errors.CredentialsError, Failure(NOT_SIGNED_IN, "Sign in first: scailable login")),
    (errors.Unauthenticated, Failure(NOT_SIGNED_IN, "Sign in again: scailable login")),
    (
        errors.RequestTimeout,
        Failure(NO_CONNECTION, "Try again, or allow more time: SCAILABLE_TIMEOUT=SECONDS"),
    ),
    (
        errors.ConnectionFailed,
        Failure(
            NO_CONNECTION,
            "Check the network and the server's address (--base-url or SCAILABLE_BASE_URL). "
            "A server of your own starts with: scailable cloud serve",
        ),
    ),
    (errors.NotFound, Failure(REFUSED, "Check the name or UUID; `list` shows what there is.")),
    (errors.WaitTimeout, Failure(REFUSED, "Wait again, longer: scailable models wait --timeout")),
    (errors.UploadIncomplete, Failure(NO_CONNECTION)),
    (errors.IntegrityError, Failure(REFUSED)),
    (errors.APIStatusError, Failure(REFUSED)),
    (errors.MissingExtraError, Failure(REFUSED)),
    (errors.ConfigError, Failure(USAGE)),
    (errors.ValidationError, Failure(USAGE)),
    (errors.ScailableError, Failure(REFUSED)),
)


def failure_of(error: BaseException) -> Failure:
    """What the table says of an error this library raised."""
    return next((failure for kind, failure in TABLE if isinstance(error, kind)), Failure(REFUSED))


def report(error: Exception, *, debug: bool) -> int:
    """Explain the error on stderr and return the exit code."""
    if debug:
        traceback.print_exception(error)
    text, code = explain(error)
    if text:
        click.echo(text, err=True)
    return code


def explain(error: Exception) -> tuple[str, int]:
    """The paragraph for an error, and its exit code. Pure."""
    if isinstance(error, click.UsageError):
        return _usage(error), USAGE
    if isinstance(error, Declined):
        return error.format_message(), REFUSED
    if isinstance(error, click.ClickException):
        return f"Error: {error.format_message()}", REFUSED
    if isinstance(error, click.Abort):
        if isinstance(error.__context__, EOFError):
            return "Error: The input ended before the question was answered.", USAGE
        return "Stopped.", INTERRUPTED
    if isinstance(error, errors.ScailableError):
        failure = failure_of(error)
        # An error raised with a hint of its own knows more than the table.
        if failure.hint is not None and error.hint == type(error).next_step:
            error.hint = failure.hint
        return _paragraph(str(error)), failure.code
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        reason = error.strerror or str(error) or type(error).__name__
        return f"Error: Cannot use the file{where}: {reason}.", USAGE
    return (
        f"Error: Something unexpected went wrong: {type(error).__name__}: {error}\n"
        "  This is a defect of scailable; --debug shows where it arose.",
        REFUSED,
    )


def _paragraph(text: str) -> str:
    first, *rest = text.splitlines() or [""]
    return "\n".join([f"Error: {first}", *(f"  {line}" for line in rest)])


def _usage(error: click.UsageError) -> str:
    where = error.ctx.command_path if error.ctx is not None else "scailable"
    return f"Error: {error.format_message()}\n  See: {where} --help"
