"""Damage that knows the shape of protobuf, and so reaches deep into a model."""

import random
from typing import NamedTuple

_DEEPEST = 12
_ODD_NUMBERS = (0, 1, 127, 128, 2**31 - 1, 2**31, 2**32, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
_ODD_TEXTS = (
    b"",
    b"../w.bin",
    b"/etc/hosts",
    b"w.bin\0",
    b"0x10",
    b"-1",
    b"9" * 30,
    b"\xff\xfe",
    b"__class__",
    b"\x1b[31m",
    b"<script>",
    b"location",
    b"\xe2\x80\xae",  # turns the direction of text
    b"image-",
    b"scores-0:A;1:B",
    b"a" * 300,
)


class Part(NamedTuple):
    """One field: its number, its encoding, and its content without length."""

    number: int
    wire_type: int
    content: bytes


def varint(number: int) -> bytes:
    """A number as protobuf writes it."""
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    return bytes([*written, number])


def parts_of(content: bytes) -> list[Part] | None:
    """The fields of a message; None when it is none."""
    parts = []
    at = 0
    while at < len(content):
        tag, at = _number(content, at)
        if at < 0:
            return None
        length, start = {1: 8, 5: 4}.get(tag & 7, -1), at
        if tag & 7 == 2:
            length, start = _number(content, at)
        elif tag & 7 == 0:
            length = _number(content, at)[1] - at
        if start < 0 or length < 0 or not tag >> 3 or start + length > len(content):
            return None
        parts.append(Part(tag >> 3, tag & 7, content[start : start + length]))
        at = start + length
    return parts


def _number(content: bytes, at: int) -> tuple[int, int]:
    """The number at a place and what is behind it, which is negative when there is none."""
    value = 0
    for index in range(10):
        if at + index >= len(content):
            break
        value |= (content[at + index] & 127) << 7 * index
        if content[at + index] < 128:
            return value, at + index + 1
    return 0, -1 << 40


def written(part: Part, length: int | None = None) -> bytes:
    """A field, with a false length if there is one to give."""
    head = varint(part.number << 3 | part.wire_type)
    if part.wire_type == 2:
        head += varint(len(part.content) if length is None else length)
    return head + part.content


def mutated(content: bytes, other: bytes, dice: random.Random, depth: int = 0) -> bytes:
    """A message with damage in one place; parts of `other` may be put into it."""
    parts = parts_of(content)
    if not parts or depth == _DEEPEST or dice.random() < 0.05:
        return damaged(content, dice)
    index = dice.randrange(len(parts))
    part = parts[index]
    if part.wire_type == 2 and part.content and dice.random() < 0.75:
        inner = mutated(part.content, other, dice, depth + 1)
        false = dice.choice((*_ODD_NUMBERS, len(part.content))) if dice.random() < 0.05 else None
        pieces = [written(each) for each in parts]
        pieces[index] = written(part._replace(content=inner), false)
        return b"".join(pieces)
    return b"".join(written(each) for each in _rearranged(parts, index, other, dice))


def _rearranged(parts: list[Part], index: int, other: bytes, dice: random.Random) -> list[Part]:
    part = parts[index]
    others = parts_of(other) or parts
    match dice.randrange(9):
        case 0:
            return parts[:index] + parts[index + 1 :]
        case 1:
            return parts[:index] + [part] * dice.choice((2, 3, 50)) + parts[index + 1 :]
        case 2:
            dice.shuffle(parts)
            return parts
        case 3:
            return [*parts, _deep(others, dice)]
        case 4:
            parts[index] = part._replace(number=dice.choice((1, 2, 5, 9, 13, 14, 20, 99, 2**29)))
        case 5:
            parts[index] = part._replace(wire_type=dice.randrange(8))
        case 6:
            parts[index] = Part(part.number, 0, varint(dice.choice(_ODD_NUMBERS)))
        case 7:
            parts[index] = Part(part.number, 2, dice.choice(_ODD_TEXTS))
        case _:
            nested = part
            for _ in range(dice.choice((1, 5, 40))):
                nested = Part(part.number, 2, written(nested))
            parts[index] = nested
    return parts


def _deep(parts: list[Part], dice: random.Random) -> Part:
    """A part from anywhere in a message."""
    part = dice.choice(parts)
    while part.wire_type == 2 and dice.random() < 0.7:
        inner = parts_of(part.content)
        if not inner:
            break
        part = dice.choice(inner)
    return part


def damaged(content: bytes, dice: random.Random) -> bytes:
    """Bytes changed, put in, taken out or cut off, without regard for what they are."""
    changed = bytearray(content or b"\0")
    at = dice.randrange(len(changed))
    match dice.randrange(6):
        case 0:
            changed[at] = dice.randrange(256)
        case 1:
            changed[at] ^= 1 << dice.randrange(8)
        case 2:
            changed[at:at] = varint(dice.choice(_ODD_NUMBERS))
        case 3:
            del changed[at : at + dice.choice((1, 4, 20))]
        case 4:
            del changed[at:]
        case _:
            changed = bytearray(dice.choice(_ODD_TEXTS))
    return bytes(changed)
