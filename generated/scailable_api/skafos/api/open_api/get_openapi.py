from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.open_api_document import OpenAPIDocument
from ...types import Response

OPERATION: Final = "getOpenapi"
METHOD: Final = "GET"
PATH: Final = "/openapi.json"


def build_request() -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        timeout=5,
        security=(),
    )


def parse_response(reply: Reply) -> OpenAPIDocument:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, OpenAPIDocument.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    timeout: float | None = None,
) -> OpenAPIDocument:
    """Return the OpenAPI document

    The document that describes this service, as JSON.

    Args:
        client: The caller that sends it.
        timeout: Seconds; None is the documented 5 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.
    """
    return parse_response(client.send(build_request(), timeout=timeout))


def sync_detailed(
    *,
    client: Caller,
    timeout: float | None = None,
) -> Response[OpenAPIDocument]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(build_request(), timeout=timeout)
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> OpenAPIDocument:
    """Like `sync`, awaited."""
    return parse_response(await client.send(build_request(), timeout=timeout))


async def asyncio_detailed(
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> Response[OpenAPIDocument]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(build_request(), timeout=timeout)
    return Response(parse_response(reply), reply.status, reply.headers)
