"""What goes into an archive, under which names, in which order."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from scailable.archive import names
from scailable.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHOWN = 10

# Kinds of problems, the worst first, and the words for one.
_UNREADABLE, _KIND, _NAME, _CLASH = range(4)
_Problem: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or an empty folder of an archive.

    Attributes:
        name: in the archive, with `/` between steps; that of a folder ends in one.
        path: where it is.
        size: bytes.
        identity: by which a change of the file is noticed.
    """

    name: str
    path: Path
    size: int
    identity: tuple[int, ...]

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True)
class Plan:
    """The entries of an archive, by name."""

    entries: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(entry.size for entry in self.entries)


def plan(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, keep_paths: bool = False
) -> Plan:
    """Look at files and folders and decide what the archive of them holds.

    Args:
        inputs: files and folders, or one of them. A file goes in under its own name, a folder with
            what is below it under its own name; empty folders are kept.
        keep_paths: names in the archive are the paths as given, without a leading `/`.

    Raises:
        ValidationError: there is nothing, something cannot be read, is neither file nor folder,
            is a symbolic link, or has a name that has no place in an archive. It lists them all.

    >>> [entry.name for entry in plan([folder]).entries]
    ['model/labels.txt', 'model/weights.bin']
    """
    entries: list[Entry] = []
    problems: list[_Problem] = []
    for given in [inputs] if isinstance(inputs, str | os.PathLike) else inputs:
        path = Path(given)
        name = _kept(path) if keep_paths else _own_name(path)
        if not os.fspath(given) or not name:
            # An empty text would be the current folder: rather a variable that was not set.
            problems.append((_UNREADABLE, f"{os.fspath(given)!r} names nothing to put in"))
            continue
        entries += _found(path, name, problems)
    for first, second in names.clashes([entry.name for entry in entries]):
        both = f"{names.shown(first)} and {names.shown(second)}"
        problems.append((_CLASH, f"two files would be one in the archive: {both}; rename one"))
    if not problems and not any(not entry.is_folder for entry in entries):
        problems.append((_UNREADABLE, "there is no file in what was given"))
    if problems:
        raise _refusal([text for _, text in sorted(problems, key=lambda problem: problem[0])])
    return Plan(tuple(sorted(entries, key=lambda entry: entry.name)))


def identity(status: os.stat_result) -> tuple[int, ...]:
    """What stays the same while a file does."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _own_name(path: Path) -> str:
    return path.name if path.name not in ("", "..") else path.resolve().name


def _kept(path: Path) -> str:
    """`.` for the current folder, whose content has no folder above it in the archive."""
    return path.as_posix().lstrip("/")


def _found(path: Path, name: str, problems: list[_Problem]) -> Iterator[Entry]:
    """The entries that a path stands for."""
    shown = names.shown(path)
    if name != "." and (wrong := names.problem(name)):
        problems.append((_NAME, f"{shown}: its name in the archive {wrong}; rename it"))
        return
    try:
        status = path.lstat()
        if stat.S_ISREG(status.st_mode):
            if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
                problems.append((_UNREADABLE, f"{shown}: it may not be read by this user"))
            yield Entry(name, path, status.st_size, identity(status))
        elif stat.S_ISDIR(status.st_mode):
            inside = sorted(path.iterdir())
            if not inside and name != ".":
                yield Entry(f"{name}/", path, 0, ())
            for child in inside:
                below = child.name if name == "." else f"{name}/{child.name}"
                yield from _found(child, below, problems)
        elif stat.S_ISLNK(status.st_mode):
            real = names.shown(os.path.realpath(path))
            problems.append(
                (_KIND, f"{shown}: it is a symbolic link; give what it leads to, {real}")
            )
        else:
            problems.append((_KIND, f"{shown}: it is neither a file nor a folder; leave it out"))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        problems.append((_UNREADABLE, f"{shown}: {reason}"))


def _refusal(problems: list[str]) -> ValidationError:
    lines = problems[:_SHOWN]
    if len(problems) > _SHOWN:
        lines.append(f"and {len(problems) - _SHOWN} more")
    if len(lines) == 1:
        return ValidationError(f"No archive can be made: {lines[0]}.")
    return ValidationError("\n".join(["No archive can be made:", *(f"  {line}" for line in lines)]))
