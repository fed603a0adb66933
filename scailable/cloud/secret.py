"""The secret of a cloud: made once, kept in its data folder, never shown."""

import hashlib
import hmac
import secrets
from pathlib import Path

from scailable.durable import write_private
from scailable.errors import ConfigError

_SIZE = 32


class Secret:
    """Keys for separate purposes, derived from one secret."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def key(self, purpose: str) -> bytes:
        """The key for a purpose, 32 bytes."""
        return hmac.digest(self._content, purpose.encode(), hashlib.sha256)

    @classmethod
    def load(cls, path: Path) -> "Secret":
        """Read the secret, or make it (readable by the owner alone) when there is none.

        Raises:
            ConfigError: the file is not a secret of a cloud.
        """
        if not path.exists():
            write_private(path, secrets.token_bytes(_SIZE))
        content = path.read_bytes()
        if len(content) != _SIZE:
            raise ConfigError(
                f"{path} does not hold the secret of a cloud.",
                hint="Restore it, or remove it; then all users have to sign in again.",
            )
        return cls(content)
