from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.refresh_input import RefreshInput
from ...models.refresh_reply import RefreshReply
from ...types import Response

OPERATION: Final = "refreshToken"
METHOD: Final = "POST"
PATH: Final = "/authenticate/refresh-token"


def build_request(
    *,
    body: RefreshInput,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="auth",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        body=JsonBody(body.to_dict()),
        timeout=15,
        security=("Refresh",),
    )


def parse_response(reply: Reply) -> RefreshReply:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, RefreshReply.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    body: RefreshInput,
    timeout: float | None = None,
) -> RefreshReply:
    """Renew a token

    Exchanges the refresh token in the Authorization header for a new access token, or for a new
    refresh token that replaces it.

    Args:
        body: What to send.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 15 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.
    """
    return parse_response(
        client.send(
            build_request(
                body=body,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    *,
    client: Caller,
    body: RefreshInput,
    timeout: float | None = None,
) -> Response[RefreshReply]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    *,
    client: AsyncCaller,
    body: RefreshInput,
    timeout: float | None = None,
) -> RefreshReply:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                body=body,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    *,
    client: AsyncCaller,
    body: RefreshInput,
    timeout: float | None = None,
) -> Response[RefreshReply]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
