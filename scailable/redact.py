"""Text made fit to be read, in errors, logs and settings: without secrets, on one line."""

import re
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

MASK = "***"

_SECRET_PATTERNS = (
    # An Authorization value, wherever it is echoed.
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[^\s\"',;<>]+"),
    # JSON members and form fields that carry secrets.
    re.compile(
        r"(?i)([\"']?\b(?:(?:current|new)?password|(?:access|refresh|registration|announcement)?_?token"
        r"|secret|credential|api_?key|signature)[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&<>}]+"
    ),
    # A JWT on its own, with or without the prefix of Nx Cloud tokens; API tokens of Skafos.
    re.compile(r"()(?:nxcdb-\S+|\bskafos_[\w-]{20,}|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?)"),
)

_PLAIN_QUERY_NAMES = frozenset(
    {
        *("offset", "limit", "orderby", "order_by", "q", "name", "status"),
        *("catalogue", "organisation", "device", "version", "completed", "force"),
    }
)


def redact_text(text: str) -> str:
    """The text without tokens, passwords and the like."""
    for pattern in _SECRET_PATTERNS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text


def redact_url(url: str) -> str:
    """The URL without user info and with every query value masked that is not a known plain one.

    Signed download URLs put their secret in the query under a name that each store chooses, so
    the list names what is safe to show, not what is secret.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = "&".join(
        f"{quote(name)}={quote(value) if name.lower() in _PLAIN_QUERY_NAMES else MASK}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of a text on one line, without control characters."""
    line = "".join(char if char.isprintable() else " " for char in text[: length * 4])
    line = " ".join(line.split())
    return line if len(line) <= length else line[: length - 3] + "..."
