"""A file that appears under its name only when it is whole."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from scailable.durable import sync_folder
from scailable.errors import ValidationError

_NAMELESS = getattr(os, "O_TMPFILE", 0) if sys.platform == "linux" else 0


class NewFile:
    """A file being written.

    Attributes:
        descriptor: open for reading and writing.
        path: where this process, and one that inherits the descriptor, can open it meanwhile.
    """

    def __init__(self, target: Path, descriptor: int, temporary: Path | None) -> None:
        self.descriptor = descriptor
        self.path = temporary or Path(f"/proc/self/fd/{descriptor}")
        self._target = target
        self._temporary = temporary

    def keep(self, *, replace: bool) -> None:
        """Give it its name.

        Args:
            replace: take the place of a file of that name; else it must not be there.

        Raises:
            ValidationError: it cannot be had, or has come into being meanwhile.
        """
        target = self._target
        try:
            if replace:
                self._named().replace(target)
            else:
                self._place(target)
            sync_folder(target.parent)
        except FileExistsError:
            raise ValidationError(
                f"{target} has come into being meanwhile.", hint="Give another name."
            ) from None
        except OSError as error:
            raise cannot_write(target, error) from error

    def discard(self) -> None:
        """Close it, and remove it where it has not been given its name."""
        os.close(self.descriptor)
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)

    def _place(self, target: Path) -> None:
        """Unlike a rename, this never replaces a file."""
        try:
            self._link(target)
        except FileExistsError:
            raise
        except OSError:
            if self._temporary is None:
                raise
            # No links on this file system: the name is taken first, then filled.
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
            try:
                self._temporary.replace(target)
            except BaseException:
                target.unlink(missing_ok=True)
                raise

    def _named(self) -> Path:
        """Its temporary name: only a file with a name can take the place of another."""
        if self._temporary is None:
            temporary = beside(self._target)
            self._link(temporary)
            self._temporary = temporary
        return self._temporary

    def _link(self, target: Path) -> None:
        if self._temporary is not None:
            os.link(self._temporary, target)
            return
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            # With a folder given, Python makes the call that follows the link in /proc.
            os.link(self.path, target, src_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)


@contextmanager
def new_file(target: Path) -> Iterator[NewFile]:
    """A file in the folder of `target`; gone at the end, unless it is kept.

    Where the system has files without a name, a killed process leaves nothing behind.

    Raises:
        ValidationError: the folder cannot be written to.
    """
    file = _nameless(target) or _named(target)
    try:
        yield file
    finally:
        file.discard()


def beside(target: Path) -> Path:
    """A name for a temporary file in the same folder."""
    return target.with_name(f".{uuid4().hex}")


def cannot_write(target: Path, error: OSError) -> ValidationError:
    """The error that a file cannot be written."""
    return ValidationError(
        f"Cannot write {target}: {error.strerror}.", hint="Choose a folder that you may write to."
    )


def _nameless(target: Path) -> NewFile | None:
    if not _NAMELESS:
        return None
    with suppress(OSError):  # not every file system has them
        file = NewFile(
            target, os.open(target.parent, _NAMELESS | os.O_RDWR | os.O_CLOEXEC, 0o666), None
        )
        if file.path.exists():
            return file
        file.discard()
    return None


def _named(target: Path) -> NewFile:
    temporary = beside(target)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    try:
        return NewFile(
            target, os.open(temporary, flags | getattr(os, "O_BINARY", 0), 0o666), temporary
        )
    except OSError as error:
        raise cannot_write(target, error) from error
