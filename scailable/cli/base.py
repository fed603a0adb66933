"""What every command shares: the global options, the state they set, and lazy groups."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scailable import Client


@dataclass
class State:
    """The global options of this run."""

    profile: str | None = None
    base_url: str | None = None
    json: bool = False
    quiet: bool = False
    debug: bool = False

    @property
    def talkative(self) -> bool:
        """Whether notes and progress are for somebody who reads them."""
        return not (self.json or self.quiet)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client for this run's profile and server."""
        from scailable import Client
        from scailable.errors import Unauthenticated

        with Client(self.profile, base_url=self.base_url) as client:
            try:
                yield client
            except Unauthenticated as error:
                used = client.session.fixed_token(error.url or "")
                if used is not None:
                    error.hint = (
                        f"Replace the token ({used.origin}), or remove it and sign in: "
                        "scailable login"
                    )
                raise


pass_state = click.make_pass_decorator(State, ensure=True)


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    # The same option may stand before and after the command; the last one that is given counts.
    if value is None or value is False:
        return
    setattr(ctx.ensure_object(State), parameter.name or "", value)
    if parameter.name == "debug":
        os.environ.setdefault("SCAILABLE_LOG", "debug")


def _global_options() -> list[click.Option]:
    def option(*declaration: str, **settings: Any) -> click.Option:
        return click.Option(declaration, expose_value=False, callback=_remember, **settings)

    return [
        option("--profile", metavar="NAME", help="Profile of the settings and the sign-in."),
        option("--base-url", metavar="URL", help="Server to talk to."),
        option("--json", is_flag=True, help="Print JSON, for scripts."),
        option("-q", "--quiet", is_flag=True, help="Print only UUIDs; no notes, no progress."),
        option("--debug", is_flag=True, help="Log every request; show where an error arose."),
    ]


class Command(click.Command):
    """A command that also takes the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = {name for parameter in self.params for name in parameter.opts}
        self.global_options = [
            option for option in _global_options() if taken.isdisjoint(option.opts)
        ]
        self.params.extend(self.global_options)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # Arguments stand in the usage line and are explained in the text.
        own = [
            parameter
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and parameter not in self.global_options
        ]
        for title, parameters in (("Options", own), ("Global options", self.global_options)):
            records = [p.get_help_record(ctx) for p in parameters]
            rows = [record for record in records if record is not None]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class Group(Command, click.Group):
    """A noun; its verbs are commands."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # click's own way out differs between its releases.
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of the file, not of the alphabet

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        Command.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)


@dataclass(frozen=True)
class Lazy:
    """A command that is imported when it is used: `module` holds it under `attribute`."""

    module: str
    attribute: str
    help: str


class LazyGroup(Group):
    """A group whose help needs no import of its commands."""

    def __init__(self, *args: Any, sections: Mapping[str, Mapping[str, Lazy]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.lazy = {name: lazy for section in sections.values() for name, lazy in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        lazy = self.lazy.get(cmd_name)
        if lazy is None:
            return None
        command: click.Command = getattr(import_module(lazy.module), lazy.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, section in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, lazy.help) for name, lazy in section.items()])
