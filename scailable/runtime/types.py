"""Types that the generated clients of all services share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final, Generic, Literal, TypeVar

from scailable.runtime.call import FileSource

if TYPE_CHECKING:
    from collections.abc import Mapping


class Unset:
    """The type of `UNSET`: a value that was not given, which is not the same as a null."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        # Copies and pickles are the one object again, so that `is UNSET` always holds.
        return "UNSET"


UNSET: Final = Unset()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Response(Generic[T]):
    """A parsed answer together with its HTTP status and headers (names are case-insensitive)."""

    parsed: T
    status: int
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to send as one part of a multipart body.

    `payload` is a `FileSource` (streamed from disk, safe to send again on a retry), bytes, or an
    open binary file, which is read whole into memory when the request is built.
    """

    payload: FileSource | BinaryIO | bytes = field(repr=False)
    file_name: str = "file"
    mime_type: str = "application/octet-stream"

    def content(self) -> FileSource | bytes:
        """What goes on the wire."""
        if isinstance(self.payload, bytes | FileSource):
            return self.payload
        return self.payload.read()


__all__ = ["UNSET", "File", "Response", "Unset"]
