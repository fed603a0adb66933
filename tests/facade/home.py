"""An organisation with one of each, for tests and for the examples in docstrings and docs."""

from __future__ import annotations

import itertools
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from scailable import Client, NotFound, Unauthenticated
from tests.digits import DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scailable.types import Model

PASSWORD = "five-Brisk-comets-83"

_numbers = itertools.count(1)


class Home:
    """The organisation of Ada: a model that is ready, a device, a group and a catalogue."""

    def __init__(self, url: str, email: str | None = None) -> None:
        self.email = email or f"ada{next(_numbers)}@example.com"
        self.client = Client(base_url=url)
        self.client.account.register(self.email, PASSWORD, "Ada", "Analytical")
        self._model: Model | None = None

    def close(self) -> None:
        self.client.close()

    def model(self) -> Model:
        """The model `digits`, converted; one upload serves many tests."""
        if self._model is not None:
            with suppress(NotFound):
                return self.client.models.update(
                    self._model, name="digits", documentation=None, source_name=None, catalogues=[]
                )
        uploaded = self.client.models.upload(DIGITS)
        self._model = self.client.models.wait(uploaded, timeout=60)
        return self._model

    def restore_user(self, *other_passwords: str) -> None:
        """Bring the user back to how it was registered, and signed in."""
        account = self.client.account
        for password in (PASSWORD, *other_passwords):
            with suppress(Unauthenticated):
                account.sign_in(self.email, password)
                break
        if password != PASSWORD:
            account.change_password(password, PASSWORD)
            account.sign_in(self.email, PASSWORD)
        account.update(name="Ada", phone_number=None, job_title=None)

    def reset(self) -> dict[str, Any]:
        """Bring the organisation back to one of each; gives them by name."""
        client = self.client
        for device in client.devices.list():
            client.devices.delete(device)
        for group in client.groups.list():
            client.groups.delete(group)
        model = self.model()
        for other in client.models.list():
            if other.uuid != model.uuid:
                client.models.delete(other)
        for catalogue in client.catalogues.list():
            client.catalogues.delete(catalogue)
        for app in client.skafos.apps.list():
            client.skafos.apps.delete(app, force=True)
        for token in client.skafos.tokens.list():
            client.skafos.tokens.delete(token)
        client.skafos.models.create("faces", app=client.skafos.apps.create("doors"))
        return {
            "model": model,
            "device": client.devices.create("gate"),
            "group": client.groups.create("Entrances"),
            "catalogue": client.catalogues.create("Demo"),
        }


@contextmanager
def settings_in(folder: Path, *, url: str | None = None) -> Iterator[pytest.MonkeyPatch]:
    """Settings and tokens of nobody else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PROFILE", "TOKEN", "BASE_URL"):
            patch.delenv(f"SCAILABLE_{name}", raising=False)
        for name in ("API_TOKEN", "ORG_NAME", "APP_NAME", "MODEL_NAME"):
            patch.delenv(f"SKAFOS_{name}", raising=False)
        # Many tests at once make a cloud slower than the documented time-outs of a second.
        patch.setenv("SCAILABLE_TIMEOUT", "60")
        patch.setenv("SCAILABLE_CONFIG_DIR", str(folder))
        if url is not None:
            patch.setenv("SCAILABLE_BASE_URL", url)
        yield patch
