"""The models on this device, by digest: fetched, verified, kept, thrown away."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from scailable.durable import sync_folder
from scailable.edge.files import private_folder
from scailable.errors import APIStatusError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from scailable.edge.state import Assignment

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_CHUNK = 1 << 20


class Fetched(Protocol):
    """A download on its way: whether it goes on from the offset asked for, and its bytes."""

    @property
    def resumed(self) -> bool: ...
    def iter_bytes(self) -> Iterable[bytes]: ...


class Fetch(Protocol):
    """Starts to download an assigned model, from this offset where the server can."""

    def __call__(self, assignment: Assignment, offset: int) -> AbstractContextManager[Fetched]: ...


class ModelStore:
    """A folder of models named by digest. What carries a digest's name has been verified."""

    def __init__(self, folder: Path) -> None:
        self.folder = private_folder(folder)
        self._verified: set[str] = set()
        self._lock = threading.Lock()

    def path(self, digest: str) -> Path:
        """Where the model with this digest is or will be."""
        if not is_digest(digest):
            raise IntegrityError(
                f"The cloud assigned a model by {digest!r}, which is no sha256 digest.",
            )
        return self.folder / f"{digest.removeprefix('sha256:')}.onnx"

    def has(self, digest: str) -> bool:
        """Whether the model is here; it is hashed once in each run, as disks fail too."""
        if not is_digest(digest):
            return False
        path = self.path(digest)
        with self._lock:
            if digest in self._verified:
                return True
            try:
                if file_digest(path) != digest:
                    path.unlink()
                    return False
            except FileNotFoundError:
                return False
            self._verified.add(digest)
            return True

    def download(
        self,
        assignment: Assignment,
        fetch: Fetch,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Path:
        """Fetch an assigned model; a download that was cut goes on where it stopped.

        `on_progress(done, total)` gets byte counts. Nothing appears under the digest's name before
        size and digest are right.

        Raises:
            IntegrityError: what came is not what was assigned; it is thrown away.
            ScailableError: the cloud did not give it; what has come so far is kept.
        """
        path = self.path(assignment.digest)
        part = path.with_suffix(".part")
        hasher = hashlib.sha256()
        done = _hash_into(hasher, part)
        if done > assignment.size:
            part.unlink()
            hasher, done = hashlib.sha256(), 0
        if done < assignment.size:
            with _whole(part, assignment), fetch(assignment, done) as fetched:
                if not fetched.resumed:
                    hasher, done = hashlib.sha256(), 0
                with part.open("ab" if fetched.resumed else "wb") as file:
                    for chunk in fetched.iter_bytes():
                        done += len(chunk)
                        if done > assignment.size:
                            break
                        hasher.update(chunk)
                        file.write(chunk)
                        on_progress(done, assignment.size)
                    file.flush()
                    os.fsync(file.fileno())
        problem = None
        if done > assignment.size:
            problem = f"is larger than the {assignment.size} bytes that were assigned"
        elif done < assignment.size:
            problem = f"ended after {done} of {assignment.size} bytes"
        elif (found := f"sha256:{hasher.hexdigest()}") != assignment.digest:
            problem = f"has the digest {found}, assigned was {assignment.digest}"
        if problem:
            # A short answer may go on later; anything else can never become right.
            if done >= assignment.size:
                part.unlink()
            raise IntegrityError(f"The download of model {assignment.name} {problem}.")
        with self._lock:
            part.replace(path)
            sync_folder(self.folder)
            self._verified.add(assignment.digest)
        return path

    def collect_garbage(self, wanted: Collection[str]) -> None:
        """Delete every model and part of one whose digest is not wanted."""
        names = {digest.removeprefix("sha256:") for digest in wanted}
        for path in [*self.folder.glob("*.onnx"), *self.folder.glob("*.part")]:
            if path.stem not in names:
                with self._lock:
                    path.unlink(missing_ok=True)
                    self._verified.discard(f"sha256:{path.stem}")


@contextmanager
def _whole(part: Path, assignment: Assignment) -> Iterator[None]:
    """Take "no such range" for what it says: the file ends before the size that was assigned."""
    try:
        yield
    except APIStatusError as error:
        if error.status != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        part.unlink(missing_ok=True)
        raise IntegrityError(
            f"The download of model {assignment.name} ends before "
            f"the {assignment.size} bytes that were assigned."
        ) from error


def is_digest(text: str) -> bool:
    """Whether this is `sha256:` and 64 lower-case hex digits."""
    return _DIGEST.fullmatch(text) is not None


def file_digest(path: Path) -> str:
    """`sha256:` and the hex digest of a file."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _hash_into(hasher: hashlib._Hash, path: Path) -> int:
    """Hash a file, if it is there, and return its size."""
    size = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                hasher.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        pass
    return size
