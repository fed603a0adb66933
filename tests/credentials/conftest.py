from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest

from scailable.config import Settings
from tests.credentials.issuer import Issuer, settings_for


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the tests away from the keyring of whoever runs them."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, issuer: Issuer) -> Settings:
    return settings_for(tmp_path / "config", issuer.url)
