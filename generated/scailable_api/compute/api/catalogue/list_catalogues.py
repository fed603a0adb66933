from typing import Any, Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.act_as_kind import ActAsKind
from ...models.catalogue import Catalogue
from ...types import UNSET, Response, Unset

OPERATION: Final = "listCatalogues"
METHOD: Final = "GET"
PATH: Final = "/catalogues"


def build_request(
    *,
    organisation: UUID | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(organisation, Unset) and organisation is not None:
        _params.append(("Organisation", _codec.text(organisation)))
    _headers: list[tuple[str, str]] = []
    if not isinstance(x_act_as_kind, Unset) and x_act_as_kind is not None:
        _headers.append(("X-Act-As-Kind", _codec.text(x_act_as_kind)))
    if not isinstance(x_act_as_id, Unset) and x_act_as_id is not None:
        _headers.append(("X-Act-As-ID", _codec.text(x_act_as_id)))
    return Call(
        service="compute",
        operation=OPERATION,
        method=METHOD,
        path=PATH,
        params=tuple(_params),
        headers=tuple(_headers),
        timeout=5,
        security=("User",),
    )


def _read_200(data: Any) -> list[Catalogue]:
    if type(data) is not list:
        raise _codec.wrong(list, data)
    data = [Catalogue.from_dict(item) for item in data]
    return data  # type: ignore[no-any-return]


def parse_response(reply: Reply) -> list[Catalogue]:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return _codec.read_json(reply, _read_200)
    raise _codec.refusal(reply)


def sync(
    *,
    client: Caller,
    organisation: UUID | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> list[Catalogue]:
    """Return all catalogues

    Catalogues that the caller may see, by name.

    Args:
        organisation: Only catalogues of this organisation.
        x_act_as_kind: Context to act in; left out for the personal context.
        x_act_as_id: UUID of the organisation or user that X-Act-As-Kind names.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 5 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.
    """
    return parse_response(
        client.send(
            build_request(
                organisation=organisation,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    *,
    client: Caller,
    organisation: UUID | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[Catalogue]]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            organisation=organisation,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    *,
    client: AsyncCaller,
    organisation: UUID | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> list[Catalogue]:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                organisation=organisation,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    *,
    client: AsyncCaller,
    organisation: UUID | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[Catalogue]]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            organisation=organisation,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
