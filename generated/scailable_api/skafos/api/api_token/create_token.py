from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.api_token_input import ApiTokenInput
from ...models.new_api_token import NewApiToken
from ...types import Response

OPERATION: Final = "createToken"
METHOD: Final = "POST"
PATH: Final = "/v2/api_tokens"


def build_request(
    *,
    body: ApiTokenInput,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        body=JsonBody(body.to_dict()),
        timeout=10,
        security=("ApiToken",),
    )


def parse_response(reply: Reply) -> NewApiToken:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 201:
        return _codec.read_json(reply, NewApiToken.from_dict)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    body: ApiTokenInput,
    timeout: float | None = None,
) -> NewApiToken:
    """Create an API token

    Makes an API token of the user; the answer is the only one that shows it. Needs an access
    token of the sign-in.

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
    body: ApiTokenInput,
    timeout: float | None = None,
) -> Response[NewApiToken]:
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
    body: ApiTokenInput,
    timeout: float | None = None,
) -> NewApiToken:
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
    body: ApiTokenInput,
    timeout: float | None = None,
) -> Response[NewApiToken]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
