from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.forgot_password_input import ForgotPasswordInput
from ...models.message import Message
from ...types import Response

OPERATION: Final = "forgotPassword"
METHOD: Final = "POST"
PATH: Final = "/authenticate/forgot-password"


def build_request(
    *,
    body: ForgotPasswordInput,
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
    body: ForgotPasswordInput,
    timeout: float | None = None,
) -> Message:
    """Ask for a password mail

    Sends a mail with a way to set a new password. The answer is the same whether or not the
    account exists.

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
    body: ForgotPasswordInput,
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
    body: ForgotPasswordInput,
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
    body: ForgotPasswordInput,
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
