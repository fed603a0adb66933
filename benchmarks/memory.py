"""The memory of a process and its children at one moment; read where Linux tells it."""

import re
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

_PAUSE = 0.001
_MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S+ (\S+) \S+ \S+ *(.*)")


def peak_at_once(command: Sequence[str | Path]) -> float:
    """Run a command; the most MB it and its children had at once; not a number elsewhere.

    What several of them map of the same file, such as the interpreter, counts once. It is looked
    at every few milliseconds, which slows the command down: nothing to take the time of.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _together([process.pid, *_children(process.pid)]))
        time.sleep(_PAUSE)
    return peak * 1024 / 1e6 if peak else float("nan")


def _children(process: int) -> list[int]:
    try:
        listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def _together(processes: list[int]) -> int:
    """KiB: their own memory, and of what they map from files each part once."""
    own, shared = 0, Counter[str]()
    for process in processes:
        anonymous, files = _memory(process)
        own += anonymous
        shared |= files
    return own + shared.total()


def _memory(process: int) -> tuple[int, Counter[str]]:
    """KiB of its own, and those it maps from each part of a file."""
    try:
        lines = Path(f"/proc/{process}/smaps").read_text().splitlines()
    except OSError:  # it has ended
        return 0, Counter()
    anonymous, files, part, resident = 0, Counter[str](), "", 0
    for line in lines:
        if found := _MAPPING.fullmatch(line):
            part = f"{found[2]} from {found[1]}"
        elif line.startswith("Rss:"):
            resident = int(line.split()[1])
        elif line.startswith("Anonymous:"):
            mine = int(line.split()[1])
            anonymous += mine
            files[part] += resident - mine
    return anonymous, files
