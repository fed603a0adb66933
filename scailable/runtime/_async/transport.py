"""Sends calls: credentials, time-outs, retries and typed errors, over one pool of connections."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from logging import INFO
from typing import Self
from urllib.parse import urlencode, urlsplit

from scailable.errors import ConfigError, ScailableError
from scailable.redact import redact_url
from scailable.runtime.auth import Auth, aauthorization, arefreshed
from scailable.runtime.call import AsyncStreamReply, BytesBody, Call, Reply
from scailable.runtime.clock import Clock
from scailable.runtime.http import AsyncIncoming, AsyncPool, Failure, Outgoing, Verify
from scailable.runtime.logs import configure_from_environment, logger
from scailable.runtime.refusals import from_reply, parse_retry_after
from scailable.runtime.retry import Broken, Retry
from scailable.runtime.services import SERVICES, Service

_DEFAULT_TIMEOUT = 30.0
_NOT_MODIFIED = 304
_UNAUTHENTICATED = 401
# How a call takes its token that belongs to no service, such as a signed link on our own host.
_ANY = Service("", "")


class AsyncTransport:
    """Sends calls to the services below one base URL. Safe to share between tasks.

    Args:
        base_url: where the services are, such as `https://api.sclbl.nxvms.com`.
        auth: the source of tokens; None sends none.
        timeout: seconds without progress after which a call fails, in place of the documented
            time-out of each operation.
        retry: when to send again.
        clock: the time; for tests.
        headers: sent with every call, but not to full URLs elsewhere or opened by a signature.
        verify: True for the usual certificate authorities, else the path of a PEM file of
            authorities, or an `ssl.SSLContext`.

    Raises:
        ConfigError: the base URL is not one.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: Auth | None = None,
        timeout: float | None = None,
        retry: Retry | None = None,
        clock: Clock | None = None,
        headers: Mapping[str, str] | None = None,
        verify: Verify = True,
    ) -> None:
        configure_from_environment()
        self.base_url = base_url.rstrip("/")
        self._origin = urlsplit(self.base_url)[:2]
        if self._origin[0] not in ("http", "https") or not self._origin[1]:
            raise ConfigError(
                f"The base URL {redact_url(base_url)!r} does not begin with https:// and a host.",
                hint="Give it like https://api.sclbl.nxvms.com (SCAILABLE_BASE_URL).",
            )
        self.retry = retry or Retry()
        self.clock = clock or Clock()
        self._auth = auth
        self._timeout = timeout
        self._headers = [
            ("Accept", "application/json, */*;q=0.5"),
            ("Accept-Encoding", "gzip, deflate"),
            ("User-Agent", "scailable-python"),
        ]
        self._own_headers = tuple((headers or {}).items())
        self._pool = AsyncPool(verify)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({redact_url(self.base_url)!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. Safe to call twice; a later call opens new ones."""
        await self._pool.aclose()

    def url(self, call: Call) -> str:
        """Where the call goes. A call without a service has its path below the base URL itself."""
        prefix = SERVICES[call.service].prefix if call.service else ""
        query = f"?{urlencode(call.params)}" if call.params else ""
        return f"{self.base_url}{prefix}{call.path}{query}"

    async def send(self, call: Call, *, timeout: float | None = None) -> Reply:
        """Send the call and read the whole answer.

        Args:
            timeout: seconds without progress after which it fails.

        Raises:
            APIStatusError: the server answered with an error status or a redirect.
            ConnectionFailed: it was not reached, or the connection broke; `RequestTimeout` and
                `TLSFailed` are kinds of it.
            CredentialsError: a token is needed, and there is none or it cannot be renewed.
        """
        incoming, content = await self._deliver(call, self.url(call), timeout, whole=True)
        return Reply(call=call, status=incoming.status, headers=incoming.headers, content=content)

    @asynccontextmanager
    async def stream(
        self, call: Call, *, timeout: float | None = None
    ) -> AsyncIterator[AsyncStreamReply]:
        """Send the call and read the answer bit by bit, inside a `with` block.

        Retries end once the answer has begun. Raises what `send` raises, the connection errors
        also while the body is read.
        """
        incoming, _ = await self._deliver(call, self.url(call), timeout, whole=False)
        try:
            yield incoming
        finally:
            await incoming.aclose()

    @asynccontextmanager
    async def stream_url(
        self, url: str, *, headers: tuple[tuple[str, str], ...] = (), timeout: float | None = None
    ) -> AsyncIterator[AsyncStreamReply]:
        """Get a full URL, such as a signed download link, as `stream` does.

        The token goes along only where the URL has scheme, host and port of the base URL.
        """
        security = ("User", "Device") if urlsplit(url)[:2] == self._origin else ()
        call = Call(
            service="", operation="", method="GET", path=url, headers=headers, security=security
        )
        incoming, _ = await self._deliver(call, url, timeout, whole=False)
        try:
            yield incoming
        finally:
            await incoming.aclose()

    async def put_url(self, url: str, body: BytesBody, *, timeout: float | None = None) -> Reply:
        """Put a body to a full URL that opens by its own signature. No token goes along, ever.

        Raises what `send` raises.
        """
        call = Call(service="", operation="", method="PUT", path=url, body=body)
        incoming, content = await self._deliver(call, url, timeout, whole=True)
        return Reply(call=call, status=incoming.status, headers=incoming.headers, content=content)

    async def _deliver(
        self, call: Call, url: str, timeout: float | None, *, whole: bool
    ) -> tuple[AsyncIncoming, bytes]:
        """The first good answer, with its content where the `whole` is wanted."""
        request_id = os.urandom(16).hex()
        has_key = any(name.lower() == "idempotency-key" for name, _ in call.headers)
        refused_token = False
        attempt = 0
        started = self.clock.monotonic()
        while True:
            attempt += 1
            token = await self._token(call)
            outgoing = self._outgoing(call, url, timeout, token, request_id)
            retry_after = None
            try:
                incoming = await self._pool.open(outgoing)
                good = incoming.status < 300 or incoming.status == _NOT_MODIFIED
                content = await incoming.read() if whole or not good else b""
            except Failure as failure:
                outcome: int | Broken = failure.broken
                error: ScailableError = failure.error
                cause = failure.__cause__
            else:
                self._log(outgoing, incoming.status, started)
                if good:
                    return incoming, content
                if incoming.status == _UNAUTHENTICATED and token and not refused_token:
                    refused_token = True
                    if self._auth is not None and await arefreshed(self._auth, token):
                        attempt -= 1
                        continue
                outcome = incoming.status
                retry_after = parse_retry_after(incoming.headers, self.clock.now())
                error = from_reply(
                    Reply(
                        call=call,
                        status=incoming.status,
                        headers=incoming.headers,
                        content=content,
                    ),
                    url=url,
                    request_id=request_id,
                    retry_after=retry_after,
                )
                cause = None
            wait = self.retry.wait_after(
                outcome,
                method=call.method,
                has_key=has_key,
                attempt=attempt,
                elapsed=self.clock.monotonic() - started,
                retry_after=retry_after,
            )
            if wait is None:
                logger.info("%s %s failed: %s", call.method, redact_url(url), error.message)
                raise error from cause
            logger.debug("%s Trying again in %.2f s.", error.message, wait)
            await self.clock.asleep(wait)

    async def _token(self, call: Call) -> str | None:
        if self._auth is None or not call.security:
            return None
        return await aauthorization(self._auth, call.security)

    def _outgoing(
        self, call: Call, url: str, timeout: float | None, token: str | None, request_id: str
    ) -> Outgoing:
        given = {name.lower() for name, _ in call.headers}
        # A full URL that takes no token of ours gets nothing else of ours either.
        own = self._own_headers if call.service or call.security else ()
        headers = [item for item in (*self._headers, *own) if item[0].lower() not in given]
        headers += call.headers
        if token is not None:
            service = SERVICES.get(call.service, _ANY)
            if service.auth_header.lower() not in given:
                headers.append((service.auth_header, f"{service.auth_prefix}{token}"))
        if "x-request-id" not in given:
            headers.append(("X-Request-Id", request_id))
        limits = (timeout, self._timeout, call.timeout, _DEFAULT_TIMEOUT)
        return Outgoing(
            method=call.method,
            url=url,
            headers=headers,
            body=call.body,
            timeout=next(limit for limit in limits if limit is not None),
            request_id=request_id,
        )

    def _log(self, outgoing: Outgoing, status: int, started: float) -> None:
        if logger.isEnabledFor(INFO):
            passed = (self.clock.monotonic() - started) * 1000
            url = redact_url(outgoing.url)
            logger.info("%s %s %d %.0f ms", outgoing.method, url, status, passed)
