"""One request: who asks, what is asked for, and how the answer is written."""

import inspect
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as HTTPResponse

from scailable.cloud import bodies, params
from scailable.cloud.answers import Answer, Download, Refused, encode, file_response
from scailable.cloud.context import Context, Principal
from scailable.cloud.documents import Operation
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
Authenticator = Callable[["Cloud", str], Principal | None]


def _base_url(request: Request) -> str:
    """Scheme and host as the client used them; our own address when its host is not one."""
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        address, port = request.scope["server"]
        host = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return f"{request.scope['scheme']}://{host}"


class Reply:
    """Sends an answer with the request id, and an error in the one error body."""

    def __init__(self, request: Request) -> None:
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
        return self.json(refused.body(), refused.status, refused.headers)

    def failed(self, error: BaseException, what: str) -> HTTPResponse:
        _log.error("%s failed (request %s)", what, self.request_id, exc_info=error)
        if is_out_of_room(error):
            message = "The service has no room left to store this; nothing was stored."
            return self.json({"Message": message}, 507)
        message = "The service failed on this request; its log has the details."
        return self.json({"Message": message}, 500)


class NotFound:
    """Answers whatever is asked for where nothing is."""

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        refused = Refused(404, f"There is nothing at {request.scope['path'][:200]}.")
        await Reply(request).refused(refused)(scope, receive, send)


class Resource:
    """All methods of one path, so that 405 can say which ones there are."""

    def __init__(self, endpoints: Mapping[str, "Endpoint"]) -> None:
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
            response: HTTPResponse = Reply(request).refused(refused)
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
    ) -> None:
        self._cloud = cloud
        self._operation = operation
        self._handler = handler
        self._asynchronous = inspect.iscoroutinefunction(handler)
        self._authenticators = authenticators

    async def answer(self, request: Request) -> HTTPResponse:
        reply = Reply(request)
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
                await bodies.read(ctx, request)
                result = await self._run(ctx)
                return self._respond(result, reply)
            except Refused as refused:
                await bodies.drain(request)
                return self._respond(Answer(refused.body(), refused.status, refused.headers), reply)
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
            download = file_response(result, reply.request_id)
            self._validate(200, result.media_type, None, download.headers)
            return download
        answer = result if isinstance(result, Answer) else Answer(result)
        if answer.value is None and answer.status in (204, 304):
            response = reply.bytes(b"", answer.status, "application/json", answer.headers)
            del response.headers["content-type"]
            if answer.status == 304:
                del response.headers["content-length"]
            self._validate(answer.status, "", None, response.headers)
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
