"""Request bodies: read as they arrive, limited, and validated against the document."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request

from scailable.cloud import multipart, uploads
from scailable.cloud.answers import Refused
from scailable.cloud.context import Context
from scailable.cloud.documents import Body, Problem

_MAX_JSON = 8 << 20
# Room for the other parts of a form and its framing, beyond the file itself.
_FORM_EXTRA = 2 << 20
_DRAIN_BYTES = 256 << 20
_DRAIN_SECONDS = 10


async def read(ctx: Context, request: Request) -> None:
    """Read and validate the body of a request into its context.

    Raises:
        Refused: 400 malformed, 413 too large, 415 wrong content type, 422 not as documented.
    """
    operation = ctx.operation
    if not operation.bodies:
        return
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    body = operation.bodies.get(media_type)
    if body is None:
        if media_type == "" and not _announced(request):
            _must_not_be_required(ctx)
            return
        raise Refused(415, f"The body has to be {' or '.join(operation.bodies)}.")
    if body.binary:
        await _read_file(ctx, request, media_type)
    elif body.parts:
        await _read_form(ctx, request, body, content_type)
    else:
        await _read_json(ctx, request, body)


async def drain(request: Request) -> None:
    """Read what a refused client still sends, within limits.

    Needed only where the connection closes after the answer: closing on a client that is still
    sending resets the connection, and the client would never see why.
    """
    closes = request.headers.get("connection", "").lower() == "close"
    if not closes or not _announced(request) or hasattr(request.state, "body_was_read"):
        return
    size = 0
    with anyio.move_on_after(_DRAIN_SECONDS):
        while size < _DRAIN_BYTES:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            size += len(message.get("body", b""))
            if not message.get("more_body", False):
                return


def refusal(status: int, summary: str, problems: Sequence[Problem]) -> Refused:
    """The error for a list of problems: the first as the field, all of them in the message."""
    shown = "; ".join(
        f"{problem.where}: {problem.why}" if problem.where else problem.why
        for problem in problems[:20]
    )
    first = problems[0]
    return Refused(status, f"{summary}: {shown}.", field=(first.where or "body", first.why))


async def _read_json(ctx: Context, request: Request, body: Body) -> None:
    content = bytearray()
    async for chunk in _chunks(request, _MAX_JSON):
        content += chunk
    if not content.strip():
        _must_not_be_required(ctx)
        return
    ctx.body = _parse(bytes(content), "The body")
    problems = body.schema.problems(ctx.body)
    if problems:
        raise refusal(422, "The body is wrong", problems)


async def _read_file(ctx: Context, request: Request, media_type: str) -> None:
    limit = ctx.cloud.settings.max_archive_size
    if _length(request) > limit:
        raise Refused(413, f"The file is larger than {limit} bytes.")
    chunks = _chunks(request, limit)
    file = await uploads.receive(chunks, ctx.cloud.blobs.incoming, media_type)
    if file.size:
        ctx.form.file = file
    else:  # known only now where the size was not announced
        file.discard()
        _must_not_be_required(ctx)


async def _read_form(ctx: Context, request: Request, body: Body, content_type: str) -> None:
    limit = ctx.cloud.settings.max_upload_size
    if _length(request) > limit + _FORM_EXTRA:
        raise Refused(413, f"The file is larger than {limit} bytes.")
    chunks = _chunks(request, limit + _FORM_EXTRA)
    try:
        form = await multipart.receive(body, content_type, chunks, ctx.cloud.blobs.incoming, limit)
    except multipart.Malformed as error:
        raise Refused(400, str(error)) from error
    except multipart.TooMuch as error:
        raise Refused(413, str(error)) from error
    try:
        _fill_form(ctx, body, form)
    except BaseException:
        form.discard()
        raise


def _fill_form(ctx: Context, body: Body, form: multipart.RawForm) -> None:
    files = list(form.files.values())
    if len(files) > 1:
        raise Refused(400, "The body holds more than one file.")
    problems: list[Problem] = []
    for part in body.parts:
        if part.binary:
            if part.required and not files:
                problems.append(Problem(part.name, "is required"))
        elif part.name in form.texts:
            value = _parse(form.texts[part.name], f"The part {part.name}")
            problems += part.schema.problems(value)
            if part.name == "data":
                ctx.form.data = value
        elif part.required:
            problems.append(Problem(part.name, "is required"))
    if problems:
        raise refusal(422, "The body is wrong", problems)
    ctx.form.file = files[0] if files else None


def _must_not_be_required(ctx: Context) -> None:
    if ctx.operation.body_required:
        raise Refused(400, "The request has no body.")


def _length(request: Request) -> int:
    """What the headers say of the size; 0 when they do not."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdigit() else 0


def _announced(request: Request) -> bool:
    """Whether the headers say that there is a body."""
    return (
        request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    )


async def _chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise Refused(413, f"The body is larger than {limit} bytes.")
        if chunk:
            yield chunk
    request.state.body_was_read = True


def _parse(content: bytes, what: str) -> Any:
    try:
        value = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"{what} is not valid JSON.") from error
    if b"\\u" in content and not _storable(value):
        # A NUL or half a surrogate pair is valid JSON, but neither PostgreSQL nor UTF-8 takes it.
        raise Refused(422, f"{what} holds a character that cannot be stored.")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, dict):
        return all(_storable(key) and _storable(item) for key, item in value.items())
    return all(map(_storable, value)) if isinstance(value, list) else True
