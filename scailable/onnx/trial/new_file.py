"""A file that is there whole or not at all, written by another process."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from scailable.durable import sync_folder
from scailable.errors import ValidationError


@contextmanager
def new_file(output: str | os.PathLike[str] | None, others: Sequence[str]) -> Iterator[int | None]:
    """A descriptor of a file that is at `output` once all went well; None without one.

    Args:
        output: where; a link keeps leading to the file it leads to.
        others: files that it must not replace.

    Raises:
        ValidationError: it cannot be written.
    """
    if output is None:
        yield None
        return
    target = Path(os.fsdecode(output)).resolve()
    if target.exists() and not target.is_file():
        raise ValidationError(f"Cannot write {target}: it is no regular file.")
    if any(target.exists() and Path(each).exists() and target.samefile(each) for each in others):
        raise ValidationError(f"{target} would replace what is read.", hint="Give another name.")
    temporary = target.with_name(f".{uuid4().hex}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise ValidationError(f"Cannot write {target}: {error.strerror}.") from error
    try:
        yield descriptor
        try:
            os.fsync(descriptor)
            temporary.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise ValidationError(f"Cannot write {target}: {error.strerror}.") from error
    finally:
        os.close(descriptor)
        temporary.unlink(missing_ok=True)
