"""Reading what the headers of a partial answer say."""

import re
from collections.abc import Mapping

_PARTIAL = 206


def begins_at(status: int, headers: Mapping[str, str]) -> int | None:
    """The offset of an answer's first byte in the file, or None where the server does not say."""
    if status != _PARTIAL:
        return 0
    found = re.fullmatch(r"bytes (\d+)-\d+/(?:\d+|\*)", headers.get("content-range", ""))
    return int(found[1]) if found else None


def total_size(status: int, headers: Mapping[str, str]) -> int | None:
    """The size of the whole file, or None where the server does not say it."""
    if status == _PARTIAL:
        found = re.fullmatch(r"bytes \d+-\d+/(\d+)", headers.get("content-range", ""))
        return int(found[1]) if found else None
    length = headers.get("content-length", "")
    return int(length) if length.isdigit() else None
