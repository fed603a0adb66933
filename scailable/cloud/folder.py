"""The data folder of a cloud: one process at a time."""

import os
from pathlib import Path

from filelock import FileLock, Timeout

from scailable.errors import ConfigError


class DataFolder:
    """Opens a data folder for this process alone.

    Raises:
        ConfigError: the folder cannot be made or written, or another process has it open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._owner = path / "cloud.pid"
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = FileLock(path / "cloud.lock", timeout=0)
            self._lock.acquire()
        except Timeout as error:
            raise ConfigError(
                f"The data folder {path} is in use by process {self._owner_pid()}.",
                hint="Stop that one first, or give another folder with --data.",
            ) from error
        except OSError as error:
            raise ConfigError(
                f"The data folder {path} cannot be used: {error.strerror or error}.",
                hint="Give a folder you may write to with --data.",
            ) from error
        self._owner.write_text(f"{os.getpid()}\n")

    def _owner_pid(self) -> str:
        try:
            return self._owner.read_text().strip() or "unknown"
        except OSError:
            return "unknown"

    def close(self) -> None:
        """Let others have the folder."""
        self._owner.unlink(missing_ok=True)
        self._lock.release()
