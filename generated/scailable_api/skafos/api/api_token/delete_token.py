from typing import Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...types import Response

OPERATION: Final = "deleteToken"
METHOD: Final = "DELETE"
PATH: Final = "/v2/api_tokens/{token}"


def build_request(
    token: UUID,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/v2/api_tokens/{_codec.segment(token, 'token')}",
        timeout=10,
        security=("ApiToken",),
    )


def parse_response(reply: Reply) -> None:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 204:
        return None
    raise _codec.refusal(reply)


def sync(
    token: UUID,
    *,
    client: Caller,
    timeout: float | None = None,
) -> None:
    """Delete an API token

    The token opens nothing any more.

    Args:
        token: The token's id.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 10 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.
    """
    parse_response(
        client.send(
            build_request(
                token,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    token: UUID,
    *,
    client: Caller,
    timeout: float | None = None,
) -> Response[None]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            token,
        ),
        timeout=timeout,
    )
    parse_response(reply)
    return Response(None, reply.status, reply.headers)


async def asyncio(
    token: UUID,
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> None:
    """Like `sync`, awaited."""
    parse_response(
        await client.send(
            build_request(
                token,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    token: UUID,
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> Response[None]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            token,
        ),
        timeout=timeout,
    )
    parse_response(reply)
    return Response(None, reply.status, reply.headers)
