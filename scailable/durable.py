"""Files that are there whole or not at all."""

import os
import tempfile
from pathlib import Path
from uuid import uuid4


def write_private(path: Path, content: bytes) -> None:
    """Replace a file, readable by this user alone (0600); its folder has to be there.

    A crash or a power cut at any moment leaves the old content or the new one.

    Raises:
        OSError: it cannot be written; the old content stays.
    """
    # Made with mode 0600, beside the target: the last step is a rename within one file system.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file, with the permissions that a new file gets; its folder has to be there.

    A link keeps leading to the file it leads to. What is no regular file, such as `/dev/stdout`,
    is written to as it is.

    Raises:
        OSError: it cannot be written; the old content stays.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(content)
        return
    temporary = target.with_name(f".{uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    if os.name == "nt":
        return  # folders cannot be opened there, and NTFS journals renames itself
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
