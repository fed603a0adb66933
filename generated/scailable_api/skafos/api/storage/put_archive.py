from typing import Final
from uuid import UUID

from scailable.runtime import codec as _codec
from scailable.runtime.call import (
    AsyncCaller,
    BytesBody,
    Call,
    Caller,
    FileSource,
    Reply,
)

from ...types import File, Response

OPERATION: Final = "putArchive"
METHOD: Final = "PUT"
PATH: Final = "/v2/uploads/{upload}"


def build_request(
    upload: UUID,
    *,
    body: File | FileSource | bytes,
    expires: int,
    signature: str,
) -> Call:
    """The request of this operation. Sends nothing."""
    _params: list[tuple[str, str]] = []
    _params.append(("expires", _codec.text(expires)))
    _params.append(("signature", _codec.text(signature)))
    return Call(
        service="skafos",
        operation=OPERATION,
        method=METHOD,
        path=f"/v2/uploads/{_codec.segment(upload, 'upload')}",
        params=tuple(_params),
        body=BytesBody(
            body.content() if isinstance(body, File) else body, "application/octet-stream"
        ),
        timeout=300,
        security=(),
    )


def parse_response(reply: Reply) -> None:
    """What the answer says.

    Raises:
        APIStatusError: The status is an error.
        ResponseParsingError: The answer is not as documented.
    """
    if reply.status == 200:
        return None
    raise _codec.refusal(reply)


def sync(
    upload: UUID,
    *,
    client: Caller,
    body: File | FileSource | bytes,
    expires: int,
    signature: str,
    timeout: float | None = None,
) -> None:
    """Put an archive

    The second of three calls, at the address that the first one gave: takes the archive as it
    is. The signature in the address opens it, no token. Where the cloud keeps its files in an
    object store, the address is there instead.

    Args:
        upload: The upload.
        expires: Until when the address is good, in seconds since 1970.
        signature: Signature of the address.
        body: What to send.
        client: The caller that sends it.
        timeout: Seconds; None is the documented 300 s.

    Raises:
        APIStatusError: The service refused it, or failed.
        ResponseParsingError: The answer is not as documented.
        ConnectionFailed: No whole answer came back; RequestTimeout when it took too long.
    """
    parse_response(
        client.send(
            build_request(
                upload,
                body=body,
                expires=expires,
                signature=signature,
            ),
            timeout=timeout,
        )
    )


def sync_detailed(
    upload: UUID,
    *,
    client: Caller,
    body: File | FileSource | bytes,
    expires: int,
    signature: str,
    timeout: float | None = None,
) -> Response[None]:
    """Like `sync`, together with the status and the headers of the answer."""
    reply = client.send(
        build_request(
            upload,
            body=body,
            expires=expires,
            signature=signature,
        ),
        timeout=timeout,
    )
    parse_response(reply)
    return Response(None, reply.status, reply.headers)


async def asyncio(
    upload: UUID,
    *,
    client: AsyncCaller,
    body: File | FileSource | bytes,
    expires: int,
    signature: str,
    timeout: float | None = None,
) -> None:
    """Like `sync`, awaited."""
    parse_response(
        await client.send(
            build_request(
                upload,
                body=body,
                expires=expires,
                signature=signature,
            ),
            timeout=timeout,
        )
    )


async def asyncio_detailed(
    upload: UUID,
    *,
    client: AsyncCaller,
    body: File | FileSource | bytes,
    expires: int,
    signature: str,
    timeout: float | None = None,
) -> Response[None]:
    """Like `sync_detailed`, awaited."""
    reply = await client.send(
        build_request(
            upload,
            body=body,
            expires=expires,
            signature=signature,
        ),
        timeout=timeout,
    )
    parse_response(reply)
    return Response(None, reply.status, reply.headers)
