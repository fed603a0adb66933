from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.status import Status
from ...types import Response

OPERATION: Final = "getStatus"
METHOD: Final = "GET"
PATH: Final = "/status"


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


def parse_response(reply: Reply) -> Status:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, Status.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    timeout: float | None = None,
) -> Status:
    """Return whether the service is online

    Answers while the service is up; needs no account.

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
) -> Response[Status]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(build_request(), timeout=timeout)
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> Status:
    """Like `sync`, awaited."""
    return parse_response(await client.send(build_request(), timeout=timeout))


async def asyncio_detailed(
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> Response[Status]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(build_request(), timeout=timeout)
    return Response(parse_response(reply), reply.status, reply.headers)
