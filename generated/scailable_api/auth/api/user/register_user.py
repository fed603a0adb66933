from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.register_input import RegisterInput
from ...models.register_reply import RegisterReply
from ...types import Response

OPERATION: Final = "registerUser"
METHOD: Final = "POST"
PATH: Final = "/user"


def build_request(
    *,
    body: RegisterInput,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="auth",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        body=JsonBody(body.to_dict()),
        timeout=15,
        security=(),
    )


def parse_response(reply: Reply) -> RegisterReply:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, RegisterReply.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    body: RegisterInput,
    timeout: float | None = None,
) -> RegisterReply:
    """Register a user

    Makes an account and the organisation named as company, and starts a session.

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
    body: RegisterInput,
    timeout: float | None = None,
) -> Response[RegisterReply]:
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
    body: RegisterInput,
    timeout: float | None = None,
) -> RegisterReply:
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
    body: RegisterInput,
    timeout: float | None = None,
) -> Response[RegisterReply]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
