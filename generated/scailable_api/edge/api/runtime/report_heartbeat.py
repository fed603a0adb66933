from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.heartbeat import Heartbeat
from ...models.heartbeat_reply import HeartbeatReply
from ...types import Response

OPERATION: Final = "reportHeartbeat"
METHOD: Final = "POST"
PATH: Final = "/heartbeat"


def build_request(
    *,
    body: Heartbeat,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="edge",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        body=JsonBody(body.to_dict()),
        timeout=10,
        security=("Device",),
    )


def parse_response(reply: Reply) -> HeartbeatReply:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, HeartbeatReply.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    body: Heartbeat,
    timeout: float | None = None,
) -> HeartbeatReply:
    """Report

    Says that the device is online, what it runs on, and how each assigned model does.

    Args:
        body: What to send.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 10 s.

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
    body: Heartbeat,
    timeout: float | None = None,
) -> Response[HeartbeatReply]:
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
    body: Heartbeat,
    timeout: float | None = None,
) -> HeartbeatReply:
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
    body: Heartbeat,
    timeout: float | None = None,
) -> Response[HeartbeatReply]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
