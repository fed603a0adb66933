from typing import Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.act_as_kind import ActAsKind
from ...models.system_device import SystemDevice
from ...types import UNSET, Response, Unset

OPERATION: Final = "getSystemDevice"
METHOD: Final = "GET"
PATH: Final = "/system/{cloudSystemId}/device/{deviceId}"


def build_request(
    cloud_system_id: UUID,
    device_id: str,
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
        path=f"/system/{_codec.segment(cloud_system_id, 'cloud_system_id')}/device/{_codec.segment(device_id, 'device_id')}",
        headers=tuple(_headers),
        timeout=5,
        security=("User",),
    )


def parse_response(reply: Reply) -> SystemDevice:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, SystemDevice.from_dict)
    raise _codec.refusal(reply)


def sync(
    cloud_system_id: UUID,
    device_id: str,
    *,
    client: Caller,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> SystemDevice:
    """Return a camera of a site

    A single camera. Seen only as an attempt in a third-party program.

    Args:
        cloud_system_id: Site.
        device_id: Camera, in braces.
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
                cloud_system_id,
                device_id,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    cloud_system_id: UUID,
    device_id: str,
    *,
    client: Caller,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[SystemDevice]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            cloud_system_id,
            device_id,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    cloud_system_id: UUID,
    device_id: str,
    *,
    client: AsyncCaller,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> SystemDevice:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                cloud_system_id,
                device_id,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    cloud_system_id: UUID,
    device_id: str,
    *,
    client: AsyncCaller,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[SystemDevice]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            cloud_system_id,
            device_id,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
