from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.deployed import Deployed
from ...models.deployment import Deployment
from ...types import Response

OPERATION: Final = "deployVersion"
METHOD: Final = "POST"
PATH: Final = "/v2/organizations/{organization}/apps/{app}/models/{model}/deploy"


def build_request(
    organization: str,
    app: str,
    model: str,
    *,
    body: Deployment,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/v2/organizations/{_codec.segment(organization, 'organization')}/apps/{_codec.segment(app, 'app')}/models/{_codec.segment(model, 'model')}/deploy",
        body=JsonBody(body.to_dict()),
        timeout=30,
        security=("ApiToken",),
    )


def parse_response(reply: Reply) -> Deployed:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, Deployed.from_dict)
    raise _codec.refusal(reply)


def sync(
    organization: str,
    app: str,
    model: str,
    *,
    client: Caller,
    body: Deployment,
    timeout: float | None = None,
) -> Deployed:
    """Deploy a model version

    Makes a version the current one of an environment. An unknown version or environment is
    refused with 400.

    Args:
        organization: Name or id of the organization.
        app: Name or id of the app.
        model: Name or id of the model.
        body: What to send.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 30 s.

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
                body=body,
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
    body: Deployment,
    timeout: float | None = None,
) -> Response[Deployed]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            organization,
            app,
            model,
            body=body,
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
    body: Deployment,
    timeout: float | None = None,
) -> Deployed:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                organization,
                app,
                model,
                body=body,
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
    body: Deployment,
    timeout: float | None = None,
) -> Response[Deployed]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            organization,
            app,
            model,
            body=body,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
