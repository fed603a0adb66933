from typing import Any, Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.act_as_kind import ActAsKind
from ...models.group import Group
from ...types import UNSET, Response, Unset

OPERATION: Final = "listGroups"
METHOD: Final = "GET"
PATH: Final = "/groups"


def build_request(
    *,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(offset, Unset) and offset is not None:
        _params.append(("Offset", _codec.text(offset)))
    if not isinstance(limit, Unset) and limit is not None:
        _params.append(("Limit", _codec.text(limit)))
    if not isinstance(order_by, Unset) and order_by is not None:
        _params.append(("OrderBy", _codec.text(order_by)))
    if not isinstance(q, Unset) and q is not None:
        _params.append(("q", _codec.text(q)))
    _headers: list[tuple[str, str]] = []
    if not isinstance(x_act_as_kind, Unset) and x_act_as_kind is not None:
        _headers.append(("X-Act-As-Kind", _codec.text(x_act_as_kind)))
    if not isinstance(x_act_as_id, Unset) and x_act_as_id is not None:
        _headers.append(("X-Act-As-ID", _codec.text(x_act_as_id)))
    return Call(
        service="device",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        params=tuple(_params),
        headers=tuple(_headers),
        timeout=5,
        security=("User",),
    )


def _read_200(data: Any) -> list[Group]:
    if type(data) is not list:
        raise _codec.wrong(list, data)
    data = [Group.from_dict(item) for item in data]
    return data  # type: ignore[no-any-return]


def parse_response(reply: Reply) -> list[Group]:
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
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> list[Group]:
    """Return a list of groups

    Groups that the caller may see.

    Args:
        offset: Items to skip from the start of the list; the first item is 0.
        limit: Most items to return; 1000 when left out.
        order_by: Fields to order by, joined by commas; a '-' before a field reverses it.
        q: Text that the item has to contain.
        x_act_as_kind: Context to act in; left out for the personal context.
        x_act_as_id: UUID of the organisation or user that X-Act-As-Kind names.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 5 s.

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
                order_by=order_by,
                q=q,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    *,
    client: Caller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[Group]]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            offset=offset,
            limit=limit,
            order_by=order_by,
            q=q,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    *,
    client: AsyncCaller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> list[Group]:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                offset=offset,
                limit=limit,
                order_by=order_by,
                q=q,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    *,
    client: AsyncCaller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[Group]]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            offset=offset,
            limit=limit,
            order_by=order_by,
            q=q,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
