"""Where the tokens of a session are kept.

By profile and base URL, in `credentials.json` (mode 0600) of the config folder, or in the system's
keyring where the extra `keyring` is installed and has a usable backend.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from scailable.config import Settings
from scailable.durable import write_private
from scailable.errors import ConfigError, CredentialsError

_LOCK_WAIT = 60.0
_SERVICE = "scailable"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The pair of tokens of a session, with when each was received (seconds since the epoch)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_since: float
    refresh_since: float


def claims(token: str) -> dict[str, Any]:
    """What a JWT says, unverified; empty for a token that is no JWT.

    For showing who is signed in and for knowing when to renew; the server does the checking.
    """
    parts = token.removeprefix("nxcdb-").split(".")
    if len(parts) != 3:
        return {}
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        decoded = json.loads(payload)
    except (binascii.Error, ValueError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


class TokenStore:
    """The tokens of one profile at one base URL. Change them only inside `locked()`."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.config_dir.value
        self._key = f"{settings.profile.value} {settings.base_url.value}"
        self.path = self._folder / "credentials.json"
        self._keyring: Any = _UNDECIDED

    def load(self) -> Tokens | None:
        """The tokens, or None when nobody is signed in.

        Raises:
            ConfigError: the stored tokens cannot be read; they are left as they are.
        """
        keyring = self._usable_keyring()
        if keyring is not None:
            with _keyring_errors(keyring):
                text = keyring.get_password(_SERVICE, self._key)
            if text is not None:
                place = f"the keyring's entry '{_SERVICE}', '{self._key}'"
                return _tokens(_object(text, place), place)
        entry = self._read_file().get(self._key)
        return None if entry is None else _tokens(entry, str(self.path))

    def save(self, tokens: Tokens) -> None:
        keyring = self._usable_keyring()
        if keyring is None:
            self._change_file(tokens)
            return
        with _keyring_errors(keyring):
            keyring.set_password(_SERVICE, self._key, json.dumps(asdict(tokens)))
        self._change_file(None)

    def delete(self) -> None:
        keyring = self._usable_keyring()
        if keyring is not None:
            with _keyring_errors(keyring):
                if keyring.get_password(_SERVICE, self._key) is not None:
                    keyring.delete_password(_SERVICE, self._key)
        self._change_file(None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all other processes and threads from changing the tokens."""
        from filelock import FileLock, Timeout

        path = self._folder / "credentials.lock"
        lock = FileLock(path, timeout=_LOCK_WAIT, mode=0o600)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise CredentialsError(
                f"Another process has held {path} for {_LOCK_WAIT:.0f} s.",
                hint="End the process that hangs while it renews its session, and try again.",
            ) from None
        except OSError as cause:
            raise _unwritable(self._folder, cause) from cause
        try:
            yield
        finally:
            lock.release()

    def _read_file(self) -> dict[str, Any]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as cause:
            raise _unreadable(str(self.path)) from cause
        return _object(text, str(self.path))

    def _change_file(self, tokens: Tokens | None) -> None:
        entries = self._read_file()
        if tokens is None:
            if self._key not in entries:
                return
            del entries[self._key]
        else:
            entries[self._key] = asdict(tokens)
        try:
            write_private(self.path, json.dumps(entries, indent=1).encode())
        except OSError as cause:
            raise _unwritable(self.path, cause) from cause

    def _usable_keyring(self) -> Any:
        """The module `keyring`, or None when it is missing or has no real backend."""
        if self._keyring is _UNDECIDED:
            try:
                import keyring
            except ImportError:
                self._keyring = None
            else:
                # Below 1 are stand-ins for "no backend here" and stores without protection.
                usable = keyring.get_keyring().priority >= 1
                self._keyring = keyring if usable else None
        return self._keyring


_UNDECIDED = object()


@contextmanager
def _keyring_errors(keyring: Any) -> Iterator[None]:
    try:
        yield
    except keyring.errors.KeyringError as cause:
        raise ConfigError(
            f"The system's keyring refuses: {cause}",
            hint="Unlock the keyring, or set PYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring "
            "to keep tokens in a file.",
        ) from cause


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        decoded = json.loads(text)
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        raise _unreadable(place)
    return decoded


def _tokens(entry: Any, place: str) -> Tokens:
    try:
        tokens = Tokens(**entry)
        if not isinstance(tokens.access, str) or not isinstance(tokens.refresh, str):
            raise _unreadable(place)
        return replace(
            tokens,
            access_since=float(tokens.access_since),
            refresh_since=float(tokens.refresh_since),
        )
    except (TypeError, ValueError):
        raise _unreadable(place) from None


def _unreadable(place: str) -> ConfigError:
    # Causes are not chained: their texts quote what they read.
    return ConfigError(
        f"The tokens in {place} cannot be read.",
        hint="Move it away and sign in again with `scailable login`.",
    )


def _unwritable(path: Path, cause: OSError) -> ConfigError:
    return ConfigError(
        f"{path} cannot be written: {cause}",
        hint="Set SCAILABLE_CONFIG_DIR to a folder that can be written.",
    )
