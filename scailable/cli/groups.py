"""`scailable groups`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scailable.cli import ask, listing, names, output
from scailable.cli.base import Group, State, pass_state

if TYPE_CHECKING:
    from scailable.types import Group as DeviceGroup

COLUMNS: tuple[output.Column[DeviceGroup], ...] = (
    output.Column("UUID", lambda group: group.uuid, fixed=True),
    output.Column("NAME", lambda group: group.name),
    output.Column("DEVICES", lambda group: group.device_count),
    output.Column("UPDATED", lambda group: group.updated_at),
)


@click.group(cls=Group)
def groups() -> None:
    """Manage groups of devices. A group, device or model is named by UUID or exact name."""


@groups.command("list")
@listing.paged
@pass_state
def list_groups(state: State, /, **filters: Any) -> None:
    """List the groups."""
    with state.client() as client:
        output.show_list(
            state,
            client.groups.list(**filters),
            COLUMNS,
            nothing="There are no groups yet. Create one with: scailable groups create NAME",
        )


@groups.command()
@click.argument("group")
@pass_state
def get(state: State, group: str) -> None:
    """Show a group."""
    with state.client() as client:
        _show(state, client.groups.get(names.group(client, group)))


@groups.command()
@click.argument("name")
@click.option(
    "--device", "devices", metavar="DEVICE", multiple=True, help="Device in it (again for more)."
)
@pass_state
def create(state: State, name: str, devices: tuple[str, ...]) -> None:
    """Create a group."""
    with state.client() as client:
        uuids = [names.device(client, device) for device in devices]
        _show(state, client.groups.create(name, uuids))


@groups.command()
@click.argument("group")
@click.argument("name")
@pass_state
def rename(state: State, group: str, name: str) -> None:
    """Give a group another name."""
    with state.client() as client:
        _show(state, client.groups.rename(names.group(client, group), name))


@groups.command()
@click.argument("group")
@ask.yes_option
@pass_state
def delete(state: State, group: str, yes: bool) -> None:
    """Delete a group; its devices stay."""
    with state.client() as client:
        uuid = names.group(client, group)
        ask.confirm(f"Delete the group {group}?", yes=yes)
        client.groups.delete(uuid)
        output.note(state, f"Deleted the group {group}.")


@groups.command()
@click.argument("group")
@click.argument("devices", metavar="DEVICE...", nargs=-1, required=True)
@pass_state
def add(state: State, group: str, devices: tuple[str, ...]) -> None:
    """Add devices to a group."""
    with state.client() as client:
        uuids = [names.device(client, device) for device in devices]
        _show(state, client.groups.add(names.group(client, group), *uuids))


@groups.command()
@click.argument("group")
@click.argument("device")
@pass_state
def remove(state: State, group: str, device: str) -> None:
    """Take a device out of a group."""
    with state.client() as client:
        client.groups.remove(names.group(client, group), names.device(client, device))
        output.note(state, f"Took {device} out of {group}.")


@groups.command()
@click.argument("group")
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@pass_state
def assign(state: State, group: str, models: tuple[str, ...]) -> None:
    """Assign models to every device of a group."""
    with state.client() as client:
        uuids = [names.model(client, model) for model in models]
        done = client.groups.assign(names.group(client, group), *uuids)
        output.show(
            state,
            done,
            [
                ("Devices", done.device_count),
                ("Models", done.function_count),
                ("New assignments", done.added),
            ],
            short=lambda shown: shown.added,
        )


def _show(state: State, group: DeviceGroup) -> None:
    fields = [
        ("UUID", group.uuid),
        ("Name", group.name),
        ("Devices", group.device_count),
        ("Created", group.inserted_at),
        ("Updated", group.updated_at),
    ]
    output.show(state, group, fields)
