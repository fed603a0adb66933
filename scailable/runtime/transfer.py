"""What the answers to a download say: which part it is, how large the whole, where else it lies."""

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from scailable.errors import APIStatusError

_PARTIAL = 206
_REDIRECTS = (301, 302, 303, 307, 308)


def redirect_target(here: str, error: APIStatusError) -> str:
    """Where the redirect leads that a request to `here` was answered with.

    Raises:
        APIStatusError: the `error` itself, when it is no redirect, leads back, or leaves TLS.
    """
    target = urljoin(here, error.headers.get("location", ""))
    downgrade = here.startswith("https:") and urlsplit(target).scheme != "https"
    if error.status not in _REDIRECTS or target == here or downgrade:
        raise error
    return target


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
