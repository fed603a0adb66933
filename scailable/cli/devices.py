"""`scailable devices`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from scailable.cli import ask, listing, names, output
from scailable.cli.base import Group, State, pass_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from scailable.types import Assignment, Device, DeviceSummary

COLUMNS: tuple[output.Column[DeviceSummary], ...] = (
    output.Column("UUID", lambda device: device.uuid, fixed=True),
    output.Column("NAME", lambda device: device.name),
    output.Column("ONLINE", lambda device: device.online_status.online),
    output.Column("MODELS", lambda device: device.function_count),
    output.Column("RUNTIME", lambda device: device.runtime),
    output.Column("SEEN", lambda device: device.online_status.online_at),
)

ASSIGNMENTS: tuple[output.Column[Assignment], ...] = (
    output.Column("MODEL", lambda assignment: assignment.function_uuid, fixed=True),
    output.Column("NAME", lambda assignment: assignment.name),
    output.Column("STATUS", lambda assignment: assignment.status),
    output.Column("STATE", lambda assignment: assignment.state),
    output.Column("REPORTED", lambda assignment: assignment.reported_at),
    output.Column("MESSAGE", lambda assignment: assignment.message),
)


@click.group(cls=Group)
def devices() -> None:
    """Manage devices and their models. A device or model is named by UUID or exact name."""


def _described(command: Callable[..., None]) -> Callable[..., None]:
    """The options that describe a device, for `create` and `update`."""
    for option in (
        click.option(
            "--registration-token", metavar="TOKEN", help="What the device shows when it starts."
        ),
        click.option("--runtime", help="Runtime it runs models with."),
        click.option("--serial", help="Serial number."),
        click.option("--type", "type", help="Type of device."),
    ):
        command = option(command)
    return command


@devices.command("list")
@click.option("--group", help="Only those in this group.")
@click.option("--model", help="Only those with this model.")
@listing.paged
@pass_state
def list_devices(state: State, /, group: str | None, model: str | None, **filters: Any) -> None:
    """List the devices."""
    with state.client() as client:
        if group is not None:
            filters["group"] = names.group(client, group)
        if model is not None:
            filters["model"] = names.model(client, model)
        output.show_list(
            state,
            client.devices.list(**filters),
            COLUMNS,
            nothing="There are no such devices. Create one with: scailable devices create NAME",
        )


@devices.command()
@click.argument("device")
@pass_state
def get(state: State, device: str) -> None:
    """Show a device."""
    with state.client() as client:
        _show(state, client.devices.get(names.device(client, device)))


@devices.command()
@click.argument("name")
@_described
@pass_state
def create(state: State, /, name: str, **options: Any) -> None:
    """Create a device.

    With --registration-token, the device that shows this token is tied to it.
    """
    with state.client() as client:
        _show(state, client.devices.create(name, **options))


@devices.command()
@click.argument("device")
@click.option("--name", help="New name.")
@_described
@pass_state
def update(state: State, /, device: str, **options: Any) -> None:
    """Change a device; what is not given stays, an empty text ("") clears."""
    given: dict[str, Any] = {
        name: value or None for name, value in options.items() if value is not None
    }
    if not given:
        raise click.UsageError("Nothing to change was given.")
    ask.check_name(options["name"])
    with state.client() as client:
        _show(state, client.devices.update(names.device(client, device), **given))


@devices.command()
@click.argument("device")
@ask.yes_option
@pass_state
def delete(state: State, device: str, yes: bool) -> None:
    """Delete a device; it is refused from then on."""
    with state.client() as client:
        uuid = names.device(client, device)
        ask.confirm(f"Delete the device {device}?", yes=yes)
        client.devices.delete(uuid)
        output.note(state, f"Deleted the device {device}.")


@devices.command()
@click.argument("device")
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@pass_state
def assign(state: State, device: str, models: tuple[str, ...]) -> None:
    """Assign models to a device; those it has stay."""
    with state.client() as client:
        uuids = [names.model(client, model) for model in models]
        _show_assignments(
            state, client.devices.assign(names.device(client, device), *uuids), device
        )


@devices.command()
@click.argument("device")
@pass_state
def assignments(state: State, device: str) -> None:
    """List the models of a device and how each fares there."""
    with state.client() as client:
        _show_assignments(state, client.devices.assignments(names.device(client, device)), device)


@devices.command()
@click.argument("device")
@click.argument("model")
@pass_state
def unassign(state: State, device: str, model: str) -> None:
    """Take a model off a device."""
    with state.client() as client:
        client.devices.unassign(names.device(client, device), names.model(client, model))
        output.note(state, f"Took {model} off {device}.")


@devices.command()
@pass_state
def statistics(state: State) -> None:
    """Show how many devices there are, and since when."""
    with state.client() as client:
        numbers = client.devices.statistics()
        output.show(
            state,
            numbers,
            [
                ("Devices", numbers.total),
                ("Events", numbers.number_of_events),
                ("Events, last 30 days", numbers.number_of_events_last_30),
                ("First created", numbers.first_inserted_at),
                ("Last created", numbers.last_inserted_at),
                ("First updated", numbers.first_updated_at),
                ("Last updated", numbers.last_updated_at),
            ],
            short=lambda shown: shown.total,
        )


def _show_assignments(state: State, found: list[Assignment], device: str) -> None:
    output.show_list(
        state,
        found,
        ASSIGNMENTS,
        nothing=f"{output.text(device)} has no models. Assign one with: "
        f"scailable devices assign {shlex.quote(device)} MODEL",
        short=lambda assignment: assignment.function_uuid,
    )


def _show(state: State, device: Device) -> None:
    output.show(
        state,
        device,
        [
            ("UUID", device.uuid),
            ("Name", device.name),
            ("Online", device.online_status.online),
            ("Seen", device.online_status.online_at),
            ("Serial", device.serial),
            ("Type", device.type_),
            ("Runtime", device.runtime),
            ("Groups", [group.name for group in device.groups or ()]),
            ("Licenses", [license_.agreement.name for license_ in device.licenses or ()]),
            ("Models", [f"{each.name}  {each.state}" for each in device.functions or ()]),
            ("Created", device.inserted_at),
            ("Updated", device.updated_at),
        ],
    )
