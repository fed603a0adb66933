"""The inside of the processes that `children` starts: their limits, and how they answer."""

import contextlib
import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn


class Refused(Exception):
    """Something cannot be done with the model; the text says why, for the user."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Missing(Exception):
    """A package that is needed is not installed."""

    def __init__(self, extra: str, purpose: str, hint: str | None = None) -> None:
        super().__init__(extra)
        self.extra = extra
        self.purpose = purpose
        self.hint = hint


class Output:
    """Answers, a line of JSON each; what libraries print goes elsewhere."""

    def __init__(self) -> None:
        self._file = os.fdopen(os.dup(1), "w", encoding="ascii")
        os.dup2(2, 1)

    def emit(self, kind: str, **values: Any) -> None:
        self._file.write(json.dumps({"kind": kind, **values}) + "\n")
        self._file.flush()


def limit(seconds: float, memory: int) -> None:
    """Set the limits of this process: processor time from now on, and address space in bytes."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    processor = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, processor, processor + 1),
        (resource.RLIMIT_AS, memory, memory),
    ):
        _, ceiling = resource.getrlimit(kind)
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (OSError, ValueError):
            continue  # not every system can limit address space; the clock still counts


def _tie_to_parent() -> None:
    """End with the process that started this one, and before it when memory runs out (Linux)."""
    if sys.platform != "linux":
        return
    import ctypes
    import signal

    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def serve(
    work: Callable[[dict[str, Any], Output], dict[str, Any]],
    *,
    cores: int = 1,
    memory_hint: str | None = None,
) -> NoReturn:
    """Answer the one request on standard input with what `work` makes of it, and end.

    Args:
        work: gets the request, and where to tell its progress.
        cores: that it may use at a time; the limit counts processor time.
        memory_hint: what to do when the memory does not suffice.
    """
    _tie_to_parent()
    output = Output()
    request = json.load(sys.stdin)
    limits = request.pop("limits")
    out_of_memory = False
    try:
        limit(limits["seconds"] * cores, limits["memory"])
        output.emit("result", **work(request, output))
    except Refused as refused:
        output.emit("refused", message=str(refused), hint=refused.hint)
    except Missing as missing:
        output.emit("missing", extra=missing.extra, purpose=missing.purpose, hint=missing.hint)
    except MemoryError:
        out_of_memory = True  # said below, where the exception no longer holds on to the model
    if out_of_memory:
        megabytes = limits["memory"] >> 20
        message = f"It takes more than {megabytes} MiB of memory."
        output.emit("refused", message=message, hint=memory_hint)
    sys.stdout.flush()
    os._exit(0)  # taking a large model apart object by object would only cost time
