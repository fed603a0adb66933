from typing import Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.update_user_input import UpdateUserInput
from ...models.user import User
from ...types import Response

OPERATION: Final = "updateUser"
METHOD: Final = "PATCH"
PATH: Final = "/user/{uuid}"


def build_request(
    uuid: UUID,
    *,
    body: UpdateUserInput,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="auth",
        operation=OPERATION,
        method=METHOD,
        path=f"/user/{_codec.segment(uuid, 'uuid')}",
        body=JsonBody(body.to_dict()),
        timeout=5,
        security=("User",),
    )


def parse_response(reply: Reply) -> User:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, User.from_dict)
    raise _codec.refusal(reply)


def sync(
    uuid: UUID,
    *,
    client: Caller,
    body: UpdateUserInput,
    timeout: float | None = None,
) -> User:
    """Change a user

    Changes the given fields of the caller's own account.

    Args:
        uuid: User to change.
        body: What to send.
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
                uuid,
                body=body,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    uuid: UUID,
    *,
    client: Caller,
    body: UpdateUserInput,
    timeout: float | None = None,
) -> Response[User]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            uuid,
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    uuid: UUID,
    *,
    client: AsyncCaller,
    body: UpdateUserInput,
    timeout: float | None = None,
) -> User:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                uuid,
                body=body,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    uuid: UUID,
    *,
    client: AsyncCaller,
    body: UpdateUserInput,
    timeout: float | None = None,
) -> Response[User]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            uuid,
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
