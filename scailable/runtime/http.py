"""The one module that knows the HTTP library: httpx2 where it is installed, else httpx.

It uses their transports rather than their clients: no redirects, no cookies, no log line with a
signed URL in it. SCAILABLE_HTTP=httpx or httpx2 forces one of the two.
"""

import importlib
import logging
import os
import re
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from scailable.errors import (
    ConfigError,
    ConnectionFailed,
    MissingExtraError,
    RequestTimeout,
    ResponseParsingError,
    ScailableError,
    TLSFailed,
    ValidationError,
)
from scailable.redact import MASK, redact_url
from scailable.runtime.call import BytesBody, JsonBody, MultipartBody, Source
from scailable.runtime.headers import Headers
from scailable.runtime.retry import Broken


def _import_library() -> Any:
    wish = os.environ.get("SCAILABLE_HTTP", "")
    if wish not in ("", "httpx", "httpx2"):
        raise ConfigError(
            f"SCAILABLE_HTTP is {wish!r}.", hint="Set it to httpx or httpx2, or unset it."
        )
    try:
        return importlib.import_module(wish or "httpx2")
    except ImportError:
        if wish == "httpx2":
            raise MissingExtraError("httpx2", "SCAILABLE_HTTP=httpx2") from None
        return importlib.import_module("httpx")


if TYPE_CHECKING:
    import httpx
else:
    httpx = _import_library()

LIBRARY: str = httpx.__name__
CONNECT_TIMEOUT = 5.0


def _hide_secrets(record: logging.LogRecord) -> bool:
    """Mask, in the debug log of the HTTP library, headers of answers that hold secrets."""
    if isinstance(record.msg, str) and "receive_response_headers" in record.msg:
        record.msg = _SECRET_HEADERS.sub(rf"\1{MASK}\3", record.msg)
    return True


# A new session comes in a cookie, a signed URL in a Location.
_SECRET_HEADERS = re.compile(
    r"(?i)(b'(?:set-cookie|location|www-authenticate)', b([\"'])).*?((?<!\\)\2\))"
)
logging.getLogger(f"{LIBRARY.replace('httpx', 'httpcore')}.http11").addFilter(_hide_secrets)

Verify = bool | str | ssl.SSLContext


@dataclass(slots=True, kw_only=True)
class Outgoing:
    """One attempt at a request. Times are seconds."""

    method: str
    url: str
    headers: list[tuple[str, str]] = field(repr=False)
    body: JsonBody | MultipartBody | BytesBody | None = field(default=None, repr=False)
    timeout: float
    request_id: str


class Failure(Exception):
    """An attempt without a whole answer: how far it came, and the error to raise for it."""

    def __init__(self, broken: Broken, error: ScailableError) -> None:
        super().__init__(broken)
        self.broken = broken
        self.error = error


# --- requests ------------------------------------------------------------------------------------


