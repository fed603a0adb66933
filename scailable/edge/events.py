"""What the agent tells whoever watches it, such as the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Announced:
    """The device waits to be registered with this token.

    The token is meant to be shown once, to the person in front of the device; it is not in the
    repr, because events end up in logs.
    """

    token: str = field(repr=False)
    expires_at: str


@dataclass(frozen=True, slots=True)
class TieFailed:
    """The device could not register itself; the token can still be entered by hand."""

    why: str


@dataclass(frozen=True, slots=True)
class Tied:
    """The device belongs to a record in the cloud now."""

    device: str
    name: str


@dataclass(frozen=True, slots=True)
class Online:
    """The cloud answers (again)."""


@dataclass(frozen=True, slots=True)
class Offline:
    """The cloud does not answer; the agent works on and tries again after `retry_in` seconds."""

    why: str
    retry_in: float


@dataclass(frozen=True, slots=True)
class Downloading:
    """`done` of `total` bytes of a model have arrived."""

    model: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Running:
    """This model takes the inputs from now on, in the child process `pid`."""

    model: str
    digest: str
    pid: int


@dataclass(frozen=True, slots=True)
class Restarted:
    """The process that ran a model died and was started again."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """This model could not be fetched or run; the last good one stays."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class InputSkipped:
    """This input file cannot be read; it is tried again when it changes."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """`count` results have been written in this run; the last is `error` if that is not None."""

    count: int
    error: str | None = None


Event: TypeAlias = (
    Announced
    | TieFailed
    | Tied
    | Online
    | Offline
    | Downloading
    | Running
    | Restarted
    | Failed
    | InputSkipped
    | Result
)
