"""The memory that this process takes."""

import contextlib
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


class MemoryGauge:
    """The most memory that is taken from now on, beyond what is taken now."""

    def __init__(self) -> None:
        if sys.platform == "linux":
            # The peak starts anew here; where that is not allowed, that of the imports counts too.
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5")
            self._idle = _linux("VmRSS")
        else:
            self._idle = _peak()

    def read(self) -> int:
        """Bytes."""
        peak = _linux("VmHWM") if sys.platform == "linux" else _peak()
        return max(0, peak - self._idle)


def _linux(key: str) -> int:
    # Not `ru_maxrss`: that of a new process starts with what the process that made it takes.
    for line in _STATUS.read_text("ascii", "replace").splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024
    return 0


def _peak() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
