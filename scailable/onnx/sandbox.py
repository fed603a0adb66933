"""The inside of the processes that `children` starts: their limits, and how they answer."""

import json
import math
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn


class Refused(Exception):
    """Something cannot be done with the model; the text says why, for the user."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Missing(Exception):
    """A package that is needed is not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(extra)
        self.extra = extra
        self.purpose = purpose


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


def serve(work: Callable[[dict[str, Any], Output], dict[str, Any]], *, cores: int = 1) -> NoReturn:
    """Answer the one request on standard input with what `work` makes of it, and end."""
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
        output.emit("missing", extra=missing.extra, purpose=missing.purpose)
    except MemoryError:
        out_of_memory = True  # said below, where the exception no longer holds on to the model
    if out_of_memory:
        megabytes = limits["memory"] >> 20
        output.emit("refused", message=f"It takes more than {megabytes} MiB of memory.", hint=None)
    sys.stdout.flush()
    os._exit(0)  # taking a large model apart object by object would only cost time
