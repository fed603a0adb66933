"""What the device says to its cloud. The only module of the device side that sends anything."""

from __future__ import annotations

import platform
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import TYPE_CHECKING
from uuid import UUID

from scailable_api.edge.api.announcement import announce_device, collect_credential
from scailable_api.edge.api.runtime import download_model, list_assignments, report_heartbeat
from scailable_api.edge.models import AnnouncementInput, Heartbeat, ModelState, ModelStateState
from scailable_api.edge.types import UNSET

from scailable.edge.identity import Announcement
from scailable.edge.models import is_digest
from scailable.edge.state import Assignment
from scailable.errors import APIStatusError, IntegrityError, ResponseParsingError
from scailable.runtime.retry import Retry
from scailable.runtime.transfer import redirect_target
from scailable.runtime.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scailable.edge.state import ModelState as DeviceModelState
    from scailable.runtime.call import StreamReply

# Beside the time the server holds a poll: what the way there and back may take, in seconds.
_POLL_MARGIN = 15.0
# The longest that the document allows.
_MODELS = 100
_MESSAGE_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Tie:
    """A record in the cloud that the device was tied to, and the credential for it."""

    device: str
    name: str
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assignments:
    """All assigned models, and the revision to ask for changes against."""

    revision: str
    assignments: tuple[Assignment, ...]


class _Download:
    """A model on its way."""

    def __init__(self, reply: StreamReply) -> None:
        self._reply = reply

    @property
    def resumed(self) -> bool:
        """Whether the bytes go on from the offset that was asked for."""
        return self._reply.status == 206

    def iter_bytes(self) -> Iterable[bytes]:
        """The bytes as they come."""
        return self._reply.iter_bytes()


class DeviceAuth:
    """The device's secrets: one to collect its credential, then the credential."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def set(self, scheme: str, token: str) -> None:
        """Use this token for calls that the scheme opens."""
        self._tokens[scheme] = token

    def token(self, security: tuple[str, ...]) -> str | None:
        return next((self._tokens[name] for name in security if name in self._tokens), None)

    def ready(self, security: tuple[str, ...]) -> bool:
        return True

    def refresh(self, rejected: str) -> bool:
        return False


class EdgeCloud:
    """The cloud as a device sees it. Used by two threads at once.

    Every call is sent once: whether and when to try again is for the agent, which has all the time
    in the world. Each raises `ScailableError`s only.
    """

    def __init__(self, base_url: str) -> None:
        self._auth = DeviceAuth()
        self._transport = Transport(base_url, auth=self._auth, retry=Retry(attempts=1))
        self._runtime = f"onnxruntime {_version('onnxruntime')}"
        self._architecture = platform.machine()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def use_secret(self, secret: str) -> None:
        """Ask for the credential with this announcement's secret from now on."""
        self._auth.set("Announcement", secret)

    def use_credential(self, credential: str) -> None:
        """Speak as the device with this credential from now on."""
        self._auth.set("Device", credential)

    def announce(self, name: str, serial: str) -> Announcement:
        """Make the device known, as one that waits to be tied to a record."""
        answer = announce_device.sync(
            body=AnnouncementInput(
                name=name,
                serial=serial,
                type_=None,
                runtime=self._runtime,
                architecture=self._architecture,
            ),
            client=self._transport,
        )
        return Announcement(
            uuid=str(answer.uuid),
            registration_token=answer.registration_token,
            secret=answer.secret,
            expires_at=answer.expires_at.isoformat(),
            poll_seconds=answer.poll_seconds,
        )

    def collect(self) -> Tie | None:
        """The record the device was tied to, None while nobody has."""
        answer = collect_credential.sync(client=self._transport)
        if answer.status == "pending":
            return None
        if answer.device is None or answer.credential is None:
            raise ResponseParsingError("The cloud says that the device is tied, but not to what.")
        return Tie(str(answer.device), answer.name or "", answer.credential)

    def heartbeat(
        self, models: Sequence[DeviceModelState], *, timeout: float | None = None
    ) -> float:
        """Report; returns after how many seconds the cloud wants to hear again."""
        answer = report_heartbeat.sync(
            body=Heartbeat(
                runtime=self._runtime,
                architecture=self._architecture,
                version=_version("scailable"),
                models=[
                    ModelState(
                        function_uuid=UUID(model.function),
                        # One that is none was refused for that; the message says so.
                        digest=model.digest if is_digest(model.digest) else None,
                        state=ModelStateState(model.state),
                        message=model.message and model.message[:_MESSAGE_LENGTH],
                    )
                    for model in models[:_MODELS]
                ],
            ),
            client=self._transport,
            timeout=timeout,
        )
        return max(1.0, answer.heartbeat_seconds)

    def assignments(self, revision: str | None, wait: int) -> Assignments | None:
        """What is assigned; None when that is still `revision` after `wait` seconds."""
        answer = list_assignments.sync(
            wait=wait,
            if_none_match=UNSET if revision is None else f'"{revision}"',
            client=self._transport,
            timeout=wait + _POLL_MARGIN,
        )
        if answer is None:
            return None
        return Assignments(
            answer.revision,
            tuple(
                Assignment(
                    function=str(entry.function_uuid),
                    name=entry.name,
                    digest=entry.digest,
                    size=entry.size,
                    assigned_at=entry.assigned_at.isoformat(),
                    updated_at=entry.updated_at.isoformat(),
                )
                for entry in answer.assignments
            ),
        )

    @contextmanager
    def fetch(self, assignment: Assignment, offset: int) -> Iterator[_Download]:
        """Download an assigned model, from an offset where that version is still the one there.

        Raises:
            IntegrityError: the cloud offers another version than it assigned.
        """
        # Compressed on the way, ranges and digests would be those of something else.
        headers = [("Accept-Encoding", "identity")]
        if offset:
            headers.append(("Range", f"bytes={offset}-"))
        call = download_model.build_request(UUID(assignment.function))
        call = replace(call, headers=(*call.headers, *headers))
        with ExitStack() as stack:
            try:
                reply = stack.enter_context(self._transport.stream(call))
                offered = reply.headers.get("ETag", "")
            except APIStatusError as error:
                # To the object store, whose address opens by its own signature.
                target = redirect_target(self._transport.url(call), error)
                offered = error.headers.get("etag", "")
                elsewhere = self._transport.stream_url(target, headers=tuple(headers))
                reply = stack.enter_context(elsewhere)
            offered = offered.strip('"').removeprefix("sha256:")
            if offered and offered != assignment.digest.removeprefix("sha256:"):
                raise IntegrityError(
                    f"The cloud offers another version of model {assignment.name} "
                    "than it assigned.",
                    expected=assignment.digest,
                    actual=f"sha256:{offered}",
                )
            yield _Download(reply)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
