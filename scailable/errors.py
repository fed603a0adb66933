"""The one tree of errors this library raises, all under `ScailableError`.

Each error says what happened, where, the server's words and the request id when there are any,
and, on its last line, what to do next. Every error can be pickled; none shows a token or password.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from scailable.redact import redact_text, redact_url

__all__ = [
    "APIStatusError",
    "BadRequest",
    "BatchError",
    "ConfigError",
    "Conflict",
    "ConnectionFailed",
    "CredentialsError",
    "FieldProblem",
    "IntegrityError",
    "JobFailed",
    "MissingExtraError",
    "ModelRefused",
    "NotFound",
    "PermissionDenied",
    "RateLimited",
    "RequestTimeout",
    "ResponseParsingError",
    "ScailableError",
    "ServerError",
    "SessionExpired",
    "TLSFailed",
    "TooLarge",
    "Unauthenticated",
    "Unprocessable",
    "UploadIncomplete",
    "ValidationError",
    "WaitTimeout",
]


class ScailableError(Exception):
    """Anything this library raises on purpose.

    Attributes:
        message: what happened, one sentence.
        hint: what to do next; the last line of `str(error)`.

    >>> print(ConfigError("The time-out is -1.", hint="Set SCAILABLE_TIMEOUT to seconds above 0."))
    The time-out is -1.
    Set SCAILABLE_TIMEOUT to seconds above 0.
    """

    next_step: ClassVar[str] = "Run again with SCAILABLE_LOG=debug to see every request."

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint if hint is not None else self.next_step

    def details(self) -> list[str]:
        """The lines between what happened and what to do next."""
        return []

    def __str__(self) -> str:
        try:
            lines = [self.message, *self.details(), self.hint]
            return redact_text("\n".join(str(line) for line in lines if line))
        except Exception:  # an error that cannot be shown would hide the one it reports
            return type(self).__name__

    def __repr__(self) -> str:
        try:
            return f"{type(self).__name__}({redact_text(str(self.message))!r})"
        except Exception:  # as in __str__
            return f"{type(self).__name__}()"

    def __reduce__(self) -> tuple[Any, ...]:
        # Constructors take keyword arguments, which the default pickling of exceptions forgets.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(
    kind: type[ScailableError], args: tuple[Any, ...], state: dict[str, Any]
) -> ScailableError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


# --- before a request ----------------------------------------------------------------------------


class ConfigError(ScailableError):
    """A setting, or a file that holds settings or credentials, cannot be used."""

    next_step = "Correct the setting named above and try again."


class CredentialsError(ScailableError):
    """There are no credentials for this server, or it did not accept them."""

    next_step = "Sign in with `scailable login`, or give a token in SCAILABLE_TOKEN."


class SessionExpired(CredentialsError):
    """The session has ended; only signing in again opens a new one."""

    next_step = "Sign in again with `scailable login`."


class ValidationError(ScailableError, ValueError):
    """An argument or a file does not meet the rules; nothing was sent."""

    next_step = "Correct the value named above and try again."


class ModelRefused(ValidationError):
    """A model does not meet the rules of its profile; nothing was sent.

    Attributes:
        report: the `scailable.onnx.Report` with every finding.
    """

    next_step = "See every finding and its fix with `scailable models check FILE`."

    def __init__(self, message: str, *, report: Any = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.report = report


class MissingExtraError(ScailableError, ImportError):
    """An optional part of the library is not installed.

    Attributes:
        extra: the name of the extra that brings it.
    """

    def __init__(self, extra: str, purpose: str, *, hint: str | None = None) -> None:
        super().__init__(
            f"{purpose} needs the extra '{extra}', which is not installed.",
            hint=hint or f"Install it with: pip install 'scailable[{extra}]'",
        )
        self.extra = extra


# --- on the way ----------------------------------------------------------------------------------


class _RequestError(ScailableError):
    """What errors of one request share: where it went and how the server knows it."""

    def __init__(
        self,
        message: str,
        *,
        method: str | None = None,
        url: str | None = None,
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.method = method
        self.url = None if url is None else redact_url(url)
        self.request_id = request_id

    def details(self) -> list[str]:
        where = [] if self.url is None else [f"Request: {self.method or 'GET'} {self.url}"]
        known_as = [f"Request id: {self.request_id}"] if self.request_id else []
        return where + self.findings() + known_as

    def findings(self) -> list[str]:
        """The lines between the request and its id."""
        return []


class ConnectionFailed(_RequestError, ConnectionError):
    """No whole answer came back: the server was not reached or the connection broke.

    Attributes:
        method, url: the request, secrets in the query masked.
        request_id: the id this client gave the request.
    """

    next_step = "Check the network and the base URL (SCAILABLE_BASE_URL), then try again."


class RequestTimeout(ConnectionFailed, TimeoutError):
    """The answer did not come in time.

    Attributes:
        timeout: the limit that ran out, in seconds.
    """

    next_step = "Try again, or allow more time with timeout= (seconds) or SCAILABLE_TIMEOUT."

    def __init__(
        self,
        message: str,
        *,
        timeout: float | None = None,
        method: str | None = None,
        url: str | None = None,
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, method=method, url=url, request_id=request_id, hint=hint)
        self.timeout = timeout


class TLSFailed(ConnectionFailed):
    """The server's certificate could not be trusted, or TLS could not be agreed on."""

    next_step = (
        "Check the host name in the base URL; for a private authority, set SSL_CERT_FILE "
        "to its certificate."
    )


