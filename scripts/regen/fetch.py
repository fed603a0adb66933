"""Get a document from a server that may be anyone. Changes nothing."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scripts.regen.document import MAX_BYTES
from scripts.regen.problem import Problem

if TYPE_CHECKING:
    from typing import IO

TIMEOUT = 20.0


class Unreachable(Problem):
    """There is no answer, or it is an error: the committed document stays in use."""


class _SameHost(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            raise Problem(f"{req.full_url}: redirects to another host ({newurl}). Refused.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def base_url(text: str) -> str:
    """The base URL without a slash at its end."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise Problem(f"{text}: not the base URL of a server, such as http://127.0.0.1:8008")
    return text.rstrip("/")


def fetch(url: str, timeout: float = TIMEOUT) -> bytes:
    """The body behind a URL, at most `MAX_BYTES` and within `timeout` seconds.

    Raises:
        Unreachable: no answer, or an error status.
        Problem: a redirect to another host, or a body that is too large.
    """
    deadline = time.monotonic() + timeout
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    opener = urllib.request.build_opener(_SameHost)
    body = bytearray()
    try:
        with opener.open(request, timeout=timeout) as response:
            while chunk := response.read1(1 << 16):
                body += chunk
                if len(body) > MAX_BYTES:
                    limit = MAX_BYTES // 1024 // 1024
                    raise Problem(f"{url}: larger than {limit} MB. Refused.")
                if time.monotonic() > deadline:
                    raise Unreachable(f"{url}: not whole after {timeout:.0f} s.")
    except urllib.error.HTTPError as error:
        raise Unreachable(f"{url}: the server answers {error.code} {error.reason}.") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Unreachable(f"{url}: cannot be fetched: {reason}") from None
    return bytes(body)
