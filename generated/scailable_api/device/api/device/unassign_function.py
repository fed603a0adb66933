from typing import Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.act_as_kind import ActAsKind
from ...models.message import Message
from ...types import UNSET, Response, Unset

OPERATION: Final = "unassignFunction"
METHOD: Final = "DELETE"
PATH: Final = "/device/{uuid}/function/{functionUuid}"


def build_request(
    uuid: UUID,
    function_uuid: UUID,
    *,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _headers: list[tuple[str, str]] = []
    if not isinstance(x_act_as_kind, Unset) and x_act_as_kind is not None:
        _headers.append(("X-Act-As-Kind", _codec.text(x_act_as_kind)))
    if not isinstance(x_act_as_id, Unset) and x_act_as_id is not None:
        _headers.append(("X-Act-As-ID", _codec.text(x_act_as_id)))
    return Call(
        service="device",
        operation=OPERATION,
        method=METHOD,
        path=f"/device/{_codec.segment(uuid, 'uuid')}/function/{_codec.segment(function_uuid, 'function_uuid')}",
        headers=tuple(_headers),
        timeout=15,
        security=("User",),
    )


def parse_response(reply: Reply) -> Message:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, Message.from_dict)
    raise _codec.refusal(reply)


def sync(
    uuid: UUID,
    function_uuid: UUID,
    *,
    client: Caller,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Message:
    """Take a function off a device

    Ends one assignment.

    Args:
        uuid: Device.
        function_uuid: Function to take off.
        x_act_as_kind: Context to act in; left out for the personal context.
        x_act_as_id: UUID of the organisation or user that X-Act-As-Kind names.
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
                uuid,
                function_uuid,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    uuid: UUID,
    function_uuid: UUID,
    *,
    client: Caller,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[Message]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            uuid,
            function_uuid,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    uuid: UUID,
    function_uuid: UUID,
    *,
    client: AsyncCaller,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Message:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                uuid,
                function_uuid,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    uuid: UUID,
    function_uuid: UUID,
    *,
    client: AsyncCaller,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[Message]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            uuid,
            function_uuid,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
