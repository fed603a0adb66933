from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.message import Message
from ...models.update_password_input import UpdatePasswordInput
from ...types import Response

OPERATION: Final = "updatePassword"
METHOD: Final = "POST"
PATH: Final = "/authenticate/update-password"


def build_request(
    *,
    body: UpdatePasswordInput,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="auth",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        body=JsonBody(body.to_dict()),
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
    *,
    client: Caller,
    body: UpdatePasswordInput,
    timeout: float | None = None,
) -> Message:
    """Change the password

    Sets a new password after checking the current one, and ends every other session of the
    user.

    Args:
        body: What to send.
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
                body=body,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    *,
    client: Caller,
    body: UpdatePasswordInput,
    timeout: float | None = None,
) -> Response[Message]:
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
    body: UpdatePasswordInput,
    timeout: float | None = None,
) -> Message:
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
    body: UpdatePasswordInput,
    timeout: float | None = None,
) -> Response[Message]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