class ResponseParsingError(_RequestError):
    """The server answered, but not with what this call expects.

    Attributes:
        status: the HTTP status of the answer, where known.
        content_type: what the server said it sent.
        excerpt: the beginning of the answer.
    """

    next_step = (
        "Check that the base URL (SCAILABLE_BASE_URL) is the service itself and not a proxy or "
        "sign-in page; if it is, update scailable."
    )

    def __init__(
        self,
        message: str,
        *,
        method: str | None = None,
        url: str | None = None,
        request_id: str | None = None,
        status: int | None = None,
        content_type: str | None = None,
        excerpt: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, method=method, url=url, request_id=request_id, hint=hint)
        self.status = status
        self.content_type = content_type
        self.excerpt = None if excerpt is None else redact_text(excerpt)

    def findings(self) -> list[str]:
        lines = []
        if self.content_type is not None or self.status is not None:
            status = "" if self.status is None else f" (status {self.status})"
            lines.append(f"Content type: {self.content_type or 'none'}{status}")
        if self.excerpt:
            lines.append(f"It begins: {self.excerpt}")
        return lines


class IntegrityError(_RequestError):
    """What arrived is not what was announced: its digest or size differs. Nothing was kept.

    Attributes:
        expected, actual: the digest (hex SHA-256) or the size in bytes, as text.
    """

    next_step = "Download it again; if it fails again, the copy on the server is damaged."

    def __init__(
        self,
        message: str,
        *,
        expected: str | None = None,
        actual: str | None = None,
        method: str | None = None,
        url: str | None = None,
        request_id: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, method=method, url=url, request_id=request_id, hint=hint)
        self.expected = expected
        self.actual = actual

    def findings(self) -> list[str]:
        if self.expected is None and self.actual is None:
            return []
        return [f"Expected {self.expected}, got {self.actual}"]


# --- jobs and bulk work --------------------------------------------------------------------------


class UploadIncomplete(ScailableError):
    """An upload broke off and can be resumed: what has arrived is kept for a day.

    Attributes:
        upload_id: what to give as `resume`.

    >>> print(UploadIncomplete("The upload of m.zip broke off.", upload_id="6bd4"))
    The upload of m.zip broke off.
    Resume it with resume='6bd4'.
    """

    def __init__(self, message: str, *, upload_id: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint or f"Resume it with resume={upload_id!r}.")
        self.upload_id = upload_id


