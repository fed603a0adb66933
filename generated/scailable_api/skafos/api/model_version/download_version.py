from typing import Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...types import UNSET, Response, Unset

OPERATION: Final = "downloadVersion"
METHOD: Final = "GET"
PATH: Final = "/download/v2/organizations/{organization}/apps/{app}/models/{model}"


def build_request(
    organization: str,
    app: str,
    model: str,
    *,
    version: int | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(version, Unset) and version is not None:
        _params.append(("version", _codec.text(version)))
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/download/v2/organizations/{_codec.segment(organization, 'organization')}/apps/{_codec.segment(app, 'app')}/models/{_codec.segment(model, 'model')}",
        params=tuple(_params),
        timeout=300,
        security=("ApiToken",),
    )


def parse_response(reply: Reply) -> bytes:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return reply.content
    if reply.status == 206:
        return reply.content
    raise _codec.refusal(reply)


def sync(
    organization: str,
    app: str,
    model: str,
    *,
    client: Caller,
    version: int | Unset = UNSET,
    timeout: float | None = None,
) -> bytes:
    """Download a model version

    The archive of a version, of the latest when no number is given. A Range header resumes a
    cut download.

    Args:
        organization: Name or id of the organization.
        app: Name or id of the app.
        model: Name or id of the model.
        version: Number of the version.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 300 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.

    The whole answer is held in memory; use `client.stream(build_request(...))` for large ones.
    """
    return parse_response(
        client.send(
            build_request(
                organization,
                app,
                model,
                version=version,
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
    version: int | Unset = UNSET,
    timeout: float | None = None,
) -> Response[bytes]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            organization,
            app,
            model,
            version=version,
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
    version: int | Unset = UNSET,
    timeout: float | None = None,
) -> bytes:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                organization,
                app,
                model,
                version=version,
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
    version: int | Unset = UNSET,
    timeout: float | None = None,
) -> Response[bytes]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            organization,
            app,
            model,
            version=version,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
