"""Walking over a model file once, in blocks, without ever holding its tensor data.

The walk reads every field of every message and makes a `Model` of them. Beside that it writes the
skeleton: the same model with the data of its large tensors left out, small enough for the onnx
package. What is wrong with the encoding of a message is noted and the message is left; the walk
goes on behind it, so that one report has all problems.
"""

import hashlib
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from scailable.onnx.reading import schema
from scailable.onnx.reading.model import LONGEST_KEPT, Attribute, Model, Payload
from scailable.onnx.reading.parts import Numbers
from scailable.onnx.reading.problems import Problems
from scailable.onnx.reading.schema import Field, Kind, Message
from scailable.onnx.reading.source import Source
from scailable.onnx.reading.stand_in import STAND_IN
from scailable.onnx.rules import files, structure, wire
from scailable.onnx.rules.rule import Rule
from scailable.onnx.text import readable_size, short

_AHEAD = 32  # bytes; more than a tag and a number take
_DEEPEST = 64
_MOST_FIELDS = 2_000_000
# What takes more time or memory than a field counts as more of them.
_FIELDS_A_MESSAGE = 3
_FIELDS_A_RARE_ONE = 4
_FIELDS_A_PROBLEM = 8
_RUN_BYTES_A_FIELD = 32
_VARINT_BYTES_A_FIELD = 512
_TEXT_BYTES_A_FIELD = 16  # of text that takes four bytes a character in memory
_LONGEST_TEXT = 65_536
_LARGEST_FIELD = 64 << 20
_LARGEST_SKELETON = 64 << 20
_DATA_IN_SKELETON = 16 << 20  # bytes of tensor data, all together
_LARGE_DATA = 64 * 1024
_SMALL = 64 * 1024
_REPEATED = 96  # bytes; messages up to this length are looked up before they are read
_MOST_REMEMBERED = 10_000
_LENGTH_BYTES = 5
_LARGEST_NUMBER = (1 << 29) - 1
_LOCATION = b"location"  # the key of external data, which the skeleton must not have
_AGAIN = "export or download the model again"
_DAMAGED: Any = object()
_WIRE_TYPES = (schema.VARINT, schema.FIXED64, schema.LENGTH, schema.FIXED32)
_FREE_TEXT = ("doc_string", "value")

_LEFT_OUT = b"j%b%b" % (  # external_data {key: "location" value: STAND_IN}
    bytes([len(STAND_IN) + 12]),
    b"\n\x08location\x12%b%b" % (bytes([len(STAND_IN)]), STAND_IN.encode()),
) + bytes([14 << 3, 1])  # data_location: EXTERNAL

_VARINT = rb"[\x80-\xff]{0,9}[\x00-\x7f]"
_HIGH_BYTES = bytes(range(128, 256))
_HIGH_BITS = bytes(byte & 128 for byte in range(256))
_OVERLONG = b"\x80" * 10  # once only the high bits are left
# A list of numbers with a field each is stepped over at once: a step for each would take long.
_RUNS = {
    wire_type << 8 | number: re.compile(b"(?:%b%b)++" % (re.escape(bytes([tag])), value), re.DOTALL)
    for number in range(1, 16)
    for wire_type, value in (
        (schema.VARINT, _VARINT),
        (schema.FIXED32, rb".{4}"),
        (schema.FIXED64, rb".{8}"),
    )
    for tag in (number << 3 | wire_type,)
}


class _Malformed(Exception):
    """This message cannot be read any further; what is wrong is noted already."""


class _Ended(Exception):
    """Nothing behind this place can be read."""


@dataclass(slots=True)
class Walk:
    """What a walk found.

    Attributes:
        model: as far as it could be read; None when the file is no model, or is cut short.
        skeleton: the model without large data; None when some of it could not be read.
        sha256: of the whole file, in hex.
        bytes_read: of the file.
    """

    model: Model | None
    skeleton: bytes | None
    sha256: str
    bytes_read: int


@dataclass(slots=True)
class _Data:
    """The data of the tensor that is being read."""

    written: list[tuple[int, int]] = field(default_factory=list)  # where in the skeleton
    left_out: bool = False
    digest: Any = None


