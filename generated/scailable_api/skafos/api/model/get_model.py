from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.model import Model
from ...types import Response

OPERATION: Final = "getModel"
METHOD: Final = "GET"
PATH: Final = "/v2/organizations/{organization}/apps/{app}/models/{model}"


def build_request(
    organization: str,
    app: str,
    model: str,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/v2/organizations/{_codec.segment(organization, 'organization')}/apps/{_codec.segment(app, 'app')}/models/{_codec.segment(model, 'model')}",
        timeout=10,
        security=("ApiToken",),
    )


def parse_response(reply: Reply) -> Model:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, Model.from_dict)
    raise _codec.refusal(reply)


def sync(
    organization: str,
    app: str,
    model: str,
    *,
    client: Caller,
    timeout: float | None = None,
) -> Model:
    """Get a model

    One model.

    Args:
        organization: Name or id of the organization.
        app: Name or id of the app.
        model: Name or id of the model.
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
                organization,
                app,
                model,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    organization: str,
    app: str,
    model: str,
    *,
    client: Caller,
    timeout: float | None = None,
) -> Response[Model]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            organization,
            app,
            model,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    organization: str,
    app: str,
    model: str,
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> Model:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                organization,
                app,
                model,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    organization: str,
    app: str,
    model: str,
    *,
    client: AsyncCaller,
    timeout: float | None = None,
) -> Response[Model]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            organization,
            app,
            model,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