class _Reader:
    """One pass over a source, as httpx wants it for `files=`; passes do not disturb others."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._chunks = iter(source)

    def read(self, _size: int = -1) -> bytes:
        return next(self._chunks, b"")

    def seek(self, _offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            return self._source.size
        self._chunks = iter(self._source)
        return 0

    def tell(self) -> int:
        return 0


class _SourceStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A source as the whole body."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._source)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._source:
            yield chunk


def _request(outgoing: Outgoing) -> "httpx.Request":
    """A fresh request, so that a body starts from its beginning at each attempt."""
    headers = outgoing.headers
    body = outgoing.body
    content: dict[str, Any] = {}
    if isinstance(body, JsonBody):
        import json

        text = json.dumps(body.value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        content["content"] = text.encode()
        headers = [*headers, ("Content-Type", "application/json")]
    elif isinstance(body, MultipartBody):
        content["files"] = [
            (
                part.name,
                (part.filename, _file_content(part.content), _media_type(part.content_type)),
            )
            for part in body.parts
        ]
    elif isinstance(body, BytesBody):
        headers = [*headers, ("Content-Type", _media_type(body.content_type) or "")]
        if not isinstance(body.content, bytes):
            # Given a stream, httpx adds no headers of its own.
            headers.append(("Host", urlsplit(outgoing.url).netloc.rpartition("@")[2]))
            headers.append(("Content-Length", str(body.content.size)))
            content["stream"] = _SourceStream(body.content)
        else:
            content["content"] = body.content
    limit = outgoing.timeout
    times = {"connect": min(CONNECT_TIMEOUT, limit), "read": limit, "write": limit, "pool": limit}
    return httpx.Request(
        outgoing.method, outgoing.url, headers=headers, extensions={"timeout": times}, **content
    )


def _file_content(content: bytes | Source) -> Any:
    return content if isinstance(content, bytes) else _Reader(content)


def _media_type(value: str | None) -> str | None:
    # httpx 0.28 writes it into the body as it is: a line break would add headers to the part.
    if value is not None and not value.isprintable():
        raise ValidationError("A content type contains control characters.")
    return value


# --- failures ------------------------------------------------------------------------------------


def _failure(outgoing: Outgoing, cause: Exception) -> Failure:
    """What an exception of the HTTP library, or of reading the body's file, means."""
    where: dict[str, Any] = {
        "method": outgoing.method,
        "url": outgoing.url,
        "request_id": outgoing.request_id,
    }
    host = urlsplit(outgoing.url).netloc.rpartition("@")[2]
    tls = _tls_cause(cause)
    if tls is not None:
        reason = getattr(tls, "verify_message", "") or getattr(tls, "reason", "") or "TLS failed"
        return Failure(
            Broken.FINAL, TLSFailed(f"No trusted connection to {host}: {reason}", **where)
        )
    if isinstance(cause, httpx.ConnectTimeout):
        limit = min(CONNECT_TIMEOUT, outgoing.timeout)
        message = f"{host} could not be connected to within {limit:g} s."
        return Failure(Broken.UNREACHED, RequestTimeout(message, timeout=limit, **where))
    if isinstance(cause, httpx.TimeoutException):
        message = f"{host} did not answer within {outgoing.timeout:g} s."
        return Failure(Broken.FINAL, RequestTimeout(message, timeout=outgoing.timeout, **where))
    if isinstance(cause, (httpx.ConnectError, httpx.ProxyError)):
        message = f"{host} could not be connected to: {_reason(cause)}"
        return Failure(Broken.UNREACHED, ConnectionFailed(message, **where))
    if isinstance(cause, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        error = ValidationError(f"{redact_url(outgoing.url)} is not a URL that can be asked.")
        return Failure(Broken.FINAL, error)
    if isinstance(cause, _UNSENDABLE):
        error = ValidationError(
            "The request cannot be sent: a header holds characters that HTTP does not allow.",
            hint="Check the token and the headers given; a line break at the end is a usual cause.",
        )
        return Failure(Broken.FINAL, error)
    if isinstance(cause, httpx.DecodingError):
        message = f"The answer of {host} cannot be decompressed."
        return Failure(Broken.FINAL, ResponseParsingError(message, **where))
    if isinstance(cause, OSError):
        error = ValidationError(
            f"The file to send could not be read: {cause}",
            hint="Leave the file alone while it is sent, and try again.",
        )
        return Failure(Broken.FINAL, error)
    message = f"The connection to {host} broke: {_reason(cause)}"
    return Failure(Broken.CUT, ConnectionFailed(message, **where))


def _reason(cause: Exception) -> str:
    text = str(cause) or type(cause).__name__
    return text if text.endswith(".") else text + "."


def _tls_cause(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


# Their texts may quote the header they refuse, which may be the token.
_UNSENDABLE = (httpx.LocalProtocolError, UnicodeEncodeError)
_EXPECTED = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, UnicodeEncodeError, OSError)


def _shown(cause: Exception) -> Exception | None:
    """What may appear in a traceback as the cause."""
    return None if isinstance(cause, _UNSENDABLE) else cause


# --- answers -------------------------------------------------------------------------------------


class Incoming:
    """An answer whose body is still to be read."""

    def __init__(self, outgoing: Outgoing, response: "httpx.Response") -> None:
        self._outgoing = outgoing
        self._response = response
        self.status = response.status_code
        self.headers = Headers(response.headers.raw)

    def read(self) -> bytes:
        try:
            return self._response.read()
        except _EXPECTED as cause:
            self._response.close()
            raise _failure(self._outgoing, cause) from cause

    def iter_bytes(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_bytes()
        except _EXPECTED as cause:
            raise _failure(self._outgoing, cause).error from cause

    def close(self) -> None:
        self._response.close()


class AsyncIncoming:
    """An answer whose body is still to be read."""

    def __init__(self, outgoing: Outgoing, response: "httpx.Response") -> None:
        self._outgoing = outgoing
        self._response = response
        self.status = response.status_code
        self.headers = Headers(response.headers.raw)

    async def read(self) -> bytes:
        try:
            return await self._response.aread()
        except _EXPECTED as cause:
            await self._response.aclose()
            raise _failure(self._outgoing, cause) from cause

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_bytes():
                yield chunk
        except _EXPECTED as cause:
            raise _failure(self._outgoing, cause).error from cause

    async def aclose(self) -> None:
        await self._response.aclose()


# --- connections ---------------------------------------------------------------------------------

_contexts: dict[tuple[str | None, ...], ssl.SSLContext] = {}
_contexts_lock = threading.Lock()


def _ssl_context(verify: Verify) -> ssl.SSLContext:
    """The context to check servers with; loading authorities takes 20 ms, so it is shared."""
    if isinstance(verify, ssl.SSLContext):
        return verify
    if verify is False:
        raise ConfigError(
            "verify=False would send tokens to whoever answers.",
            hint="Give verify= the path of the certificate authority to trust.",
        )
    authority = verify if isinstance(verify, str) else None
    key = (authority, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    with _contexts_lock:
        if key not in _contexts:
            try:
                _contexts[key] = (
                    httpx.create_ssl_context()
                    if authority is None
                    else ssl.create_default_context(cafile=authority)
                )
            except OSError as cause:
                raise ConfigError(
                    f"The certificate authorities cannot be read: {cause}",
                    hint="Check verify= and SSL_CERT_FILE; they name a file in PEM format.",
                ) from cause
        return _contexts[key]


def _proxy_for(scheme: str, host: str) -> str | None:
    """The proxy that the environment asks for (HTTPS_PROXY, ALL_PROXY, NO_PROXY and so on)."""
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _transport_options(origin: tuple[str, str], verify: Verify) -> dict[str, Any]:
    scheme, netloc = origin
    proxy = _proxy_for(scheme, netloc)
    plain = scheme == "http" and (proxy is None or proxy.startswith("http://"))
    # Without TLS, an empty context (it trusts nobody) saves loading the authorities.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else _ssl_context(verify)
    return {"verify": context, "proxy": proxy}


class Pool:
    """The connections of one client, for all its threads."""

    def __init__(self, verify: Verify = True) -> None:
        self._verify = verify
        self._transports: dict[tuple[str, str], httpx.HTTPTransport] = {}
        self._lock = threading.Lock()

    def open(self, outgoing: Outgoing) -> Incoming:
        """Send; returns once the headers of the answer are there.

        Raises:
            Failure: there is no answer.
        """
        try:
            request = _request(outgoing)
            return Incoming(outgoing, self._transport(outgoing.url).handle_request(request))
        except ScailableError:  # of the source of the body; some are kinds of OSError
            raise
        except _EXPECTED as cause:
            raise _failure(outgoing, cause) from _shown(cause)

    def _transport(self, url: str) -> "httpx.HTTPTransport":
        origin = urlsplit(url)[:2]
        transport = self._transports.get(origin)
        if transport is None:
            with self._lock:
                transport = self._transports.get(origin)
                if transport is None:
                    options = _transport_options(origin, self._verify)
                    transport = self._transports[origin] = httpx.HTTPTransport(**options)
        return transport

    def close(self) -> None:
        with self._lock:
            transports, self._transports = self._transports, {}
        for transport in transports.values():
            transport.close()


class AsyncPool:
    """The connections of one async client."""

    def __init__(self, verify: Verify = True) -> None:
        self._verify = verify
        self._transports: dict[tuple[str, str], httpx.AsyncHTTPTransport] = {}

    async def open(self, outgoing: Outgoing) -> AsyncIncoming:
        """Send; returns once the headers of the answer are there.

        Raises:
            Failure: there is no answer.
        """
        try:
            request = _request(outgoing)
            transport = self._transport(outgoing.url)
            return AsyncIncoming(outgoing, await transport.handle_async_request(request))
        except ScailableError:  # of the source of the body; some are kinds of OSError
            raise
        except _EXPECTED as cause:
            raise _failure(outgoing, cause) from _shown(cause)

    def _transport(self, url: str) -> "httpx.AsyncHTTPTransport":
        origin = urlsplit(url)[:2]
        transport = self._transports.get(origin)
        if transport is None:
            options = _transport_options(origin, self._verify)
            transport = self._transports[origin] = httpx.AsyncHTTPTransport(**options)
        return transport

    async def aclose(self) -> None:
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            await transport.aclose()
