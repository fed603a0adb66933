"""Who this device is: its announcement, and the credential it got once it was tied."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from scailable.edge.files import private_folder, read_json, write_json
from scailable.errors import ConfigError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

FILE = "identity.json"


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the cloud answered when the device announced itself; waits to be tied."""

    uuid: str
    registration_token: str = field(repr=False)
    secret: str = field(repr=False)
    expires_at: str
    poll_seconds: float


@dataclass(frozen=True, slots=True)
class Identity:
    """A device as one cloud (`base_url`) knows it.

    `announcement` is set while it waits to be tied; `device`, `device_name` and `credential` after.
    """

    base_url: str
    name: str
    serial: str
    announcement: Announcement | None = None
    device: str | None = None
    device_name: str | None = None
    credential: str | None = field(default=None, repr=False)

    def announced(self, announcement: Announcement | None) -> Identity:
        """The same device, waiting to be tied by this announcement."""
        return replace(self, announcement=announcement)

    def tied(self, device: str, name: str, credential: str) -> Identity:
        """The same device, tied to a record."""
        return replace(
            self, announcement=None, device=device, device_name=name, credential=credential
        )


class IdentityFile:
    """The identity in a data folder: readable by this user alone, replaced atomically."""

    def __init__(self, folder: Path) -> None:
        self.path = private_folder(folder) / FILE

    def load(self, base_url: str, name: str) -> Identity:
        """The identity kept here, or a new one with a random serial.

        Raises:
            ConfigError: the file is damaged, or its identity belongs to another cloud: a
                credential must not be sent to a server that did not issue it.
        """
        try:
            kept = read_json(self.path)
            identity = None if kept is None else _identity(kept)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(
                f"The device's identity in {self.path} cannot be read ({type(error).__name__}).",
                hint="Restore the file, or move it away to announce the device again.",
            ) from None
        if identity is None:
            identity = Identity(base_url=base_url, name=name, serial=secrets.token_hex(8))
            self.save(identity)
        if identity.base_url != base_url:
            raise ConfigError(
                f"The device in {self.path.parent} belongs to {identity.base_url}, "
                f"not to {base_url}.",
                hint="Name another data folder for the other cloud.",
            )
        return identity

    def save(self, identity: Identity) -> None:
        """Replace the file."""
        write_json(self.path, asdict(identity))

    def put_aside(self, when: datetime) -> Path:
        """Rename the file, so that the next start announces anew; returns the new path."""
        aside = self.path.with_name(f"identity-revoked-{when:%Y%m%dT%H%M%S}.json")
        self.path.rename(aside)
        return aside


def _identity(kept: dict[str, Any]) -> Identity:
    waiting = kept.pop("announcement", None)
    return Identity(**kept, announcement=None if waiting is None else Announcement(**waiting))
