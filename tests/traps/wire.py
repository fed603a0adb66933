"""Both sides of a call without a socket: answers for parsers, and multipart bodies read back."""

import email.parser
import email.policy
import json
from typing import Any

import httpx

from scailable.runtime.call import Call, Reply

CALL = Call(service="auth", operation="getThing", method="GET", path="/thing/1")


def body(content: object) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def our_reply(status: int, content: object) -> Reply:
    headers = httpx.Headers({"Content-Type": "application/json"})
    return Reply(call=CALL, status=status, headers=headers, content=body(content))


def their_client(client_module: Any, status: int, content: object) -> Any:
    """Their client, on a transport that always gives this answer."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body(content))

    client = client_module.Client(base_url="http://test")
    transport = httpx.MockTransport(answer)
    return client.set_httpx_client(httpx.Client(base_url="http://test", transport=transport))


def parts(content_type: str, content: bytes) -> dict[str, bytes]:
    """The parts of a multipart body, as a standard parser sees them."""
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content
    )
    found: dict[str, bytes] = {}
    for part in message.iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = payload
    return found