class WaitTimeout(ScailableError, TimeoutError):
    """What was waited for had not happened when the time ran out; it may still happen.

    Attributes:
        last: the state last seen.
        timeout: the limit that ran out, in seconds.
    """

    next_step = "Wait again; the work goes on at the server."

    def __init__(
        self,
        message: str,
        *,
        last: Any = None,
        timeout: float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.last = last
        self.timeout = timeout


class JobFailed(ScailableError):
    """A job at the server ended without success.

    Attributes:
        reason: the server's words.
        last: the state last seen.
    """

    next_step = "Correct what the reason names and start the job again."

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        last: Any = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.last = last

    def details(self) -> list[str]:
        return [f"Server: {self.reason}"] if self.reason else []


class BatchError(ScailableError):
    """Some of a bulk call did not succeed.

    Attributes:
        succeeded: what was done, with its results.
        failed: pairs of what was tried and the error it met.
        untried: what was not tried.
    """

    next_step = "Run it again for what is in .failed and .untried."

    def __init__(
        self,
        message: str | None = None,
        *,
        succeeded: Sequence[Any] = (),
        failed: Sequence[tuple[Any, Exception]] = (),
        untried: Sequence[Any] = (),
        hint: str | None = None,
    ) -> None:
        self.succeeded = tuple(succeeded)
        self.failed = tuple(failed)
        self.untried = tuple(untried)
        super().__init__(
            message
            or f"{len(self.succeeded)} succeeded, {len(self.failed)} failed, "
            f"{len(self.untried)} not tried.",
            hint=hint,
        )

    def details(self) -> list[str]:
        shown = [
            f"Failed: {item}: {str(error).partition(chr(10))[0]}" for item, error in self.failed[:5]
        ]
        if len(self.failed) > len(shown):
            shown.append(f"... and {len(self.failed) - len(shown)} more in .failed")
        return shown


# --- answers of the server -----------------------------------------------------------------------


class FieldProblem(NamedTuple):
    """The request field the server refuses, and why."""

    name: str
    message: str


class APIStatusError(_RequestError):
    """The server answered with an error status.

    Attributes:
        status: the HTTP status.
        message: what happened, one sentence; words: what the server said, or None.
        field: the request field it refuses and why (`FieldProblem`), or None.
        request_id: the id the server gave, else the one this client sent.
        method, url: the request, secrets in the query masked.
        headers: headers of the answer (lower-case names, no cookies).
        retry_after: seconds the server asks to wait, or None.
        body: the decoded JSON of the answer, code and message of an object store's XML, else the
            text, cut to 64 kB, secrets masked.
        authorization_invalid: the server says this token cannot be used any more.
    """

    next_step = "Correct the request, or ask the service's support with the request id."

    def __init__(
        self,
        message: str,
        *,
        status: int,
        words: str | None = None,
        field: FieldProblem | None = None,
        request_id: str | None = None,
        method: str | None = None,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        body: Any = None,
        authorization_invalid: bool = False,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, method=method, url=url, request_id=request_id, hint=hint)
        self.status = status
        self.words = words
        self.field = field
        self.headers = dict(headers or {})
        self.retry_after = retry_after
        self.body = body
        self.authorization_invalid = authorization_invalid

    def findings(self) -> list[str]:
        lines = []
        if self.words:
            lines.append(f"Server: {self.words}")
        if self.field is not None:
            lines.append(f"Field {self.field.name}: {self.field.message}")
        return lines


class BadRequest(APIStatusError):
    """400: the server cannot make sense of the request."""

    next_step = "Correct the value the server names and try again."


class Unauthenticated(APIStatusError):
    """401: there is no valid token with the request."""

    next_step = "Sign in with `scailable login`, or give a valid token in SCAILABLE_TOKEN."


class PermissionDenied(APIStatusError):
    """403: this account may not do that."""

    next_step = "Ask an administrator of the organisation for the right, or use another account."


class NotFound(APIStatusError):
    """404: it does not exist, or belongs to another organisation."""

    next_step = "Check the UUID and the organisation; list what there is to see its UUID."


class Conflict(APIStatusError):
    """409: the state of the object does not allow it (such as deleting a catalogue in use)."""

    next_step = "Bring the object into the state the server names, then try again."


class TooLarge(APIStatusError):
    """413: the upload is above the limit of this account."""

    next_step = "Make the file smaller; the limit is MaxUploadSize of the service's configuration."


class Unprocessable(APIStatusError):
    """422: the request is well formed but breaks a rule."""

    next_step = "Correct the value the server names and try again."


class RateLimited(APIStatusError):
    """429: too many requests; see `retry_after`."""

    next_step = "Wait, then try again with fewer requests at once."


class ServerError(APIStatusError):
    """5xx: the server, or a proxy before it, failed."""

    next_step = "Try again later; if it stays, give the request id to the service's support."
