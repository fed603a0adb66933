from typing import Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...types import Response

OPERATION: Final = "downloadModel"
METHOD: Final = "GET"
PATH: Final = "/models/{uuid}"


def build_request(
    uuid: UUID,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="edge",
        operation=OPERATION,
        method=METHOD,
        path=f"/models/{_codec.segment(uuid, 'uuid')}",
        timeout=300,
        security=("Device",),
    )


def parse_response(reply: Reply) -> bytes:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return reply.content
    if reply.status == 206:
        return reply.content
    raise _codec.refusal(reply)


def sync(
    uuid: UUID,
    *,
    client: Caller,
    timeout: float | None = None,
) -> bytes:
    """Download a model

    The file of an assigned model; a Range header resumes a cut download. The ETag is its
    SHA-256 in hexadecimal.

    Args:
        uuid: Model to download.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 300 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.

    The whole answer is held in memory; use `client.stream(build_request(...))` for large ones.
    """
    return parse_response(
        client.send(
            build_request(
                uuid,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    uuid: UUID,
    *,
    client: Caller,
    timeout: float | None = None,
) -> Response[bytes]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            uuid,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    uuid: UUID,
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> bytes:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                uuid,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    uuid: UUID,
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> Response[bytes]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            uuid,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
