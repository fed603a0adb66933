"""What an upload to Skafos sends: an archive made while it is sent, or one that is there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from scailable.archive.packing import plan
from scailable.archive.reading import check_archive
from scailable.archive.zipped import ZipSource
from scailable.errors import ValidationError
from scailable.runtime.call import FileSource

if TYPE_CHECKING:
    from scailable.runtime.call import Source
    from scailable.types import ModelVersion

_LONGEST_SOURCE = 200

Files: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"
Progress: TypeAlias = Callable[[int, int], None]


class Archive:
    """The bytes of an archive, with the digest of those that were sent.

    `sha256` is that of the last whole pass; None before.
    """

    def __init__(self, source: Source, on_progress: Progress | None) -> None:
        self._source = source
        self._on_progress = on_progress
        self.name = source.name
        self.size = source.size
        self.sha256: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        digest, sent = hashlib.sha256(), 0
        for chunk in self._source:
            digest.update(chunk)
            sent += len(chunk)
            if sent == self.size:  # before the last piece goes out: somebody asks right after it
                self.sha256 = digest.hexdigest()
            if self._on_progress is not None:
                self._on_progress(sent, self.size)
            yield chunk

    def digest(self) -> str:
        """The digest of the whole, read now. Reports no progress: nothing is sent."""
        digest = hashlib.sha256()
        for chunk in self._source:
            digest.update(chunk)
        return digest.hexdigest()


@contextmanager
def open_archive(
    files: Files,
    model: str,
    on_progress: Progress | None = None,
    *,
    keep_paths: bool = False,
) -> Iterator[Archive]:
    """The archive to send: a single `.zip` as it is, anything else put into one.

    Args:
        files: a file or folder, or several.
        model: name of the model, after which a new archive is named.
        on_progress: called with the bytes sent so far and in all.
        keep_paths: names in the archive are the paths as given.

    Raises:
        ValidationError: something cannot be read, or has no place in an archive; it says all.
    """
    given = [files] if isinstance(files, str | os.PathLike) else list(files)
    name = model if model.lower().endswith(".zip") else f"{model}.zip"
    if len(given) == 1 and _is_archive(given[0]):
        path = Path(given[0])
        try:
            source = FileSource(path)
        except (OSError, ValueError) as cause:
            raise ValidationError(f"{path} cannot be read: {cause}") from cause
        with source:
            check_archive(path)
            yield Archive(source, on_progress)
        return
    planned = plan(given, keep_paths=keep_paths)
    yield Archive(ZipSource(planned, name=name), on_progress)


def _is_archive(path: str | os.PathLike[str]) -> bool:
    return Path(path).suffix.lower() == ".zip" and Path(path).is_file()


def archive_name(version_name: str, filename: str) -> str:
    """A name for a downloaded archive, safe as one part of a path.

    >>> archive_name("faces", "../faces.zip")
    'faces.zip'
    """
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    if last in ("", ".", "..") or not last.isprintable():
        last = f"{version_name.replace('/', '_')}.zip"
    return last


def model_inside(folder: Path, member: str | None) -> Path:
    """The ONNX file of an unpacked archive.

    Args:
        member: its name in the archive, or its last part, where there are several.

    Raises:
        ValidationError: there is none, or it is not clear which; it lists what there is.
    """
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".onnx")
    names = [path.relative_to(folder).as_posix() for path in found]
    chosen = [
        path
        for path, name in zip(found, names, strict=True)
        if member is None or name == member or path.name == member
    ]
    if len(chosen) == 1:
        return chosen[0]
    which = "an ONNX file" if member is None else repr(member)
    problem = f"more than one is {which}" if chosen else f"none is {which}"
    there = f"Give one as member: {', '.join(names[:10])}" if names else "It has no ONNX file."
    raise ValidationError(f"Of the files in the archive, {problem}.", hint=there)


def source_of(version: ModelVersion) -> str:
    """What a model made from a version says of where it comes from."""
    text = f"Skafos: {version.model.app.name}/{version.name} {version.version}"
    return text if len(text) <= _LONGEST_SOURCE else f"{text[: _LONGEST_SOURCE - 3]}..."
