from typing import Any, Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import AsyncCaller, Call, Caller, Reply

from ...models.act_as_kind import ActAsKind
from ...models.function_summary import FunctionSummary
from ...types import UNSET, Response, Unset

OPERATION: Final = "listFunctions"
METHOD: Final = "GET"
PATH: Final = "/functions"


def build_request(
    *,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    status: str | Unset = UNSET,
    catalogue: UUID | Unset = UNSET,
    licensed_catalogue: list[UUID] | Unset = UNSET,
    functions: list[UUID] | Unset = UNSET,
    source_name: str | Unset = UNSET,
    source_url: str | Unset = UNSET,
    width: str | Unset = UNSET,
    height: str | Unset = UNSET,
    runtime_arch: str | Unset = UNSET,
    output_property: str | Unset = UNSET,
    input_property: str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    if not isinstance(offset, Unset) and offset is not None:
        _params.append(("Offset", _codec.text(offset)))
    if not isinstance(limit, Unset) and limit is not None:
        _params.append(("Limit", _codec.text(limit)))
    if not isinstance(order_by, Unset) and order_by is not None:
        _params.append(("OrderBy", _codec.text(order_by)))
    if not isinstance(q, Unset) and q is not None:
        _params.append(("q", _codec.text(q)))
    if not isinstance(status, Unset) and status is not None:
        _params.append(("Status", _codec.text(status)))
    if not isinstance(catalogue, Unset) and catalogue is not None:
        _params.append(("Catalogue", _codec.text(catalogue)))
    if not isinstance(licensed_catalogue, Unset) and licensed_catalogue is not None:
        _params.extend(("LicensedCatalogue", _codec.text(_item)) for _item in licensed_catalogue)
    if not isinstance(functions, Unset) and functions is not None:
        _params.extend(("Functions", _codec.text(_item)) for _item in functions)
    if not isinstance(source_name, Unset) and source_name is not None:
        _params.append(("SourceName", _codec.text(source_name)))
    if not isinstance(source_url, Unset) and source_url is not None:
        _params.append(("SourceUrl", _codec.text(source_url)))
    if not isinstance(width, Unset) and width is not None:
        _params.append(("Width", _codec.text(width)))
    if not isinstance(height, Unset) and height is not None:
        _params.append(("Height", _codec.text(height)))
    if not isinstance(runtime_arch, Unset) and runtime_arch is not None:
        _params.append(("RuntimeArch", _codec.text(runtime_arch)))
    if not isinstance(output_property, Unset) and output_property is not None:
        _params.append(("OutputProperty", _codec.text(output_property)))
    if not isinstance(input_property, Unset) and input_property is not None:
        _params.append(("InputProperty", _codec.text(input_property)))
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


def _read_200(data: Any) -> list[FunctionSummary]:
    if type(data) is not list:
        raise _codec.wrong(list, data)
    data = [FunctionSummary.from_dict(item) for item in data]
    return data  # type: ignore[no-any-return]


def parse_response(reply: Reply) -> list[FunctionSummary]:
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
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    status: str | Unset = UNSET,
    catalogue: UUID | Unset = UNSET,
    licensed_catalogue: list[UUID] | Unset = UNSET,
    functions: list[UUID] | Unset = UNSET,
    source_name: str | Unset = UNSET,
    source_url: str | Unset = UNSET,
    width: str | Unset = UNSET,
    height: str | Unset = UNSET,
    runtime_arch: str | Unset = UNSET,
    output_property: str | Unset = UNSET,
    input_property: str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> list[FunctionSummary]:
    """Return a list of functions

    Functions that the caller may see and that pass every given filter.

    Args:
        offset: Items to skip from the start of the list; the first item is 0.
        limit: Most items to return; 1000 when left out.
        order_by: Fields to order by, joined by commas; a '-' before a field reverses it.
        q: Text that the item has to contain.
        status: Only functions in this state.
        catalogue: Only functions in this catalogue; the nil UUID (all zeros) for those in none.
        licensed_catalogue: Only functions in one of these catalogues.
        functions: Only these functions.
        source_name: Only functions from the source of this name.
        source_url: Only functions from this address.
        width: Width of the image input in pixels: 200- (at least), -200 (at most), 100-200
            (between).
        height: Height of the image input in pixels, in the same form as Width.
        runtime_arch: Only functions with a file for this runtime.
        output_property: Only functions with an output of this name.
        input_property: Only functions with an input of this name.
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
                offset=offset,
                limit=limit,
                order_by=order_by,
                q=q,
                status=status,
                catalogue=catalogue,
                licensed_catalogue=licensed_catalogue,
                functions=functions,
                source_name=source_name,
                source_url=source_url,
                width=width,
                height=height,
                runtime_arch=runtime_arch,
                output_property=output_property,
                input_property=input_property,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    *,
    client: Caller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    status: str | Unset = UNSET,
    catalogue: UUID | Unset = UNSET,
    licensed_catalogue: list[UUID] | Unset = UNSET,
    functions: list[UUID] | Unset = UNSET,
    source_name: str | Unset = UNSET,
    source_url: str | Unset = UNSET,
    width: str | Unset = UNSET,
    height: str | Unset = UNSET,
    runtime_arch: str | Unset = UNSET,
    output_property: str | Unset = UNSET,
    input_property: str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[FunctionSummary]]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            offset=offset,
            limit=limit,
            order_by=order_by,
            q=q,
            status=status,
            catalogue=catalogue,
            licensed_catalogue=licensed_catalogue,
            functions=functions,
            source_name=source_name,
            source_url=source_url,
            width=width,
            height=height,
            runtime_arch=runtime_arch,
            output_property=output_property,
            input_property=input_property,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)


async def asyncio(
    *,
    client: AsyncCaller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    status: str | Unset = UNSET,
    catalogue: UUID | Unset = UNSET,
    licensed_catalogue: list[UUID] | Unset = UNSET,
    functions: list[UUID] | Unset = UNSET,
    source_name: str | Unset = UNSET,
    source_url: str | Unset = UNSET,
    width: str | Unset = UNSET,
    height: str | Unset = UNSET,
    runtime_arch: str | Unset = UNSET,
    output_property: str | Unset = UNSET,
    input_property: str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> list[FunctionSummary]:
    """Like `sync`, awaited."""
    return parse_response(
        await client.send(
            build_request(
                offset=offset,
                limit=limit,
                order_by=order_by,
                q=q,
                status=status,
                catalogue=catalogue,
                licensed_catalogue=licensed_catalogue,
                functions=functions,
                source_name=source_name,
                source_url=source_url,
                width=width,
                height=height,
                runtime_arch=runtime_arch,
                output_property=output_property,
                input_property=input_property,
                x_act_as_kind=x_act_as_kind,
                x_act_as_id=x_act_as_id,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    *,
    client: AsyncCaller,
    offset: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    order_by: str | Unset = UNSET,
    q: None | str | Unset = UNSET,
    status: str | Unset = UNSET,
    catalogue: UUID | Unset = UNSET,
    licensed_catalogue: list[UUID] | Unset = UNSET,
    functions: list[UUID] | Unset = UNSET,
    source_name: str | Unset = UNSET,
    source_url: str | Unset = UNSET,
    width: str | Unset = UNSET,
    height: str | Unset = UNSET,
    runtime_arch: str | Unset = UNSET,
    output_property: str | Unset = UNSET,
    input_property: str | Unset = UNSET,
    x_act_as_kind: ActAsKind | Unset = UNSET,
    x_act_as_id: str | Unset = UNSET,
    timeout: float | None = None,
) -> Response[list[FunctionSummary]]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            offset=offset,
            limit=limit,
            order_by=order_by,
            q=q,
            status=status,
            catalogue=catalogue,
            licensed_catalogue=licensed_catalogue,
            functions=functions,
            source_name=source_name,
            source_url=source_url,
            width=width,
            height=height,
            runtime_arch=runtime_arch,
            output_property=output_property,
            input_property=input_property,
            x_act_as_kind=x_act_as_kind,
            x_act_as_id=x_act_as_id,
        ),
        timeout=timeout,
    )
    return Response(parse_response(reply), reply.status, reply.headers)
