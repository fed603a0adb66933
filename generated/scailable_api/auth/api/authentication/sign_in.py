from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.sign_in import SignIn
from ...models.sign_in_by_email import SignInByEmail
from ...models.sign_in_reply import SignInReply
from ...types import Response

OPERATION: Final = "signIn"
METHOD: Final = "POST"
PATH: Final = "/authenticate/signin"


def build_request(
    *,
    body: SignIn | SignInByEmail,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="auth",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        body=JsonBody(_codec.plain(body)),
        timeout=15,
        security=(),
    )


def parse_response(reply: Reply) -> SignInReply:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, SignInReply.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    body: SignIn | SignInByEmail,
    timeout: float | None = None,
) -> SignInReply:
    """Sign in a user

    Starts a session. Takes the current body, and the 2023 body for the sake of published
    clients. A wrong name or password is answered with 401 and the same words.

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
    body: SignIn | SignInByEmail,
    timeout: float | None = None,
) -> Response[SignInReply]:
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
    body: SignIn | SignInByEmail,
    timeout: float | None = None,
) -> SignInReply:
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
    body: SignIn | SignInByEmail,
    timeout: float | None = None,
) -> Response[SignInReply]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
