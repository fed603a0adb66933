"""From an answer that is no success to the error to raise for it. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from scailable.errors import (
    APIStatusError,
    BadRequest,
    Conflict,
    FieldProblem,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerError,
    TooLarge,
    Unauthenticated,
    Unprocessable,
)
from scailable.redact import excerpt, redact_text, redact_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scailable.runtime.call import Reply

_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequest,
    401: Unauthenticated,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Unprocessable,
    429: RateLimited,
}

_WHAT_HAPPENED = {
    400: "The server refused the request as malformed",
    401: "The server does not accept the credentials of the request",
    403: "The server does not allow this account to do that",
    404: "The server does not have what was asked for",
    409: "The server refused because of a conflict",
    413: "The server refused the upload as too large",
    422: "The server refused a value",
    429: "The server refused because of too many requests",
}


def from_reply(
    reply: Reply,
    *,
    url: str | None = None,
    request_id: str | None = None,
    retry_after: float | None = None,
) -> APIStatusError:
    """The typed error for an answer that is no success. Reads nothing but its arguments.

    Args:
        reply: the answer, whatever its body: the service's message, HTML, empty, cut off.
        url: the full URL asked, where known; else the path of the call is named.
        request_id: the id sent with the request, for answers that carry none.
        retry_after: seconds to wait, where the caller worked them out; else read from the headers.

    >>> from types import SimpleNamespace as NS
    >>> error = from_reply(NS(call=NS(method="GET", path="/function/1"), status=404, headers={},
    ...                       content=b'{"Message": "No such function"}'))
    >>> type(error).__name__, error.words
    ('NotFound', 'No such function')
    """
    headers = {name.lower(): value for name, value in reply.headers.items()}
    headers.pop("set-cookie", None)
    status = reply.status
    body, words, field, authorization_invalid = _read_body(
        reply.content, headers.get("content-type", "")
    )
    what = _WHAT_HAPPENED.get(status)
    hint = None
    if what is None and status >= 500:
        what = "The server failed"
    if what is None and 300 <= status < 400:
        target = headers.get("location")
        what = f"The server redirects to {redact_url(target)}" if target else "The server redirects"
        hint = (
            "Redirects are not followed, so that no token leaves for another place: "
            "set the base URL (SCAILABLE_BASE_URL) to where the service really is."
        )
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else APIStatusError)
    if retry_after is None:
        retry_after = parse_retry_after(headers)
    if kind is RateLimited and retry_after is not None:
        hint = f"Wait {retry_after:.0f} s, then try again with fewer requests at once."
    return kind(
        f"{what or 'The server refused the request'} (status {status}).",
        status=status,
        words=words,
        field=field,
        request_id=headers.get("x-request-id") or request_id,
        method=reply.call.method,
        url=url if url is not None else reply.call.path,
        headers=headers,
        retry_after=retry_after,
        body=body,
        authorization_invalid=authorization_invalid,
        hint=hint,
    )


def parse_retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds to wait by the `retry-after` header (lower-case names), or None.

    A date is compared with the answer's own `date`, so that a wrong clock here does no harm,
    else with `now` (seconds since the epoch).
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _timestamp(value)
    since = _timestamp(headers.get("date", ""))
    if since is None:
        since = now
    return None if until is None or since is None else max(0.0, until - since)


def _timestamp(http_date: str) -> float | None:
    if not http_date:
        return None
    from email.utils import parsedate_to_datetime  # slow to import, and rarely needed

    try:
        return parsedate_to_datetime(http_date).timestamp()
    except (ValueError, OverflowError):
        return None


def _read_body(
    content: bytes, content_type: str
) -> tuple[Any, str | None, FieldProblem | None, bool]:
    """Of an error body: (decoded body, the server's words, the field it names, token invalid)."""
    text = redact_text(content[:65536].decode("utf-8", "replace"))
    if not text.strip():
        return None, None, None, False
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        decoded = None
    if not isinstance(decoded, dict) and (said_by_store := _store_error(text)):
        return said_by_store, excerpt(": ".join(said_by_store.values())), None, False
    if not isinstance(decoded, dict):
        words = _html_words(text) if _looks_like_html(text, content_type) else text
        return text if decoded is None else decoded, excerpt(words), None, False
    names = ("Message", "BackendMessage", "message", "error_description", "error", "detail")
    said = [decoded[name] for name in names if isinstance(decoded.get(name), str) and decoded[name]]
    words = ": ".join(dict.fromkeys(said[:2])) if said else text
    problem = _field_problem(decoded.get("Field") or decoded.get("field"))
    return decoded, excerpt(words), problem, decoded.get("AuthorizationInvalid") is True


def _field_problem(field: Any) -> FieldProblem | None:
    if not isinstance(field, dict):
        return None
    name = field.get("Name") or field.get("name")
    message = field.get("Message") or field.get("message")
    return FieldProblem(str(name or "?"), str(message or "")) if name or message else None


def _store_error(text: str) -> dict[str, str] | None:
    """What an S3 object store says, which answers in XML; None when it is none.

    The rest of such an answer may hold the signature that was refused, so it is dropped.
    """
    if not re.match(r"\s*(?:<\?xml[^>]*>\s*)?<Error[\s>]", text):
        return None
    from html import unescape

    found = ((name, re.search(rf"<{name}>([^<]*)</{name}>", text)) for name in ("Code", "Message"))
    said = {name: unescape(match[1]).strip() for name, match in found if match}
    return {name: redact_text(words) for name, words in said.items() if words} or None


def _looks_like_html(text: str, content_type: str) -> bool:
    return "html" in content_type.lower() or text.lstrip()[:1] == "<"


def _html_words(page: str) -> str:
    from html import unescape

    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", page)
    if title and title[1].strip():
        return f"a web page titled '{unescape(title[1]).strip()}'"
    visible = re.sub(r"(?is)<(script|style).*?(</\1>|$)|<[^>]*>", " ", page)
    return "a web page: " + unescape(visible)
