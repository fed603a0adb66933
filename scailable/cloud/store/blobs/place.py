"""What a place for blobs has to do; the folder and the bucket are the two there are."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from starlette.routing import BaseRoute

from scailable.cloud.answers import Answer, Download


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that came on its own, without a request of ours: its sha256 and its size in bytes."""

    digest: str
    size: int


class Place(Protocol):
    """Where the bytes of blobs lie. It knows nothing of the database."""

    def has(self, digest: str) -> bool:
        """Whether the blob is there."""

    def prepare(self, path: Path, digest: str) -> None:
        """Bring a file there that will be kept, if that takes time; it stays at `path`."""

    def add(self, path: Path, digest: str) -> None:
        """Bring a finished, synced file there; it is gone from `path` then."""

    def remove(self, digest: str) -> None:
        """Remove a blob; nothing when it is not there."""

    def digests(self) -> Iterator[str]:
        """All blobs that have been there for long enough to be looked for in the database."""

    def tidy(self) -> None:
        """Remove what was put and never taken."""

    def file(self, digest: str) -> AbstractContextManager[Path]:
        """A blob as a file of this machine."""

    def open(self, digest: str) -> AbstractContextManager[BinaryIO]:
        """A blob to look into, seekable."""

    def download(self, digest: str, filename: str, media_type: str) -> Download | Answer:
        """The answer that sends a blob, or says where it is.

        Raises:
            Refused: 404 when the blob is not there.
        """

    def url(
        self, base_url: str, digest: str, filename: str, media_type: str, lifetime: timedelta
    ) -> tuple[str, datetime]:
        """A URL that opens this one blob for a while, and the moment it stops working."""

    def upload_url(self, name: str, address: str, lifetime: timedelta) -> tuple[str, datetime]:
        """A URL to which one object can be put under a name, and until when.

        Args:
            address: where this cloud itself takes the object, if the place has no address.
        """

    def check_upload(self, name: str, expires: int, signature: str) -> None:
        """Let an object pass that is put to the address of this cloud.

        Raises:
            Refused: 403 when the signature is not ours, or has expired.
        """

    def arrive(self, name: str, max_size: int) -> Arrived | None:
        """Take what was put under a name without passing through this cloud to the blobs.

        Returns:
            what it is; None when nothing was put, or nothing comes that way.

        Raises:
            Refused: 413 when it is larger than `max_size` bytes.
        """

    def discard_upload(self, name: str) -> None:
        """Forget what was put under a name; nothing when there is nothing."""

    def routes(self) -> list[BaseRoute]:
        """The routes that the URLs of this place lead to."""
