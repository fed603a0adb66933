"""What the generated modules share to write requests and read answers. Pure: nothing is sent."""

from __future__ import annotations

import datetime
import gc
from contextlib import contextmanager
from enum import Enum, StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote
from uuid import UUID

from scailable.errors import ResponseParsingError, ScailableError, ValidationError
from scailable.runtime.decode import decode_json, not_as_expected
from scailable.runtime.refusals import from_reply
from scailable.runtime.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scailable.runtime.call import Reply

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_LARGE: Final = 50_000

_KINDS: Final = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


def text(value: object) -> str:
    """A value as it stands in a path, a query or a header.

    >>> text(True), text(datetime.date(2026, 1, 31)), text("a")
    ('true', '2026-01-31', 'a')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    return str(value)


def segment(value: object, name: str) -> str:
    """A value as one segment of a path, quoted.

    Raises:
        ValidationError: it is empty or dots, which would address another resource.

    >>> segment("a/b c", "name")
    'a%2Fb%20c'
    """
    written = text(value)
    if written in ("", ".", ".."):
        raise ValidationError(f"{name} is {written!r}, which names nothing.")
    return quote(written, safe="")


@lru_cache(maxsize=4096)
def uuid(written: str) -> UUID:
    """A UUID. Remembered, because an answer repeats those of its organisation, groups and models,
    and Python takes longer to build one than the rest of an object takes to read.
    """
    digits = written.replace("-", "")
    if len(digits) != 32:
        return UUID(written)  # another spelling, or an error
    # What UUID itself does in the end; its way there takes twice as long.
    return UUID(int=int(digits, 16))


def plain(value: Any) -> Any:
    """A value as `json.dumps` takes it: models, dates, UUIDs and enums become plain data."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.to_dict() if hasattr(value, "to_dict") else text(value)


def unknown_member(kind: type[E], value: object) -> E | None:
    """A member for a value newer than the document, so that reading an answer never fails on it.

    It equals the text the server sent, but is not among the members of the enum.
    """
    if not isinstance(value, str):
        return None
    member = str.__new__(kind, value)
    member._name_ = value
    member._value_ = value
    return member


def wrong(expected: type, value: object) -> TypeError:
    """The value has another JSON type than the document says. The value itself is not shown."""
    found = _KINDS.get(type(value), type(value).__name__)
    return TypeError(f"should be {_KINDS.get(expected, expected.__name__)} but is {found}")


def unfit(model: str, field: str, error: Exception) -> ResponseParsingError:
    """The error for a `field` of a `model` that does not fit the document."""
    if isinstance(error, ResponseParsingError):
        return ResponseParsingError(f"{model}.{field} > {error.message}")
    if isinstance(error, KeyError):
        return ResponseParsingError(f"{model}.{field} is missing.")
    if isinstance(error, TypeError):
        return ResponseParsingError(f"{model}.{field} {error}.")
    return ResponseParsingError(f"{model}.{field} cannot be read: {error}.")


def read_json(reply: Reply, decode: Callable[[Any], T]) -> T:
    """The body of an answer, as the document describes it.

    Raises:
        ResponseParsingError: it is not JSON, or does not fit the document.
    """
    with _no_collection(len(reply.content)):
        data = decode_json(reply)
        try:
            return decode(data)
        except ResponseParsingError as error:
            raise _misfit(reply, f"does not fit its description: {error.message}") from error
        except (TypeError, ValueError) as error:
            raise _misfit(reply, f"does not fit its description: it {error}.") from error


@contextmanager
def _no_collection(size: int) -> Iterator[None]:
    """Do not look for garbage while a large answer is read.

    Reading makes many objects and no garbage; the collector, which looks through them again and
    again as they become more, took a third of the time.
    """
    if size < _LARGE or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def read_text(reply: Reply) -> str:
    """The body of an answer that is a text."""
    try:
        return reply.content.decode()
    except UnicodeDecodeError as error:
        raise not_as_expected(reply, "a text") from error


def refusal(reply: Reply) -> ScailableError:
    """The error for an answer that is none of the documented successes."""
    if reply.status < 300:
        return _misfit(reply, f"has status {reply.status}, which is not documented.")
    return from_reply(reply)


def _misfit(reply: Reply, problem: str) -> ResponseParsingError:
    call = reply.call
    return ResponseParsingError(
        f"The answer to {call.operation} {problem}",
        method=call.method,
        url=SERVICES[call.service].prefix + call.path,
        request_id=reply.headers.get("X-Request-Id"),
        status=reply.status,
        content_type=reply.headers.get("Content-Type"),
    )