def walk(source: Source, problems: Problems, *, digests: bool = False) -> Walk:
    """Read a model from `source`, and note what is wrong with it.

    Args:
        source: the file, from its start; read to its end.
        problems: where problems go.
        digests: also compute the sha256 of the data of every tensor.
    """
    walker = _Walker(source, problems, digests)
    model = walker.read()
    sha256 = source.finish()
    if model is not None and not model.ir_version and model.graph is None:
        if not walker.damaged:
            message = "has neither a format version nor a graph"
            problems.add(files.NOT_A_MODEL, message, fix=_AGAIN)
        model = None
    complete = model is not None and not walker.damaged
    return Walk(model, bytes(walker.skeleton) if complete else None, sha256, source.position)


class _Walker:
    def __init__(self, source: Source, problems: Problems, digests: bool) -> None:
        self.skeleton = bytearray()
        self.damaged = False
        self._source = source
        self._problems = problems
        self._digests = digests
        self._buffer = b""
        self._base = 0  # offset in the file at which the buffer starts
        self._at = 0  # position in the buffer
        self._ended = False
        self._depth = 0
        self._fields_left = _MOST_FIELDS
        self._data_left = _DATA_IN_SKELETON
        self._data = _Data()
        self._remembered: dict[tuple[str, bytes], Any] = {}

    def read(self) -> Model | None:
        """The model; None when it is damaged before the end of its graph."""
        values: dict[str, Any] = {}
        try:
            self._message(schema.MODEL, self._source.size, values)
        except (_Malformed, _Ended) as error:
            self.damaged = True
            if "graph" not in values:
                if isinstance(error, _Malformed):
                    offset = self._base + self._at
                    self._note(files.UNREADABLE, f"is no ONNX from byte {offset} on", offset)
                return None
        model: Model = schema.MODEL.build(values, 0, self._problems)
        return model

    # Bytes

    def _load(self, wanted: int) -> None:
        """Have `wanted` bytes from the position on in the buffer, or all that are left."""
        self._buffer = self._buffer[self._at :]
        self._base += self._at
        self._at = 0
        pieces = [self._buffer] if self._buffer else []
        length = len(self._buffer)
        while length < wanted and not self._ended:
            block = self._source.block()
            self._ended = not block
            pieces.append(block)
            length += len(block)
        self._buffer = pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _view(self, end: int) -> tuple[bytes, int, int, int]:
        """The buffer, the position, where `end` is, and up to where a field surely fits."""
        buffer = self._buffer
        stop = end - self._base
        safe = len(buffer) if self._ended or stop <= len(buffer) else len(buffer) - _AHEAD
        return buffer, self._at, stop, safe

    def _skip(self, length: int) -> None:
        for _ in self._chunks(length):
            pass

    def _chunks(self, length: int) -> Iterator[bytes]:
        """The next bytes of the file, in pieces."""
        while length:
            if self._at == len(self._buffer):
                self._load(1)
                if not self._buffer:
                    self._cut_short()
            chunk = self._buffer[self._at : self._at + length]
            self._at += len(chunk)
            length -= len(chunk)
            yield chunk

    def _varint(self, buffer: bytes, at: int) -> tuple[int, int]:
        value = shift = 0
        position = at
        while (byte := buffer[position]) > 127:
            value |= (byte & 127) << shift
            shift += 7
            position += 1
            if shift == 70:
                self._overlong(at)
        return (value | byte << shift) & 0xFFFF_FFFF_FFFF_FFFF, position + 1

    def _tag(self, buffer: bytes, at: int) -> tuple[int, int]:
        tag, behind = self._varint(buffer, at)
        if behind - at > _LENGTH_BYTES or not buffer[behind - 1]:
            message = "the number of a field takes more bytes than it needs"
            self._malformed(wire.BAD_VARINT, message, self._base + at)
        return tag, behind

    def _large(self, known: Field, value: int, at: int) -> int:
        """A whole number of more than 31 bits that ends at `at`, with its sign."""
        value = _signed(value)
        if known.width == 4 and not -(1 << 31) <= value < 1 << 31:
            # Other programs would take its lower half.
            self._note(wire.TOO_MANY_BITS, f"{known.name} is {value}, of 32 bits", self._base + at)
            self.damaged = True
        return value

    def _overlong(self, at: int) -> NoReturn:
        self._malformed(wire.BAD_VARINT, "a number takes more than ten bytes", self._base + at)

    # Messages

    def _message(self, message: Message, end: int, values: dict[str, Any]) -> None:
        """Read the message that starts here and ends at offset `end`: its fields by name."""
        tags, skeleton = message.tags, self.skeleton
        TEXT, MESSAGE, BYTES, INT = Kind.TEXT, Kind.MESSAGE, Kind.BYTES, Kind.INT
        fields = _FIELDS_A_MESSAGE
        buffer, at, stop, safe = self._view(end)
        try:
            while at < stop:
                if at > safe:
                    self._at = at
                    self._load(_AHEAD)
                    self._spend(fields)
                    fields = 0
                    buffer, at, stop, safe = self._view(end)
                start = at
                fields += 1
                tag = buffer[at]
                at += 1
                if tag > 127:
                    tag, at = self._tag(buffer, start)
                known = tags.get(tag)
                if known is None:
                    self._at = at
                    self._unknown(message, tag, self._base + start, end, values)
                    buffer, at, stop, safe = self._view(end)
                    continue
                _, name, kind, repeated, inner, _ = known
                value: Any
                if kind <= MESSAGE:
                    length = buffer[at]
                    at += 1
                    if length > 127:
                        length, at = self._varint(buffer, at - 1)
                    if at + length > stop:
                        self._too_long(known, self._base + start, self._base + at, length, end)
                    if kind == TEXT and at + length <= len(buffer) and length < _LONGEST_TEXT:
                        try:
                            value = sys.intern(str(buffer[at : at + length], "utf-8"))
                        except UnicodeDecodeError:
                            value = self._not_utf8(known, buffer[at : at + length], at)
                        if length > 127 and not value.isascii():
                            fields += length // _TEXT_BYTES_A_FIELD
                        at += length
                        skeleton += buffer[start:at]
                    else:
                        self._at = at
                        if kind == TEXT:
                            value = self._long_text(known, tag, length)
                        else:
                            assert inner is not None
                            value = self._inner(inner, known, tag, self._base + start, length)
                        buffer, at, stop, safe = self._view(end)
                        if value is _DAMAGED:
                            continue
                elif kind == INT:
                    value = buffer[at]
                    at += 1
                    if value > 127:
                        value, at = self._varint(buffer, at - 1)
                        if value >> 31:
                            value = self._large(known, value, at)
                    skeleton += buffer[start:at]
                else:
                    self._at = start
                    fields += _FIELDS_A_RARE_ONE
                    value = self._other(known, tag, end, values)
                    buffer, at, stop, safe = self._view(end)
                if repeated:
                    if kind > BYTES:
                        values[name] = value  # lists of numbers are gathered where they are read
                    elif (listed := values.get(name)) is None:
                        values[name] = [value]
                    else:
                        listed.append(value)
                else:
                    if name in values:
                        self._twice(message, name, at)
                    values[name] = value
        except IndexError:
            self._ends_within(message, end)
        finally:
            self._fields_left -= fields
        if at > stop:
            self._ends_behind(message, at - stop, end)
        self._at = at
        self._spend(0)

    def _inner(self, message: Message, known: Field, tag: int, offset: int, length: int) -> Any:
        """The message in a field; `_DAMAGED` when it is, which does not stop the walk."""
        skeleton = self.skeleton
        mark = len(skeleton)
        end = self._base + self._at + length
        if self._depth == _DEEPEST:
            self._too_deep(offset)
        if length <= _SMALL:
            if self._at + length > len(self._buffer):
                self._load(length)
                if length > len(self._buffer):
                    self._cut_short()
            start = self._at
            stop = start + length
            if self._data_left >= length and self._buffer.find(_LOCATION, start, stop) < 0:
                value = self._small_inner(message, start, stop, offset)
                self._at = stop
                del skeleton[mark:]
                if value is not _DAMAGED and known.name != "external_data":
                    skeleton += _encoded(tag) + _encoded(length) + self._buffer[start:stop]
                self._spend(0)
                return value
        self._depth += 1
        if message is schema.TENSOR:
            self._data = _Data(digest=hashlib.sha256() if self._digests else None)
        # The length takes all its five bytes, since it is not known before the end.
        skeleton += _encoded(tag) + bytes(_LENGTH_BYTES)
        inside = len(skeleton)
        values: dict[str, Any] = {}
        try:
            self._message(message, end, values)
            if message is schema.TENSOR:
                self._leave_out(values)
            value = message.build(values, offset, self._problems)
        except _Malformed:
            self.damaged = True
            self._at = min(self._at, end - self._base)  # its last field may reach beyond it
            self._skip(end - self._base - self._at)
            del skeleton[mark:]
            value = _DAMAGED
        else:
            if known.name == "external_data":
                del skeleton[mark:]
            else:
                skeleton[inside - _LENGTH_BYTES : inside] = _padded(len(skeleton) - inside)
        self._depth -= 1
        return value

    def _leave_out(self, values: dict[str, Any]) -> None:
        """Finish a tensor in the skeleton: its data whole, or not at all."""
        data = self._data
        external = values.get("data_location", 0) == 1
        if data.left_out or external:
            if data.written:
                first = at = data.written[0][0]
                between = []
                for start, length in data.written:
                    between.append(self.skeleton[at:start])
                    at = start + length
                between.append(self.skeleton[at:])
                self.skeleton[first:] = b"".join(between)
            self.skeleton += _LEFT_OUT
        if data.digest is not None and not external:
            values["digest"] = data.digest.hexdigest()

    def _small(self, message: Message, at: int, stop: int) -> dict[str, Any]:
        """As `_message`, for one from `at` to `stop` in the buffer; writes nothing of use.

        Nearly all messages are small, and this takes half the time.
        """
        values: dict[str, Any] = {}
        tags, buffer = message.tags, self._buffer
        TEXT, BYTES, INT = Kind.TEXT, Kind.BYTES, Kind.INT
        fields = _FIELDS_A_MESSAGE
        value: Any
        try:
            while at < stop:
                start = at
                fields += 1
                tag = buffer[at]
                at += 1
                if tag > 127:
                    tag, at = self._tag(buffer, start)
                known = tags.get(tag)
                if known is None:
                    self._at = at
                    self._unknown(message, tag, self._base + start, self._base + stop, values)
                    at = self._at
                    continue
                _, name, kind, repeated, inner, _ = known
                if kind <= BYTES:
                    length = buffer[at]
                    at += 1
                    if length > 127:
                        length, at = self._varint(buffer, at - 1)
                    end = at + length
                    if end > stop:
                        base = self._base
                        self._too_long(known, base + start, base + at, length, base + stop)
                    if kind == TEXT:
                        try:
                            value = buffer[at:end].decode()
                        except UnicodeDecodeError:
                            value = self._not_utf8(known, buffer[at:end], at)
                        if length > 127 and not value.isascii():
                            fields += length // _TEXT_BYTES_A_FIELD
                    elif kind == BYTES:
                        value = buffer[at:end]
                    else:
                        assert inner is not None
                        value = self._small_inner(inner, at, end, self._base + start)
                    at = end
                    if value is _DAMAGED:
                        continue
                elif kind == INT:
                    value = buffer[at]
                    at += 1
                    if value > 127:
                        value, at = self._varint(buffer, at - 1)
                        if value >> 31:
                            value = self._large(known, value, at)
                else:
                    self._at = start
                    fields += _FIELDS_A_RARE_ONE
                    value = self._other(known, tag, self._base + stop, values)
                    at = self._at
                if not repeated:
                    if name in values:
                        self._twice(message, name, at)
                    values[name] = value
                elif kind > BYTES:
                    values[name] = value
                elif name in values:
                    values[name].append(value)
                else:
                    values[name] = [value]
        except IndexError:
            self._ends_within(message, self._base + stop)
        finally:
            self._fields_left -= fields
        if at > stop:
            self._ends_behind(message, at - stop, self._base + stop)
        return values

    def _small_inner(self, message: Message, at: int, stop: int, offset: int) -> Any:
        """As `_inner`, for one that is in the buffer."""
        if self._depth == _DEEPEST:
            self._too_deep(offset)
        content = b""
        if message.repeats and stop - at <= _REPEATED:
            content = self._buffer[at:stop]
            known = self._remembered.get((message.name, content))
            if known is not None:
                self._fields_left += 1  # took neither time nor memory
                return known
        before = len(self._problems.found)
        self._depth += 1
        if message is schema.TENSOR:
            self._data = _Data(digest=hashlib.sha256() if self._digests else None)
        try:
            values = self._small(message, at, stop)
            external = values.get("data_location", 0) == 1
            if message is schema.TENSOR and self._data.digest is not None and not external:
                values["digest"] = self._data.digest.hexdigest()
            value = message.build(values, offset, self._problems)
        except _Malformed:
            self.damaged = True
            return _DAMAGED
        finally:
            self._depth -= 1
        if content and len(self._problems.found) == before and not _has_place(value):
            if len(self._remembered) == _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[message.name, content] = value
        return value

    def _too_deep(self, offset: int) -> NoReturn:
        self._malformed(
            wire.TOO_DEEP, f"more than {_DEEPEST} messages are nested in one another", offset
        )

    # Fields that are not common

    def _other(self, known: Field, tag: int, end: int, values: dict[str, Any]) -> Any:
        """The value of a field of a less common kind; the position is at its tag."""
        offset = self._base + self._at
        if known.kind in (Kind.INTS, Kind.FLOATS):
            return self._numbers(known, tag, end, values.get(known.name))
        if known.kind == Kind.DATA_RUN:
            return self._data_run(known, tag, end, values.get(known.name))
        if known.kind == Kind.FLOAT:
            at = self._at
            if at + 5 > end - self._base:
                self._too_long(known, offset, offset + 1, 4, end)
            content = self._buffer[at : at + 5]
            if len(content) < 5:
                self._cut_short()
            self._at += 5
            self.skeleton += content
            return struct.unpack_from("<f", content, 1)[0]
        _, at = self._varint(self._buffer, self._at)
        length, at = self._varint(self._buffer, at)
        self._at = at
        if at + length > end - self._base:
            self._too_long(known, offset, self._base + at, length, end)
        if known.kind == Kind.BYTES:
            return self._bytes(known, tag, length)
        if known.kind in (Kind.INTS_PACKED, Kind.FLOATS_PACKED):
            return self._packed(known, tag, length, values.get(known.name))
        return self._stored(known, tag, length, values.get(known.name))

    def _bytes(self, known: Field, tag: int, length: int) -> bytes:
        """Bytes of an attribute; of long ones the start, and nothing in the skeleton."""
        self._limit(known, length)
        kept = b""
        for chunk in self._chunks(length):
            kept += chunk[: _LONGEST_TEXT - len(kept)]
        whole = kept if length <= _LONGEST_TEXT else b""
        self.skeleton += _encoded(tag) + _encoded(len(whole)) + whole
        return kept

    def _long_text(self, known: Field, tag: int, length: int) -> str:
        offset = self._base + self._at
        content = self._bytes(known, tag, length)
        if length > _LONGEST_TEXT and known.name not in _FREE_TEXT:
            self._problems.add(
                structure.NAME_TOO_LONG,
                f"the {known.name} is {length} bytes long",
                where=short(content[:200].decode("utf-8", "replace")),
                fix="shorten the name",
                offset=offset,
            )
        self._spend(len(content) // _TEXT_BYTES_A_FIELD)
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError as error:
            if length > _LONGEST_TEXT and error.reason == "unexpected end of data":
                return content[: error.start].decode("utf-8")  # cut by us within a character
            return self._not_utf8(known, content, offset - self._base)

    def _not_utf8(self, known: Field, content: bytes, at: int) -> str:
        text = content.decode("utf-8", "backslashreplace")
        message = f"the {known.name} {short(text)!r} is not valid UTF-8"
        fix = "write the model again with an exporter that encodes text as UTF-8"
        self._note(structure.NAME_ENCODING, message, self._base + at, fix)
        self.damaged = True
        return text

    def _numbers(self, known: Field, tag: int, end: int, before: Numbers | None) -> Numbers:
        """A run of fields with a number each."""
        kept = [] if before is None else before.kept
        run = self._run(tag, end)
        self.skeleton += run
        if tag & 7 == schema.VARINT:
            count = len(run.translate(None, _HIGH_BYTES)) // 2
            at = 1
            while at < len(run) and len(kept) < LONGEST_KEPT:
                value, at = self._varint(run, at)
                kept.append(_signed(value))
                at += 1
        else:
            count = len(run) // 5
            numbers = run[: 5 * (LONGEST_KEPT - len(kept))]
            kept += (value for _, value in struct.iter_unpack("<Bf", numbers))
        return Numbers(kept, count + (before.count if before else 0))

    def _packed(self, known: Field, tag: int, length: int, before: Numbers | None) -> Numbers:
        """A field with many numbers."""
        self._limit(known, length)
        offset = self._base + self._at
        self.skeleton += _encoded(tag) + _encoded(length)
        self._spend(length // _VARINT_BYTES_A_FIELD, length)
        start = len(self.skeleton)
        count = 0
        for chunk, numbers in self._numbers_in(known, length, offset):
            self.skeleton += chunk
            count += numbers
        kept = [] if before is None else before.kept
        missing = LONGEST_KEPT - len(kept)
        if known.width:
            first = bytes(self.skeleton[start : start + 4 * min(count, missing)])
            kept += (value for (value,) in struct.iter_unpack("<f", first))
        else:
            first = bytes(self.skeleton[start : start + 10 * missing])
            at = 0
            for _ in range(min(count, missing)):
                value, at = self._varint(first, at)
                kept.append(_signed(value))
        return Numbers(kept, count + (before.count if before else 0))

    def _numbers_in(self, known: Field, length: int, offset: int) -> Iterator[tuple[bytes, int]]:
        """The next bytes of the file, in pieces, and how many numbers end in each."""
        if known.width:
            done = 0
            for chunk in self._chunks(length):
                ended = (done + len(chunk)) // known.width - done // known.width
                done += len(chunk)
                yield chunk, ended
            if length % known.width:
                self._uneven(known, offset)
            return
        tail = b""
        for chunk in self._chunks(length):
            if chunk.isascii() and not tail:
                yield chunk, len(chunk)
                continue
            if _OVERLONG in (tail + chunk).translate(_HIGH_BITS):
                self._malformed(wire.BAD_VARINT, "a number takes more than ten bytes", offset)
            tail = (tail + chunk)[-9:]
            yield chunk, len(chunk.translate(None, _HIGH_BYTES))
        if tail and tail[-1] > 127:
            self._uneven(known, offset)

    def _stored(self, known: Field, tag: int, length: int, before: Payload | None) -> Payload:
        """Data of a tensor: raw bytes, text, or many numbers."""
        offset = self._base + self._at
        if known.width == 0:
            self._spend(length // _VARINT_BYTES_A_FIELD)
        write = self._keeps(length)
        start = len(self.skeleton)
        if write:
            self.skeleton += _encoded(tag) + _encoded(length)
        digest = self._data.digest
        values = 0
        kept = b""
        for chunk, numbers in self._numbers_in(known, length, offset):
            values += numbers
            if write:
                self.skeleton += chunk
            if digest is not None:
                digest.update(chunk)
            if length <= LONGEST_KEPT:
                kept += chunk
        if write:
            self._data.written.append((start, len(self.skeleton) - start))
        if known.kind == Kind.DATA_STRING:
            values = 1
        piece = Payload(
            known.number, offset, length, values, kept if length <= LONGEST_KEPT else None
        )
        return piece if before is None else _joined(before, piece)

    def _data_run(self, known: Field, tag: int, end: int, before: Payload | None) -> Payload:
        """Data of a tensor: a run of fields with a number each."""
        offset = self._base + self._at
        run = self._run(tag, end)
        if known.width:
            values = len(run) // (known.width + 1)
        else:
            values = len(run.translate(None, _HIGH_BYTES)) // 2
        if self._keeps(len(run)):
            self._data.written.append((len(self.skeleton), len(run)))
            self.skeleton += run
        if self._data.digest is not None:
            self._data.digest.update(run)
        piece = Payload(known.number, offset, len(run), values)
        return piece if before is None else _joined(before, piece)

    def _run(self, tag: int, end: int) -> bytes:
        """All fields of the same tag that follow one another in the buffer, at least one."""
        pattern = _RUNS[(tag & 7) << 8 | tag >> 3]
        stop = min(end - self._base, len(self._buffer))
        found = pattern.match(self._buffer, self._at, stop)
        if found is None:
            offset = self._base + self._at
            if tag & 7 == schema.VARINT and stop - self._at > 10:
                self._overlong(self._at + 1)
            if end > self._base + len(self._buffer):
                self._cut_short()
            self._malformed(wire.BEYOND_PARENT, "a number ends behind its message", offset)
        self._at = found.end()
        self._spend((found.end() - found.start()) // _RUN_BYTES_A_FIELD)
        return found.group()

    def _keeps(self, length: int) -> bool:
        """Whether that much data of the tensor goes into the skeleton."""
        self._data_left -= length
        if length > _LARGE_DATA or (self._data_left < 0 and length > LONGEST_KEPT):
            self._data_left += length
            self._data.left_out = True
        return not self._data.left_out

    def _unknown(
        self, message: Message, tag: int, offset: int, end: int, values: dict[str, Any]
    ) -> None:
        """Step over a field that is not in the table; the position is behind its tag."""
        number, wire_type = tag >> 3, tag & 7
        if message is schema.MODEL:
            self._foreign(number, wire_type, offset, values)
        if not 0 < number <= _LARGEST_NUMBER:
            text = f"a field of {message.name} has the number {number}"
            self._malformed(wire.FIELD_NUMBER, text, offset)
        if wire_type not in _WIRE_TYPES:
            self._malformed(
                wire.WIRE_TYPE,
                f"field {number} of {message.name} has the encoding {wire_type}",
                offset,
            )
        at = self._at
        length = {schema.FIXED64: 8, schema.FIXED32: 4}.get(wire_type, 0)
        if wire_type == schema.VARINT:
            _, at = self._varint(self._buffer, at)
        elif wire_type == schema.LENGTH:
            length, at = self._varint(self._buffer, at)
        if self._base + at + length > end:
            known = Field(number, f"field {number}", Kind.BYTES, True, None, 1)
            self._too_long(known, offset, self._base + at, length, end)
        if number in message.names:
            name = message.names[number]
            text = f"{name} of {message.name} has the encoding {wire_type}"
            self._note(wire.WRONG_KIND, text, offset)
        else:
            text = f"{message.name} has a field {number}, which no released onnx knows"
            fix = "export with a released version of onnx"
            self._note(wire.UNKNOWN_FIELD, text, offset, fix)
        self._at = at
        self._skip(length)

    def _foreign(self, number: int, wire_type: int, offset: int, values: dict[str, Any]) -> None:
        """What is not part of the model, at its start or behind its end."""
        if not values:
            fix = "check the .onnx file that the exporter wrote"
            self._end(files.NOT_A_MODEL, "does not start as an ONNX model does", offset, fix)
        if number == 0 or wire_type not in _WIRE_TYPES:
            if "graph" not in values:
                self._end(files.UNREADABLE, f"is no ONNX from byte {offset} on", offset)
            rest = self._source.size - offset
            self._end(
                wire.TRAILING,
                f"{rest} bytes from byte {offset} on are not part of the model",
                offset,
                "cut them off, or export the model again",
            )

    # What is wrong

    def _spend(self, fields: int, bytes_to_write: int = 0) -> None:
        """Count what was read, and stop where it becomes more than an honest model has."""
        self._fields_left -= fields
        if self._fields_left < 0:
            fix = "export a smaller model, its weights as raw data"
            message = f"has more than {_MOST_FIELDS} fields"
            self._end(wire.TOO_MANY_FIELDS, message, self._base + self._at, fix)
        if len(self.skeleton) + bytes_to_write > _LARGEST_SKELETON:
            most = readable_size(_LARGEST_SKELETON)
            message = f"holds more than {most} besides the data of tensors"
            self._end(wire.LARGE_FIELD, message, self._base + self._at)

    def _limit(self, known: Field, length: int) -> None:
        if length > _LARGEST_FIELD:
            offset = self._base + self._at
            self._skip(length)
            self._malformed(wire.LARGE_FIELD, f"{known.name} has {readable_size(length)}", offset)

    def _too_long(self, known: Field, offset: int, content: int, length: int, end: int) -> NoReturn:
        if not self._depth:
            self._end(
                files.UNREADABLE,
                f"is cut short: {known.name} at byte {offset} has {length} bytes, "
                f"but the file ends {content + length - self._source.size} bytes before that",
                offset,
                "download or copy the file again; compare its size with that of the original",
            )
        self._malformed(
            wire.BEYOND_PARENT,
            f"{known.name} has {length} bytes, which is {content + length - end} more than the "
            "message it is in",
            offset,
        )

    def _cut_short(self) -> NoReturn:
        self._end(
            files.UNREADABLE,
            "is cut short in the middle of a field",
            self._source.position,
            "download or copy the file again; compare its size with that of the original",
        )

    def _ends_within(self, message: Message, end: int) -> NoReturn:
        """The buffer ended within a field, and no more of the file can be read."""
        if not self._depth or end > self._base + len(self._buffer):
            self._cut_short()
        message_text = f"the last field of a {message.name} ends behind it"
        self._malformed(wire.BEYOND_PARENT, message_text, end)

    def _ends_behind(self, message: Message, length: int, end: int) -> NoReturn:
        text = f"the last field of a {message.name} ends {length} bytes behind it"
        self._malformed(wire.BEYOND_PARENT, text, end)

    def _twice(self, message: Message, name: str, at: int) -> None:
        offset = self._base + at
        text = f"{name} of {message.name} is given a second time, before byte {offset}"
        self._note(wire.GIVEN_TWICE, text, offset)
        self.damaged = True

    def _uneven(self, known: Field, offset: int) -> None:
        text = f"{known.name} does not end at the end of a number"
        self._note(wire.UNEVEN, text, offset)
        self.damaged = True

    def _note(self, rule: Rule, message: str, offset: int, fix: str = _AGAIN) -> None:
        self._fields_left -= _FIELDS_A_PROBLEM
        self._problems.add(rule, message, where=f"byte {offset}", fix=fix, offset=offset)

    def _malformed(self, rule: Rule, message: str, offset: int) -> NoReturn:
        self._note(rule, message, offset)
        raise _Malformed

    def _end(self, rule: Rule, message: str, offset: int, fix: str = _AGAIN) -> NoReturn:
        self._note(rule, message, offset, fix)
        raise _Ended


def _encoded(number: int) -> bytes:
    if number < 128:
        return bytes((number,))
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _padded(number: int) -> bytes:
    """`number` in all of the bytes that a length can take."""
    return bytes(
        (
            number & 127 | 128,
            number >> 7 & 127 | 128,
            number >> 14 & 127 | 128,
            number >> 21 & 127 | 128,
            number >> 28,
        )
    )


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _has_place(value: Any) -> bool:
    """Whether offsets are part of what was made of a message."""
    return isinstance(value, Attribute) and bool(value.tensors or value.graphs or value.sparse)


def _joined(first: Payload, second: Payload) -> Payload:
    return Payload(
        first.field,
        first.offset,
        first.length + second.length,
        first.values + second.values,
    )
