from typing import Any, Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.environment import Environment
from ...types import UNSET, Response, Unset

OPERATION: Final = "listEnvironments"
METHOD: Final = "GET"
PATH: Final = "/v2/organizations/{organization}/apps/{app}/models/{model}/environment_groups"


def build_request(
    organization: str,
    app: str,
    model: str,
    *,
    with_device_count: bool | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(with_device_count, Unset) and with_device_count is not None:
        _params.append(("with_device_count", _codec.text(with_device_count)))
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/v2/organizations/{_codec.segment(organization, 'organization')}/apps/{_codec.segment(app, 'app')}/models/{_codec.segment(model, 'model')}/environment_groups",
        params=tuple(_params),
        timeout=10,
        security=("ApiToken",),
    )


def _read_200(data: Any) -> list[Environment]:
    if type(data) is not list:
        raise _codec.wrong(list, data)
    data = [Environment.from_dict(item) for item in data]
    return data  # type: ignore[no-any-return]


def parse_response(reply: Reply) -> list[Environment]:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, _read_200)
    raise _codec.refusal(reply)


def sync(
    organization: str,
    app: str,
    model: str,
    *,
    client: Caller,
    with_device_count: bool | Unset = UNSET,
    timeout: float | None = None,
) -> list[Environment]:
    """List environments

    The environments of a model, dev and prod, with what was deployed there.

    Args:
        organization: Name or id of the organization.
        app: Name or id of the app.
        model: Name or id of the model.
        with_device_count: True counts the devices of the organization that hold a model made from the version
            deployed there.
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
                with_device_count=with_device_count,
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
    with_device_count: bool | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[Environment]]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            organization,
            app,
            model,
            with_device_count=with_device_count,
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
    with_device_count: bool | Unset = UNSET,
    timeout: float | None = None,
) -> list[Environment]:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                organization,
                app,
                model,
                with_device_count=with_device_count,
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
    with_device_count: bool | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[Environment]]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            organization,
            app,
            model,
            with_device_count=with_device_count,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
