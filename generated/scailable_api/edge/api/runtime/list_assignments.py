from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.assignment_list import AssignmentList
from ...types import UNSET, Response, Unset

OPERATION: Final = "listAssignments"
METHOD: Final = "GET"
PATH: Final = "/assignments"


def build_request(
    *,
    wait: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(wait, Unset) and wait is not None:
        _params.append(("Wait", _codec.text(wait)))
    _headers: list[tuple[str, str]] = []
    if not isinstance(if_none_match, Unset) and if_none_match is not None:
        _headers.append(("If-None-Match", _codec.text(if_none_match)))
    return Call(
        service="edge",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        params=tuple(_params),
        headers=tuple(_headers),
        timeout=45,
        security=("Device",),
    )


def parse_response(reply: Reply) -> AssignmentList | None:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, AssignmentList.from_dict)
    if reply.status == 304:
        return None
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    wait: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    timeout: float | None = None,
) -> AssignmentList | None:
    """Return the models to run

    Waits up to Wait seconds for a change when If-None-Match names the current revision, and
    answers 304 if there was none.

    Args:
        wait: Longest time to wait for a change, in seconds.
        if_none_match: Revision that the device has, in quotes.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 45 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.
    """
    return parse_response(
        client.send(
            build_request(
                wait=wait,
                if_none_match=if_none_match,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    *,
    client: Caller,
    wait: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[AssignmentList | None]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            wait=wait,
            if_none_match=if_none_match,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    *,
    client: AsyncCaller,
    wait: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    timeout: float | None = None,
) -> AssignmentList | None:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                wait=wait,
                if_none_match=if_none_match,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    *,
    client: AsyncCaller,
    wait: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[AssignmentList | None]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            wait=wait,
            if_none_match=if_none_match,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
