"""Reading the body of an answer."""

import json
from typing import Any

from scailable.errors import ResponseParsingError
from scailable.redact import excerpt
from scailable.runtime.call import Reply


def decode_json(reply: Reply) -> Any:
    """The JSON of an answer.

    Raises:
        ResponseParsingError: it is something else, such as a web page of a proxy, or cut off; the
            error names the content type, the beginning of the answer and the call.
    """
    try:
        return json.loads(reply.content)
    except (ValueError, RecursionError) as cause:
        raise not_as_expected(reply, "JSON") from cause


def not_as_expected(reply: Reply, expected: str) -> ResponseParsingError:
    """The error for an answer that is not what the document says."""
    beginning = reply.content[:320].decode("utf-8", "replace")
    content_type = reply.headers.get("content-type")
    web_page = "html" in (content_type or "").lower() or beginning.lstrip()[:1] == "<"
    found = "a web page" if web_page else "something else" if reply.content else "nothing"
    return ResponseParsingError(
        f"The server answered with {found} where {expected} was expected.",
        method=reply.call.method,
        url=f"{reply.call.service}:{reply.call.path}" if reply.call.service else reply.call.path,
        request_id=reply.headers.get("x-request-id"),
        status=reply.status,
        content_type=content_type,
        excerpt=excerpt(beginning, 80),
    )
