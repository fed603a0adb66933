"""The command `scailable`: which commands there are, and what a failure becomes."""

from __future__ import annotations

import gc
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from scailable.cli.base import Lazy, LazyGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

SECTIONS = {
    "Account": {
        "register": Lazy("scailable.cli.account", "register", "Create an account and sign in."),
        "login": Lazy("scailable.cli.account", "login", "Sign in on this machine."),
        "logout": Lazy("scailable.cli.account", "logout", "Sign out and forget the session."),
        "whoami": Lazy("scailable.cli.account", "whoami", "Show who is signed in, and where."),
    },
    "Models and devices": {
        "models": Lazy("scailable.cli.models", "models", "Check, upload and manage models."),
        "catalogues": Lazy("scailable.cli.catalogues", "catalogues", "Keep models in catalogues."),
        "devices": Lazy("scailable.cli.devices", "devices", "Manage devices and their models."),
        "groups": Lazy("scailable.cli.groups", "groups", "Manage groups of devices."),
        "licenses": Lazy("scailable.cli.licenses", "licenses", "Show the licenses you have."),
        "skafos": Lazy("scailable.cli.skafos", "skafos", "Keep models as numbered versions."),
    },
    "On this machine": {
        "cloud": Lazy("scailable.cli.cloud", "cloud", "Serve a cloud of your own."),
        "edge": Lazy("scailable.cli.edge", "edge", "Make this machine a device."),
    },
}


class Program(LazyGroup):
    """The root command. Whatever goes wrong becomes one paragraph and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        try:
            # Commands return nothing; click returns the code of `--help` and `ctx.exit(code)`.
            code = super().main(args, prog_name, complete_var, False, **extra)
        except Exception as error:
            from scailable.cli import failures

            words = list(sys.argv[1:] if args is None else args)
            sys.exit(failures.report(error, debug="--debug" in words))
        sys.exit(code or 0)


def _version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"scailable {version('scailable')}")
        ctx.exit()


@click.group(cls=Program, sections=SECTIONS)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Take an ONNX model from a file to a fleet of edge devices.

    Start with `scailable models check FILE`, which needs no account. Each command explains itself
    with --help.
    """


def _terminated(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    # As Ctrl-C does, SIGTERM ends a command in order: no half file stays behind.
    signal.signal(signal.SIGTERM, _terminated)
    # Most of a command is loading modules, where looking for garbage takes time and finds none.
    gc.set_threshold(50_000)
    cli.main(prog_name="scailable")


if __name__ == "__main__":
    main()
