from typing import Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.license_ import License
from ...types import Response

OPERATION: Final = "getLicense"
METHOD: Final = "GET"
PATH: Final = "/license/{uuid}"


def build_request(
    uuid: UUID,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="auth",
        operation=OPERATION,
        method=METHOD,
        path=f"/license/{_codec.segment(uuid, 'uuid')}",
        timeout=1,
        security=("User",),
    )


def parse_response(reply: Reply) -> License:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, License.from_dict)
    raise _codec.refusal(reply)


def sync(
    uuid: UUID,
    *,
    client: Caller,
    timeout: float | None = None,
) -> License:
    """Return a license

    A single license of the caller's organisation.

    Args:
        uuid: License to return.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 1 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.
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
) -> Response[License]:
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
) -> License:
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
) -> Response[License]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            uuid,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
