from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.system_registered import SystemRegistered
from ...models.system_registration import SystemRegistration
from ...types import Response

OPERATION: Final = "registerSystem"
METHOD: Final = "POST"
PATH: Final = "/ai/register"


def build_request(
    *,
    body: SystemRegistration,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="device",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        body=JsonBody(body.to_dict()),
        timeout=10,
        security=(),
    )


def parse_response(reply: Reply) -> SystemRegistered:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, SystemRegistered.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    body: SystemRegistration,
    timeout: float | None = None,
) -> SystemRegistered:
    """Register a server

    A plugin announces its server and cameras, without an account. A license key in Source ties
    the site to the organisation that owns the license. The path is inferred.

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
    body: SystemRegistration,
    timeout: float | None = None,
) -> Response[SystemRegistered]:
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
    body: SystemRegistration,
    timeout: float | None = None,
) -> SystemRegistered:
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
    body: SystemRegistration,
    timeout: float | None = None,
) -> Response[SystemRegistered]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
