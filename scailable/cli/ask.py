"""Questions to the person at the terminal, and what stands in for them in scripts."""

from __future__ import annotations

import os
import sys

import click

from scailable.cli.output import is_terminal

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


def interactive() -> bool:
    """Whether somebody can answer a question."""
    return is_terminal(sys.stdin)


def password(*, from_stdin: bool, confirm: bool = False, prompt: str = "Password") -> str:
    """A password: a line of stdin, SCAILABLE_PASSWORD, or a hidden prompt; never an argument.

    Raises:
        click.UsageError: there is none and nobody to ask.
    """
    if from_stdin:
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise click.UsageError("--password-stdin: there is no password on stdin.")
        return line
    given = os.environ.get("SCAILABLE_PASSWORD")
    if given:
        return given
    if not interactive():
        raise click.UsageError(
            "A password is needed: on stdin with --password-stdin, or in SCAILABLE_PASSWORD."
        )
    answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True)
    return answer


def value(given: str | None, option: str, prompt: str) -> str:
    """What was given, else the answer to a prompt.

    Raises:
        click.UsageError: nothing was given and nobody is there to ask.
    """
    if given:
        return given
    if not interactive():
        raise click.UsageError(f"Missing option {option}.")
    answer: str = click.prompt(prompt, err=True)
    return answer


def check_name(name: str | None) -> None:
    """A name, where one is given, has to be one: `""` is most often a variable that is not set.

    Raises:
        click.UsageError: it is empty.
    """
    if name == "":
        raise click.UsageError("The name is empty.")


def confirm(question: str, *, yes: bool, option: str = "-y") -> None:
    """Go on only when the user agrees, beforehand with an option or now.

    Raises:
        click.UsageError: nobody is there to ask.
        Declined: the answer is no.
    """
    if yes:
        return
    if not interactive():
        raise click.UsageError(f"{question} Nobody is there to ask; agree with {option}.")
    if not click.confirm(question, err=True):
        raise Declined("Nothing was changed.")


class Declined(click.ClickException):
    """The user answered no."""
