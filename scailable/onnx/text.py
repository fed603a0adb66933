"""What a file says, made safe and short enough for a terminal."""

_SHORT = 80


def printable(text: str) -> str:
    """`text` with everything that could steer a terminal written as an escape.

    >>> print(printable("scores\\x1b[2J"))
    scores\\x1b[2J
    """
    return "".join(
        ch if ch.isprintable() else ch.encode("unicode_escape").decode("ascii") for ch in text
    )


def decoded(value: str | bytes) -> str:
    """A string field of a protobuf message, which hands out what is not UTF-8 as bytes.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    return value if isinstance(value, str) else value.decode("utf-8")


def short(name: str) -> str:
    """A name cut to what a line can show."""
    return name if len(name) <= _SHORT else f"{name[:_SHORT]}…"


def one_line(text: str, limit: int = 600) -> str:
    """Words of another program on one line, cut at `limit` characters."""
    line = "; ".join(part.strip() for part in text.splitlines() if part.strip())
    return line if len(line) <= limit else f"{line[:limit]}…"


def readable_size(size: int) -> str:
    """A number of bytes for people.

    >>> readable_size(1_118_803)
    '1.1 MB'
    """
    if size < 1000:
        return f"{size} bytes"
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 1000 or unit == "GB":
            break
    return f"{value:.1f} {unit}"
