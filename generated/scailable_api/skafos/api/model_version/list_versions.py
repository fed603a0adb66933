from typing import Any, Final

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.model_version import ModelVersion
from ...types import UNSET, Response, Unset

OPERATION: Final = "listVersions"
METHOD: Final = "GET"
PATH: Final = "/v2/organizations/{organization}/apps/{app}/models/{model}/model_versions"


def build_request(
    organization: str,
    app: str,
    model: str,
    *,
    order_by: str | Unset = UNSET,
    completed: bool | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(order_by, Unset) and order_by is not None:
        _params.append(("order_by", _codec.text(order_by)))
    if not isinstance(completed, Unset) and completed is not None:
        _params.append(("completed", _codec.text(completed)))
    if not isinstance(offset, Unset) and offset is not None:
        _params.append(("offset", _codec.text(offset)))
    if not isinstance(limit, Unset) and limit is not None:
        _params.append(("limit", _codec.text(limit)))
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/v2/organizations/{_codec.segment(organization, 'organization')}/apps/{_codec.segment(app, 'app')}/models/{_codec.segment(model, 'model')}/model_versions",
        params=tuple(_params),
        timeout=10,
        security=("ApiToken",),
    )


def _read_200(data: Any) -> list[ModelVersion]:
    if type(data) is not list:
        raise _codec.wrong(list, data)
    data = [ModelVersion.from_dict(item) for item in data]
    return data  # type: ignore[no-any-return]


def parse_response(reply: Reply) -> list[ModelVersion]:
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
    order_by: str | Unset = UNSET,
    completed: bool | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    timeout: float | None = None,
) -> list[ModelVersion]:
    """List model versions

    The versions of a model; those whose upload was not completed are left out unless they are
    asked for.

    Args:
        organization: Name or id of the organization.
        app: Name or id of the app.
        model: Name or id of the model.
        order_by: Field to order by, version when absent; a '-' before it reverses the order.
        completed: False gives the uploads that were begun and not completed instead.
        offset: How many to leave out at the beginning.
        limit: How many to give at most; all when absent.
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
                order_by=order_by,
                completed=completed,
                offset=offset,
                limit=limit,
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
    order_by: str | Unset = UNSET,
    completed: bool | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[ModelVersion]]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            organization,
            app,
            model,
            order_by=order_by,
            completed=completed,
            offset=offset,
            limit=limit,
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
    order_by: str | Unset = UNSET,
    completed: bool | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    timeout: float | None = None,
) -> list[ModelVersion]:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                organization,
                app,
                model,
                order_by=order_by,
                completed=completed,
                offset=offset,
                limit=limit,
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
    order_by: str | Unset = UNSET,
    completed: bool | Unset = UNSET,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[ModelVersion]]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            organization,
            app,
            model,
            order_by=order_by,
            completed=completed,
            offset=offset,
            limit=limit,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
