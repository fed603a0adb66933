"""`scailable register`, `login`, `logout`, `whoami`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scailable.cli import ask, output
from scailable.cli.base import Command, State, pass_state

if TYPE_CHECKING:
    from scailable.types import User

_email = click.option("--email", help="E-mail address of the account.")
_password = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of stdin."
)


@click.command(cls=Command)
@_email
@click.option("--name", help="Your name.")
@click.option("--company", help="Company; the organisation that owns what you create.")
@click.option("--phone-number", help="Your phone number.")
@click.option("--job-title", help="Your job title.")
@click.option("--newsletter", is_flag=True, help="Also receive the newsletter.")
@click.option("--accept-eula", is_flag=True, help="Accept the end-user license agreement.")
@_password
@pass_state
def register(
    state: State,
    email: str | None,
    name: str | None,
    company: str | None,
    phone_number: str | None,
    job_title: str | None,
    newsletter: bool,
    accept_eula: bool,
    password_stdin: bool,
) -> None:
    """Create an account and sign in.

    What is not given is asked for. The password comes from a hidden prompt, from
    --password-stdin or from SCAILABLE_PASSWORD.
    """
    email = ask.value(email, "--email", "E-mail")
    name = ask.value(name, "--name", "Name")
    company = ask.value(company, "--company", "Company")
    password = ask.password(from_stdin=password_stdin, confirm=True)
    ask.confirm(
        "Do you accept the end-user license agreement of the service?",
        yes=accept_eula,
        option="--accept-eula",
    )
    with state.client() as client:
        user = client.account.register(
            email,
            password,
            name,
            company,
            phone_number=phone_number,
            job_title=job_title,
            newsletter=newsletter,
        )
        _note_server(state, "Registered and signed in", client.settings.base_url.value)
        _show(state, user)


@click.command(cls=Command)
@_email
@_password
@pass_state
def login(state: State, email: str | None, password_stdin: bool) -> None:
    """Sign in on this machine; the commands that follow use the session.

    The password comes from a hidden prompt, from --password-stdin or from SCAILABLE_PASSWORD. It is
    not kept; the session's tokens are.
    """
    email = ask.value(email, "--email", "E-mail")
    password = ask.password(from_stdin=password_stdin)
    with state.client() as client:
        user = client.account.sign_in(email, password)
        _note_server(state, "Signed in", client.settings.base_url.value)
        _show(state, user)


@click.command(cls=Command)
@pass_state
def logout(state: State) -> None:
    """Sign out and forget the session.

    Its tokens leave this machine even when the server cannot be told.
    """
    with state.client() as client:
        server = client.settings.base_url.value
        if client.account.sign_out():
            output.note(state, f"Signed out at {server}.")
        else:
            output.note(state, f"There was no session to end at {server}; no token of it is kept.")


@click.command(cls=Command)
@pass_state
def whoami(state: State) -> None:
    """Show who is signed in, and where."""
    with state.client() as client:
        _show(state, client.account.me(), server=client.settings.base_url.value)


def _note_server(state: State, done: str, server: str) -> None:
    output.note(state, f"{done} at {server}.")
    if state.base_url is not None:
        output.note(
            state, f"So that the next commands go there: export SCAILABLE_BASE_URL={server}"
        )


def _show(state: State, user: User, *, server: str | None = None) -> None:
    fields: list[tuple[str, Any]] = [
        ("UUID", user.uuid),
        ("Name", user.name),
        ("E-mail", user.email),
        ("Organisation", user.organisation.name),
    ]
    if server is not None:
        fields.append(("Server", server))
    output.show(state, user, fields)
