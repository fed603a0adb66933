"""Archives to folders: whole, or not at all."""

from __future__ import annotations

import secrets
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from scailable.archive.reading import LIMITS, ArchiveRefused, Limits, open_archive
from scailable.errors import ValidationError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

_BLOCK = 1 << 20
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def unpack(
    archive: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    limits: Limits = LIMITS,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Unpack an archive into a folder, which appears once it is whole.

    Args:
        archive: the file.
        folder: a new one, or one that is empty.
        limits: what the archive may grow to.
        on_progress: called with the bytes written so far and in all.

    Returns:
        the files.

    Raises:
        ArchiveRefused: it is no archive, is damaged, or would do harm: names that lead out of the
            folder, links, encrypted or overlapping entries, far more content than the archive has
            bytes.
        ValidationError: the folder is not empty, or cannot be written.

    >>> [path.name for path in unpack(archive, folder / "new")]
    ['labels.txt', 'weights.bin']
    """
    target = Path(folder)
    if target.is_symlink() or (target.exists() and not _is_empty(target)):
        raise ValidationError(
            f"{target} is there already.", hint="Give the path of a folder that is new or empty."
        )
    # Beside the target, so that the last step is a rename within one file system.
    hidden = target.absolute().parent / f".{target.name}.{secrets.token_hex(6)}"
    try:
        with open_archive(archive, limits) as opened:
            hidden.mkdir()
            written = _extract(opened, archive, hidden, on_progress)
        hidden.replace(target)
    except OSError as error:
        raise ValidationError(
            f"{target} cannot be written: {error.strerror or error}",
            hint="Check that the folder above exists and can be written, and that there is room.",
        ) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return [target / path for path in written]


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _extract(
    archive: zipfile.ZipFile,
    path: str | os.PathLike[str],
    folder: Path,
    on_progress: Callable[[int, int], None] | None,
) -> list[Path]:
    infos = archive.infolist()
    total = sum(info.file_size for info in infos)
    done, written = 0, []
    for info in infos:
        inside = Path(*info.filename.removesuffix("/").split("/"))
        target = folder / inside
        if info.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            try:
                # It ends at the size that the directory says, and compares the checksum.
                with archive.open(info) as content:
                    while block := content.read(_BLOCK):
                        file.write(block)
                        done += len(block)
                        if on_progress is not None:
                            on_progress(done, total)
            except _DAMAGED as error:
                raise ArchiveRefused(
                    f"{path} is damaged at the entry {info.filename!r}: {error}."
                ) from error
        written.append(inside)
    return written
