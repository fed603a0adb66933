"""Writing protobuf by hand, so that a test can write what no serialiser would."""

VARINT, FIXED64, LENGTH, START_GROUP, END_GROUP, FIXED32 = range(6)


def varint(number: int) -> bytes:
    """A number, negative ones in the ten bytes that they take."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def padded(number: int, length: int) -> bytes:
    """A number in more bytes than it needs."""
    return bytes(
        number >> 7 * place & 127 | (128 if place + 1 < length else 0) for place in range(length)
    )


def tag(number: int, wire: int) -> bytes:
    return varint(number << 3 | wire)


def field(number: int, content: bytes | str) -> bytes:
    """A field with a length: text, bytes, a message, packed numbers."""
    content = content.encode() if isinstance(content, str) else content
    return tag(number, LENGTH) + varint(len(content)) + content


def number(field_number: int, value: int) -> bytes:
    return tag(field_number, VARINT) + varint(value)


def node(content: bytes = b"", name: str = "n") -> bytes:
    """A field of GraphProto with a Relu."""
    return field(1, field(1, "x") + field(2, "y") + field(3, name) + field(4, "Relu") + content)


def tensor(content: bytes, name: str = "w") -> bytes:
    """A field of GraphProto with an initializer."""
    return field(5, content + field(8, name))


def attribute(content: bytes, name: str = "a") -> bytes:
    """A field of NodeProto."""
    return field(5, field(1, name) + content)


HEAD = number(1, 8)


def model(graph: bytes, behind: bytes = b"") -> bytes:
    return HEAD + field(7, graph) + field(8, number(2, 17)) + behind
