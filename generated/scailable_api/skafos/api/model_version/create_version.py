from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, JsonBody, Reply

from ...models.upload import Upload
from ...models.version_input import VersionInput
from ...types import Response

OPERATION: Final = "createVersion"
METHOD: Final = "POST"
PATH: Final = "/v2/organizations/{organization}/apps/{app}/models/{model}/model_versions"


def build_request(
    organization: str,
    app: str,
    model: str,
    *,
    body: VersionInput,
) -> Call:
    """The request of this operation. Sends nothing."""
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/v2/organizations/{_codec.segment(organization, 'organization')}/apps/{_codec.segment(app, 'app')}/models/{_codec.segment(model, 'model')}/model_versions",
        body=JsonBody(body.to_dict()),
        timeout=10,
        security=("ApiToken",),
    )


def parse_response(reply: Reply) -> Upload:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 201:
        return _codec.read_json(reply, Upload.from_dict)
    raise _codec.refusal(reply)


def sync(
    organization: str,
    app: str,
    model: str,
    *,
    client: Caller,
    body: VersionInput,
    timeout: float | None = None,
) -> Upload:
    """Begin the upload of a model version

    The first of three calls: makes the record and says where to put the archive. The record has
    no version number before the third call; one that is not completed within a day is removed.

    Args:
        organization: Name or id of the organization.
        app: Name or id of the app.
        model: Name or id of the model.
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
    body: VersionInput,
    timeout: float | None = None,
) -> Response[Upload]:
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
    body: VersionInput,
    timeout: float | None = None,
) -> Upload:
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
    body: VersionInput,
    timeout: float | None = None,
) -> Response[Upload]:
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
