"""One request: who asks, what is asked for, and how the answer is written."""

import inspect
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as HTTPResponse

from scailable.cloud import bodies, params
from scailable.cloud.answers import Answer, Download, ErrorBody, Refused, encode, file_response
from scailable.cloud.context import Context, Principal
from scailable.cloud.documents import Operation, Scheme
from scailable.cloud.room import is_out_of_room

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from scailable.cloud.app import Cloud

_log = logging.getLogger("scailable.cloud")
# A cloud that runs for years must not keep them all.
_FAILURES = 100
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")

Result = Any
Handler = Callable[[Context], Any]
Gate = Callable[[Context], None]
Authenticator = Callable[["Cloud", str], Principal | None]


def _base_url(request: Request) -> str:
    """Scheme and host as the client used them; our own address when its host is not one."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        address, port = request.scope["server"]
        host = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return f"{request.scope['scheme']}://{host}"


class Reply:
    """Sends an answer with the request id, and an error in the error body of the service."""

    def __init__(self, request: Request, error_body: ErrorBody) -> None:
        self._error_body = error_body
        given = request.headers.get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)

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
        return self.json(self._error_body(refused), refused.status, refused.headers)

    def failed(self, error: BaseException, what: str) -> HTTPResponse:
        _log.error("%s failed (request %s)", what, self.request_id, exc_info=error)
        if is_out_of_room(error):
            message = "The service has no room left to store this; nothing was stored."
            return self.refused(Refused(507, message))
        return self.refused(
            Refused(500, "The service failed on this request; its log has the details.")
        )


def _token(request: Request, scheme: Scheme) -> str:
    """The token of a scheme; empty when there is none."""
    value = request.headers.get(scheme.header, "")
    if scheme.prefix:
        kind, _, value = value.partition(" ")
        if kind.lower() != scheme.prefix.lower():
            return ""
    return value.strip()


class NotFound:
    """Answers whatever is asked for where nothing is."""

    def __init__(self, error_body: ErrorBody = Refused.body) -> None:
        self._error_body = error_body

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        refused = Refused(404, f"There is nothing at {unquote(request.scope['path'])[:200]}.")
        await Reply(request, self._error_body).refused(refused)(scope, receive, send)


class Resource:
    """All methods of one path, so that 405 can say which ones there are."""

    def __init__(self, endpoints: Mapping[str, "Endpoint"], error_body: ErrorBody) -> None:
        self._error_body = error_body
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
            response: HTTPResponse = Reply(request, self._error_body).refused(refused)
        else:
            try:
                response = await endpoint.answer(request)
            except ClientDisconnect:
                return  # nobody is left to answer
        await response(scope, receive, send)


class Endpoint:
    """One operation with its handler."""

    def __init__(
        self,
        cloud: "Cloud",
        operation: Operation,
        handler: Handler,
        authenticators: Mapping[str, Authenticator],
        *,
        before_body: Gate | None = None,
        error_body: ErrorBody = Refused.body,
    ) -> None:
        self._before_body = before_body
        self._error_body = error_body
        self._cloud = cloud
        self._operation = operation
        self._handler = handler
        self._asynchronous = inspect.iscoroutinefunction(handler)
        self._authenticators = authenticators

    async def answer(self, request: Request) -> HTTPResponse:
        reply = Reply(request, self._error_body)
        ctx = Context(
            operation=self._operation,
            cloud=self._cloud,
            request_id=reply.request_id,
            address=request.client.host if request.client else "",
            base_url=_base_url(request),
        )
        what = f"{self._operation.service}.{self._operation.id}"
        try:
            try:
                if self._operation.security:
                    ctx.principal = await self._authenticate(request)
                self._read_params(ctx, request)
                self._act_as(ctx, request)
                if self._before_body is not None:
                    await anyio.to_thread.run_sync(self._before_body, ctx)
                await bodies.read(ctx, request)
                result = await self._run(ctx)
                return self._respond(result, reply)
            except Refused as refused:
                await bodies.drain(request)
                answer = Answer(self._error_body(refused), refused.status, refused.headers)
                return self._respond(answer, reply)
            finally:
                if ctx.form.file is not None:
                    ctx.form.file.discard()
        except ClientDisconnect:
            raise
        except Exception as error:
            self._cloud.failures.append(f"{what}: {error!r}")
            del self._cloud.failures[:-_FAILURES]
            response = reply.failed(error, what)
            await bodies.drain(request)
            return response

    async def _authenticate(self, request: Request) -> Principal:
        schemes = self._operation.security
        tokens = [(scheme, _token(request, scheme)) for scheme in schemes]
        # Only schemes of HTTP itself have a challenge that names them.
        http = any(scheme.prefix for scheme in schemes)
        if not any(token for _, token in tokens):
            headers = " or ".join(dict.fromkeys(scheme.header for scheme in schemes))
            message = f"This call needs a token in the {headers} header."
            raise Refused(401, message, headers={"WWW-Authenticate": "Bearer"} if http else {})

        def check() -> Principal | None:
            for scheme, token in tokens:
                principal = token and self._authenticators[scheme.name](self._cloud, token)
                if principal:
                    return principal
            return None

        principal = await anyio.to_thread.run_sync(check)
        if principal is None:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise Refused(
                401,
                "The token is not valid, or not any more.",
                authorization_invalid=True,
                headers=challenge if http else {},
            )
        return principal

    def _read_params(self, ctx: Context, request: Request) -> None:
        ctx.params, problems = params.parse(
            self._operation,
            {name: unquote(value) for name, value in request.path_params.items()},
            request.query_params.multi_items(),
            request.headers,
        )
        if problems:
            raise bodies.refusal(400, "The parameters of the request are wrong", problems)

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

    async def _run(self, ctx: Context) -> Result:
        if self._asynchronous:
            return await self._handler(ctx)
        return await anyio.to_thread.run_sync(self._handler, ctx)

    def _respond(self, result: Result, reply: Reply) -> HTTPResponse:
        if isinstance(result, Download):
            download = file_response(result, reply.request_id, self._error_body)
            self._validate(200, result.media_type, None, download.headers)
            return download
        answer = result if isinstance(result, Answer) else Answer(result)
        if answer.value is None and self._is_empty(answer.status):
            response = reply.bytes(b"", answer.status, "application/json", answer.headers)
            del response.headers["content-type"]
            if answer.status == 304:
                del response.headers["content-length"]
            self._validate(answer.status, "", None, response.headers)
            return response
        response = reply.json(answer.value, answer.status, answer.headers)
        self._validate(answer.status, "application/json", response.body, response.headers)
        return response

    def _is_empty(self, status: int) -> bool:
        """Whether the document promises no body for a status."""
        declared = self._operation.response_for(status)
        return declared is not None and not declared.schemas

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
