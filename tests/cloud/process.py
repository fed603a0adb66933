"""A cloud in a process of its own, to be killed."""

import contextlib
import re
import resource
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_PATIENCE = 60.0


class ServedCloud:
    """A running `python -m scailable.cloud`.

    Args:
        data: its data folder.
        largest_file: bytes that a file it writes may have, as if its disk were full then.

    Attributes:
        url: where it answers.
    """

    def __init__(self, data: Path, largest_file: int | None = None) -> None:
        def limit() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        self._process = subprocess.Popen(
            [sys.executable, "-m", "scailable.cloud", "--port", "0", "--data", str(data)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=limit,
        )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], _PATIENCE)
        line = self._process.stdout.readline() if ready else ""
        found = re.search(r"http://\S+", line)
        if found is None:
            self.kill()
        assert found, f"no address in {line!r}"
        self.url = found[0]

    def peak(self) -> int:
        """The most memory it has taken so far, in bytes; on Linux only."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def kill(self) -> None:
        """End it as a power cut would; nothing when it has ended."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def terminate(self) -> int:
        """Ask it to stop; its exit status."""
        self._process.terminate()
        self._process.communicate(timeout=_PATIENCE)
        return self._process.returncode


@contextlib.contextmanager
def served(data: Path, largest_file: int | None = None) -> Iterator[ServedCloud]:
    """A cloud on a data folder, gone at the end."""
    process = ServedCloud(data, largest_file)
    try:
        yield process
    finally:
        process.kill()
