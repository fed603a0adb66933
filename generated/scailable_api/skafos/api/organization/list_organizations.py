from typing import Any, Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.organization import Organization
from ...types import UNSET, Response, Unset

OPERATION: Final = "listOrganizations"
METHOD: Final = "GET"
PATH: Final = "/v2/organizations"


def build_request(
    *,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(offset, Unset) and offset is not None:
        _params.append(("offset", _codec.text(offset)))
    if not isinstance(limit, Unset) and limit is not None:
        _params.append(("limit", _codec.text(limit)))
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        params=tuple(_params),
        timeout=10,
        security=("ApiToken",),
    )


def _read_200(data: Any) -> list[Organization]:
    if type(data) is not list:
        raise _codec.wrong(list, data)
    data = [Organization.from_dict(item) for item in data]
    return data  # type: ignore[no-any-return]


def parse_response(reply: Reply) -> list[Organization]:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, _read_200)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    timeout: float | None = None,
) -> list[Organization]:
    """List organizations

    The organizations that the token opens: the one of its user.

    Args:
        offset: How many to leave out at the beginning.
        limit: How many to give at most; all when absent.
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
                offset=offset,
                limit=limit,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    *,
    client: Caller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[Organization]]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            offset=offset,
            limit=limit,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    *,
    client: AsyncCaller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    timeout: float | None = None,
) -> list[Organization]:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                offset=offset,
                limit=limit,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    *,
    client: AsyncCaller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[Organization]]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            offset=offset,
            limit=limit,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
