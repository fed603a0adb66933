from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...types import UNSET, Response, Unset

OPERATION: Final = "deleteVersion"
METHOD: Final = "DELETE"
PATH: Final = "/v2/organizations/{organization}/apps/{app}/models/{model}/model_versions/{version}"


def build_request(
    organization: str,
    app: str,
    model: str,
    version: str,
    *,
    force: bool | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(force, Unset) and force is not None:
        _params.append(("force", _codec.text(force)))
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/v2/organizations/{_codec.segment(organization, 'organization')}/apps/{_codec.segment(app, 'app')}/models/{_codec.segment(model, 'model')}/model_versions/{_codec.segment(version, 'version')}",
        params=tuple(_params),
        timeout=10,
        security=("ApiToken",),
    )


def parse_response(reply: Reply) -> None:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 204:
        return None
    raise _codec.refusal(reply)


def sync(
    organization: str,
    app: str,
    model: str,
    version: str,
    *,
    client: Caller,
    force: bool | Unset = UNSET,
    timeout: float | None = None,
) -> None:
    """Delete a model version

    Deletes a version, or an upload that was not completed, with its archive. One that is
    deployed is deleted only with force; its environments then have what was deployed there
    before.

    Args:
        organization: Name or id of the organization.
        app: Name or id of the app.
        model: Name or id of the model.
        version: Id of the version; to get one also its number, or latest.
        force: True deletes although something depends on it.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 10 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.
    """
    parse_response(
        client.send(
            build_request(
                organization,
                app,
                model,
                version,
                force=force,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    organization: str,
    app: str,
    model: str,
    version: str,
    *,
    client: Caller,
    force: bool | Unset = UNSET,
    timeout: float | None = None,
) -> Response[None]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            organization,
            app,
            model,
            version,
            force=force,
        ),
        timeout=timeout,
    )
    parse_response(reply)
    return Response(None, reply.status, reply.headers)


async def asyncio(
    organization: str,
    app: str,
    model: str,
    version: str,
    *,
    client: AsyncCaller,
    force: bool | Unset = UNSET,
    timeout: float | None = None,
) -> None:
    """Like `sync`, awaited."""
    parse_response(
        await client.send(
            build_request(
                organization,
                app,
                model,
                version,
                force=force,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    organization: str,
    app: str,
    model: str,
    version: str,
    *,
    client: AsyncCaller,
    force: bool | Unset = UNSET,
    timeout: float | None = None,
) -> Response[None]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            organization,
            app,
            model,
            version,
            force=force,
        ),
        timeout=timeout,
    )
    parse_response(reply)
    return Response(None, reply.status, reply.headers)
