"""Multipart bodies, read part by part as they arrive: JSON parts to memory, files to disk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio.to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from scailable.cloud.documents import Body
from scailable.cloud.uploads import OpenFile, StoredUpload, hand_over

_TEXT_LIMIT = 1 << 20


class Malformed(Exception):
    """The body is not what its content type says, or ends too early."""


class TooMuch(Exception):
    """A part is larger than the limit, which is in bytes."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"{what} is larger than {limit} bytes.")


@dataclass(slots=True)
class RawForm:
    """The parts as received: the bytes of text parts, and files."""

    texts: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, StoredUpload] = field(default_factory=dict)

    def discard(self) -> None:
        """Remove the files nobody took."""
        for upload in self.files.values():
            upload.discard()


async def receive(
    body: Body, content_type: str, chunks: AsyncIterator[bytes], folder: Path, max_file_size: int
) -> RawForm:
    """Read a multipart body; files go to `folder`, hashed while they arrive.

    Raises:
        Malformed: no boundary, a part twice, broken framing, or an end before the last boundary.
        TooMuch: a file above `max_file_size` bytes or a JSON part above 1 MB.
        Anything the stream raises. In every case no file is left behind.
    """
    reader = _Reader(body, content_type, folder, max_file_size)
    try:
        await hand_over(chunks, reader.take)
        await anyio.to_thread.run_sync(reader.finish)
    except BaseException:
        reader.discard()
        raise
    return reader.form


class _Reader:
    """Callbacks of the parser; each names what the bytes that follow belong to."""

    def __init__(self, body: Body, content_type: str, folder: Path, max_file_size: int) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if not boundary:
            raise Malformed("The content type names no boundary.")
        try:
            self._parser = MultipartParser(boundary, self._callbacks())
        except FormParserError as error:
            raise Malformed("The boundary of the content type cannot be used.") from error
        self._parts = {part.name: part for part in body.parts}
        # The service's documents call the file part `bundle`, its clients `file`.
        if "file" in self._parts:
            self._parts.setdefault("bundle", self._parts["file"])
        self._folder = folder
        self._max_file_size = max_file_size
        self._header = b""
        self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._name: str | None = None
        self._file: OpenFile | None = None
        self._open: list[OpenFile] = []
        self._text = bytearray()
        self._ended = False
        self.form = RawForm()

    def take(self, block: bytes) -> None:
        """Parse a block, hash it and write it."""
        try:
            self._parser.write(block)
        except FormParserError as error:
            raise Malformed("The multipart body cannot be read.") from error

    def finish(self) -> None:
        """Bring the files to the disk and close them."""
        if not self._ended:
            raise Malformed("The body ends before its last part does.")
        for file in self._open:
            file.keep()

    def discard(self) -> None:
        """Close and remove the files."""
        for file in self._open:
            file.close()
        self.form.discard()

    def _callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._headers = {}
        self._name = None
        self._file = None
        self._text = bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name not in self._parts:
            return
        if name in self.form.texts or name in self.form.files:
            raise Malformed(f"The part {name} comes more than once.")
        self._name = name
        if self._parts[name].binary:
            filename = options.get(b"filename", b"").decode("utf-8", "replace")
            media_type = self._headers.get(b"content-type", b"application/octet-stream")
            self._file = OpenFile(
                self._folder,
                # Some clients send the whole path; only its last name is a file name.
                filename=filename.replace("\\", "/").rsplit("/", 1)[-1][:255],
                media_type=media_type.decode("latin-1"),
            )
            self.form.files[name] = self._file.upload
            self._open.append(self._file)
        else:
            self.form.texts[name] = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name is None:
            return
        if self._file is not None:
            self._file.add(memoryview(data)[start:end])
            if self._file.upload.size > self._max_file_size:
                raise TooMuch(f"The part {self._name}", self._max_file_size)
            return
        self._text += data[start:end]
        if len(self._text) > _TEXT_LIMIT:
            raise TooMuch(f"The part {self._name}", _TEXT_LIMIT)

    def _end(self) -> None:
        if self._name is not None and self._file is None:
            self.form.texts[self._name] = bytes(self._text)

    def _finish(self) -> None:
        self._ended = True
