"""From documents to a running application: routing, validation, security, answers.

Handlers are registered by operation and hold the rules; everything an OpenAPI document says
about a request is settled here, before a handler runs.
"""

import inspect
import json
import logging
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as HTTPResponse
from starlette.routing import Mount, Route

from scailable.cloud import multipart, pages, params
from scailable.cloud.answers import Answer, Download, Refused, encode, file_response
from scailable.cloud.documents import Body, Document, Operation, Problem
from scailable.cloud.multipart import StoredUpload
from scailable.errors import ConfigError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from scailable.cloud.app import Cloud

__all__ = [
    "Answer",
    "Context",
    "Download",
    "Form",
    "Principal",
    "Refused",
    "Result",
    "Routes",
    "StoredUpload",
    "build",
]

_log = logging.getLogger("scailable.cloud")
_MAX_JSON = 8 << 20
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")

Result = Any
Handler = Callable[["Context"], Any]
_H = TypeVar("_H", bound=Handler)
Authenticator = Callable[["Cloud", str], "Principal | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who makes a request, as its token says.

    A user has `user_uuid` and `session_id`; a device has `device_uuid`; a device that only
    announced itself has `announcement_uuid` and belongs to no organisation yet.
    """

    organisation_uuid: str | None
    user_uuid: str | None = None
    session_id: str | None = None
    device_uuid: str | None = None
    announcement_uuid: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Form:
    """A multipart body: the JSON part `data`, validated, and the file when one was sent."""

    data: Any = None
    file: StoredUpload | None = None


@dataclass(slots=True)
class Context:
    """What a handler knows about a request, validated against the document.

    Attributes:
        params: path, query and header parameters by the document's names; absent ones are absent.
        body: the JSON body, None when none was sent.
        form: the multipart body.
        principal: who asks; None on operations without security.
        address: the network address of the client.
        base_url: scheme and host as the client used them, without a slash at the end.
    """

    operation: Operation
    cloud: "Cloud"
    request_id: str
    address: str
    base_url: str
    params: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    form: Form = field(default_factory=Form)
    principal: Principal | None = None

    @property
    def organisation(self) -> str:
        """The organisation on whose behalf the request is made.

        Raises:
            Refused: 403 when the caller belongs to none.
        """
        if self.principal is None or self.principal.organisation_uuid is None:
            raise Refused(403, "This call needs an organisation.")
        return self.principal.organisation_uuid


class Routes:
    """The handlers of one service, by operation, and the security schemes it knows to check."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.handlers: dict[str, Handler] = {}
        self.authenticators: dict[str, Authenticator] = {}

    def handles(self, operation: str) -> Callable[[_H], _H]:
        """Register the handler of an operation; plain functions run in a worker thread."""

        def register(handler: _H) -> _H:
            if operation in self.handlers:
                raise ConfigError(f"{self.service}.{operation} has two handlers.")
            self.handlers[operation] = handler
            return handler

        return register

    def authenticates(self, scheme: str) -> Callable[[Authenticator], Authenticator]:
        """Register the function that turns a token of a security scheme into a principal.

        It runs in a worker thread and returns None for a token that opens nothing.
        """

        def register(authenticator: Authenticator) -> Authenticator:
            self.authenticators[scheme] = authenticator
            return authenticator

        return register


def build(
    cloud: "Cloud", documents: Mapping[str, Document], services: Sequence[Routes]
) -> Starlette:
    """Make the application of all services.

    Raises:
        ConfigError: an operation has no handler, a handler no operation, or a security scheme
            nobody checks.
    """
    by_name = {routes.service: routes for routes in services}
    authenticators: dict[str, Authenticator] = {}
    for routes in services:
        authenticators.update(routes.authenticators)
    mounts = []
    for document in documents.values():
        routes = by_name.get(document.service, Routes(document.service))
        _check(document, routes, authenticators)
        by_path: dict[str, dict[str, _Endpoint]] = {}
        for operation in document.operations:
            handler = _handler_of(operation, routes, document)
            endpoint = _Endpoint(cloud, operation, handler, authenticators)
            by_path.setdefault(operation.path, {})[operation.method] = endpoint
        # A literal path wins over a template: `/functions/options` before `/functions/{uuid}`.
        paths = sorted(by_path, key=lambda path: [step[:1] == "{" for step in path.split("/")])
        mounts.append(
            Mount(
                document.prefix,
                routes=[
                    *pages.routes(document),
                    *(Route(path, _Resource(cloud, by_path[path])) for path in paths),
                    Route("/{rest:path}", _not_found(cloud)),
                ],
            )
        )
    app = Starlette(
        routes=[
            *pages.home(documents),
            *cloud.blobs.routes(),
            *mounts,
            Route("/{rest:path}", _not_found(cloud)),
        ],
    )
    app.router.redirect_slashes = False
    return app


def _handler_of(operation: Operation, routes: Routes, document: Document) -> Handler:
    if operation.id in routes.handlers:
        return routes.handlers[operation.id]
    # Every service serves its document and its status in the same way.
    if operation.id == "getOpenapi":
        return lambda ctx: Answer(document.content)
    return lambda ctx: {"Connected": True}


_SHARED = {"getOpenapi", "getStatus"}


def _check(document: Document, routes: Routes, authenticators: Mapping[str, Authenticator]) -> None:
    declared = {operation.id for operation in document.operations}
    missing = sorted(declared - set(routes.handlers) - _SHARED)
    if missing:
        raise ConfigError(
            f"The service {document.service} has no handler for {', '.join(missing)}.",
            hint="Register one with @routes.handles(...), or correct the document.",
        )
    surplus = sorted(set(routes.handlers) - declared)
    if surplus:
        raise ConfigError(
            f"The document of {document.service} has no operation {', '.join(surplus)}.",
            hint="Correct the name in @routes.handles(...), or the document.",
        )
    for operation in document.operations:
        for scheme in (name for alternative in operation.security for name in alternative):
            if scheme not in authenticators:
                raise ConfigError(f"Nobody checks the security scheme {scheme} of {operation.id}.")


class _Reply:
    """Sends an answer with the request id, and an error in the one error body."""

    def __init__(self, cloud: "Cloud", request: Request) -> None:
        given = request.headers.get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        self._cloud = cloud
        self._request = request

    def json(
        self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        content = value if isinstance(value, bytes) else encode(value)
        return self.bytes(content, status, "application/json", headers)

    def bytes(
        self, content: bytes, status: int, media_type: str, headers: Mapping[str, str] | None
    ) -> HTTPResponse:
        response = HTTPResponse(content, status, dict(headers or {}), media_type)
        response.headers["X-Request-Id"] = self.request_id
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def refused(self, refused: Refused) -> HTTPResponse:
        return self.json(refused.body(), refused.status, refused.headers)

    def failed(self, error: BaseException, what: str) -> HTTPResponse:
        _log.error("%s failed (request %s)", what, self.request_id, exc_info=error)
        message = "The service failed on this request; its log has the details."
        return self.json({"Message": message}, 500)


def _not_found(cloud: "Cloud") -> Any:
    async def not_found(request: Request) -> HTTPResponse:
        return _Reply(cloud, request).refused(
            Refused(404, f"There is nothing at {request.url.path[:200]}.")
        )

    return _Plain(not_found)


class _Plain:
    """An ASGI application from a request function, whatever the method (Route would add 405)."""

    def __init__(self, function: Callable[[Request], Awaitable[HTTPResponse]]) -> None:
        self._function = function

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        response = await self._function(Request(scope, receive))
        await response(scope, receive, send)


class _Resource:
    """All methods of one path, so that 405 can say which ones there are."""

    def __init__(self, cloud: "Cloud", endpoints: Mapping[str, "_Endpoint"]) -> None:
        self._cloud = cloud
        self._endpoints = dict(endpoints)
        if "GET" in endpoints:
            self._endpoints.setdefault("HEAD", endpoints["GET"])
        self._allow = ", ".join(sorted(self._endpoints))

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        endpoint = self._endpoints.get(request.method)
        if endpoint is None:
            message = f"{request.method} is not possible here; {self._allow} are."
            refused = Refused(405, message, headers={"Allow": self._allow})
            response: HTTPResponse = _Reply(self._cloud, request).refused(refused)
        else:
            try:
                response = await endpoint.answer(request)
            except ClientDisconnect:
                return  # nobody is left to answer
        await response(scope, receive, send)


class _Endpoint:
    """One operation with its handler."""

    def __init__(
        self,
        cloud: "Cloud",
        operation: Operation,
        handler: Handler,
        authenticators: Mapping[str, Authenticator],
    ) -> None:
        self._cloud = cloud
        self._operation = operation
        self._handler = handler
        self._asynchronous = inspect.iscoroutinefunction(handler)
        self._authenticators = authenticators

    async def answer(self, request: Request) -> HTTPResponse:
        reply = _Reply(self._cloud, request)
        ctx = Context(
            operation=self._operation,
            cloud=self._cloud,
            request_id=reply.request_id,
            address=request.client.host if request.client else "",
            base_url=f"{request.url.scheme}://{request.url.netloc}",
        )
        what = f"{self._operation.service}.{self._operation.id}"
        try:
            try:
                if self._operation.security:
                    ctx.principal = await self._authenticate(request)
                self._read_params(ctx, request)
                self._act_as(ctx, request)
                await self._read_body(ctx, request)
                result = await self._run(ctx)
                return self._respond(result, reply)
            except Refused as refused:
                return self._respond(Answer(refused.body(), refused.status, refused.headers), reply)
            finally:
                if ctx.form.file is not None:
                    ctx.form.file.discard()
        except ClientDisconnect:
            raise
        except Exception as error:
            self._cloud.failures.append(f"{what}: {error!r}")
            return reply.failed(error, what)

    async def _authenticate(self, request: Request) -> Principal:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token:
            message = "This call needs a token in the Authorization header."
            raise Refused(401, message, headers={"WWW-Authenticate": "Bearer"})
        schemes = [name for alternative in self._operation.security for name in alternative]

        def check() -> Principal | None:
            for scheme in schemes:
                principal = self._authenticators[scheme](self._cloud, token)
                if principal is not None:
                    return principal
            return None

        principal = await anyio.to_thread.run_sync(check)
        if principal is None:
            raise Refused(
                401,
                "The token is not valid, or not any more.",
                authorization_invalid=True,
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            )
        return principal

    def _read_params(self, ctx: Context, request: Request) -> None:
        ctx.params, problems = params.parse(
            self._operation,
            request.path_params,
            request.query_params.multi_items(),
            request.headers,
        )
        if problems:
            raise _refusal(400, "The parameters of the request are wrong", problems)

    def _act_as(self, ctx: Context, request: Request) -> None:
        kind = request.headers.get("x-act-as-kind")
        identifier = request.headers.get("x-act-as-id")
        if ctx.principal is None or (kind is None and identifier is None):
            return
        own = {
            "user": ctx.principal.user_uuid,
            "organization": ctx.principal.organisation_uuid,
        }.get(kind or "")
        if own is None or identifier is None or identifier.lower() != own:
            raise Refused(403, "You cannot act as the one named in X-Act-As-Kind and X-Act-As-ID.")

    async def _read_body(self, ctx: Context, request: Request) -> None:
        if not self._operation.bodies:
            return
        content_type = request.headers.get("content-type", "")
        media_type = content_type.partition(";")[0].strip().lower()
        body = self._operation.bodies.get(media_type)
        if body is None:
            if media_type == "" and not await _has_body(request):
                if self._operation.body_required:
                    raise Refused(400, "The request has no body.")
                return
            expected = " or ".join(self._operation.bodies)
            raise Refused(415, f"The body has to be {expected}.")
        if body.parts:
            await self._read_form(ctx, request, body, content_type)
        else:
            await self._read_json(ctx, request, body)

    async def _read_json(self, ctx: Context, request: Request, body: Body) -> None:
        content = await _collect(request, _MAX_JSON)
        if not content.strip():
            if self._operation.body_required:
                raise Refused(400, "The request has no body.")
            return
        ctx.body = _parse_json(content, "The body")
        problems = body.schema.problems(ctx.body)
        if problems:
            raise _refusal(422, "The body is wrong", problems)

    async def _read_form(
        self, ctx: Context, request: Request, body: Body, content_type: str
    ) -> None:
        limit = self._cloud.settings.max_upload_size
        length = request.headers.get("content-length", "")
        # Room for the other parts; the file itself is measured while it arrives.
        if length.isdigit() and int(length) > limit + (2 << 20):
            raise Refused(413, f"The file is larger than {limit} bytes.")
        try:
            form = await multipart.receive(
                body, content_type, _stream(request), self._cloud.blobs.incoming, limit
            )
        except multipart.Malformed as error:
            raise Refused(400, str(error)) from error
        except multipart.TooMuch as error:
            raise Refused(413, str(error)) from error
        files = list(form.files.values())
        try:
            if len(files) > 1:
                raise Refused(400, "The body holds more than one file.")
            problems: list[Problem] = []
            for part in body.parts:
                if part.binary:
                    if part.required and not files:
                        problems.append(Problem(part.name, "is required"))
                elif part.name in form.texts:
                    value = _parse_json(form.texts[part.name], f"The part {part.name}")
                    problems += part.schema.problems(value)
                    if part.name == "data":
                        ctx.form.data = value
                elif part.required:
                    problems.append(Problem(part.name, "is required"))
            if problems:
                raise _refusal(422, "The body is wrong", problems)
        except BaseException:
            form.discard()
            raise
        ctx.form.file = files[0] if files else None

    async def _run(self, ctx: Context) -> Result:
        if self._asynchronous:
            return await self._handler(ctx)
        return await anyio.to_thread.run_sync(self._handler, ctx)

    def _respond(self, result: Result, reply: _Reply) -> HTTPResponse:
        if isinstance(result, Download):
            download = file_response(result, reply.request_id)
            self._validate(200, result.media_type, None, download.headers)
            return download
        answer = result if isinstance(result, Answer) else Answer(result)
        if answer.value is None and answer.status in (204, 304):
            response = reply.bytes(b"", answer.status, "application/json", answer.headers)
            del response.headers["content-type"]
            if answer.status == 304:
                del response.headers["content-length"]
            return response
        response = reply.json(answer.value, answer.status, answer.headers)
        self._validate(answer.status, "application/json", response.body, response.headers)
        return response

    def _validate(
        self, status: int, media_type: str, content: Any, headers: Mapping[str, str]
    ) -> None:
        """Compare an answer with the document; only where the settings ask for it."""
        if not self._cloud.settings.validate_responses:
            return
        declared = self._operation.response_for(status)
        if declared is None:
            raise AssertionError(f"the document declares no answer with status {status}")
        if content is not None:
            schema = declared.schemas.get(media_type)
            if schema is None:
                raise AssertionError(f"the document declares no {media_type} for {status}")
            problems = schema.problems(json.loads(content))
            if problems:
                shown = "; ".join(f"{problem.where}: {problem.why}" for problem in problems[:5])
                raise AssertionError(f"the answer differs from the document: {shown}")
        for name, (required, schema) in declared.headers.items():
            if required and name not in headers:
                raise AssertionError(f"the answer lacks the header {name}")
            if name in headers and schema.raw.get("type") == "integer":
                int(headers[name])


def _refusal(status: int, summary: str, problems: Sequence[Problem]) -> Refused:
    shown = "; ".join(
        f"{problem.where}: {problem.why}" if problem.where else problem.why
        for problem in problems[:20]
    )
    first = problems[0]
    return Refused(status, f"{summary}: {shown}.", field=(first.where or "body", first.why))


def _parse_json(content: bytes, what: str) -> Any:
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
    try:
        return "\\u0000" not in json.dumps(value, ensure_ascii=False).encode().decode()
    except UnicodeEncodeError:
        return False


async def _has_body(request: Request) -> bool:
    if request.headers.get("content-length", "0") != "0":
        return True
    return "transfer-encoding" in request.headers


async def _stream(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        if chunk:
            yield chunk


async def _collect(request: Request, limit: int) -> bytes:
    content = bytearray()
    async for chunk in _stream(request):
        content += chunk
        if len(content) > limit:
            raise Refused(413, f"The body is larger than {limit} bytes.")
    return bytes(content)
