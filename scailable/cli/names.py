"""Objects on the command line: a UUID, or a name that only one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from scailable.errors import ScailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scailable import Client

_SHOWN = 5


class UnknownName(ScailableError):
    """No object has this name."""


class AmbiguousName(ScailableError):
    """Several objects have this name."""


def find(kind: str, wanted: str, listing: Callable[[str], Iterable[Any]]) -> str:
    """The UUID of the object that is meant.

    Args:
        kind: `model`, `device`, ...: for the error.
        wanted: its UUID, returned as it is without asking the server, or its exact name.
        listing: candidates for a name; those with another name are left out here.

    Raises:
        UnknownName, AmbiguousName: none, or several, have this name.
    """
    try:
        return str(UUID(wanted))
    except ValueError:
        pass
    found = [item for item in listing(wanted) if item.name == wanted]
    if len(found) == 1:
        return str(found[0].uuid)
    if not found:
        raise UnknownName(
            f"There is no {kind} named {wanted!r}.",
            hint=f"See what there is with: scailable {kind}s list",
        )
    shown = [f"{item.uuid}  {item.name}" for item in found[:_SHOWN]]
    more = [f"... and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    raise AmbiguousName(
        "\n".join([f"{len(found)} {kind}s are named {wanted!r}:", *shown, *more]),
        hint="Give the UUID of the one you mean.",
    )


def model(client: Client, wanted: str) -> str:
    """The UUID of a model given by UUID or name."""
    return find("model", wanted, lambda name: client.models.list(q=name))


def device(client: Client, wanted: str) -> str:
    """The UUID of a device given by UUID or name."""
    return find("device", wanted, lambda name: client.devices.list(q=name))


def group(client: Client, wanted: str) -> str:
    """The UUID of a group given by UUID or name."""
    return find("group", wanted, lambda name: client.groups.list(q=name))


def catalogue(client: Client, wanted: str) -> str:
    """The UUID of a catalogue given by UUID or name."""
    return find("catalogue", wanted, lambda _name: client.catalogues.list())
