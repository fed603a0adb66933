from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.announcement import Announcement
from ...models.announcement_input import AnnouncementInput
from ...types import Response

OPERATION: Final = "announceDevice"
METHOD: Final = "POST"
PATH: Final = "/announcements"


def build_request(
    *,
    body: AnnouncementInput,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="edge",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        body=JsonBody(body.to_dict()),
        timeout=10,
        security=(),
    )


def parse_response(reply: Reply) -> Announcement:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, Announcement.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    body: AnnouncementInput,
    timeout: float | None = None,
) -> Announcement:
    """Announce a device

    A device that nobody knows says what it is and gets a token to show. Asked for by the device
    itself, without an account.

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
    body: AnnouncementInput,
    timeout: float | None = None,
) -> Response[Announcement]:
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
    body: AnnouncementInput,
    timeout: float | None = None,
) -> Announcement:
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
    body: AnnouncementInput,
    timeout: float | None = None,
) -> Response[Announcement]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
