"""The cloud's side of the edge protocol on a real socket, with switches for what goes wrong.

Only the network and its faults are made up here: the wire is `openapi/edge.json`. What a cloud does
in earnest is tested with the embedded cloud, in `test_embedded.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

SPEED = 50.0
"""How much faster than the real one the clock of the tests runs, on both sides."""


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass
class Switches:
    """Faults, each on until switched off; counts run down by one each time."""

    away: bool = False
    cut_downloads_after: list[int] = field(default_factory=list)
    corrupt_downloads: int = 0
    expire_announcements: int = 0
    html: bool = False
    refuse_names: bool = False


class Server(ThreadingHTTPServer):
    """Does not print when a device hangs up, which devices under test do a lot."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FaultyCloud:
    """A cloud with one device. Everything is guarded by `changed`, which wakes who waits."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.switches = Switches()
        self.announced: list[dict[str, Any]] = []
        self.token = ""
        self.secret = ""
        self.device: str | None = None
        self.credential: str | None = None
        self.heartbeats: list[dict[str, Any]] = []
        self.ranges: list[str | None] = []
        self.requests: list[str] = []
        self.waits: list[int] = []
        self.models: dict[str, bytes] = {}
        self.assignments: list[dict[str, Any]] = []
        self.revision = 0
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                cloud.answer(self)

            def do_POST(self) -> None:
                cloud.answer(self)

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> FaultyCloud:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self.changed:
            self.switches.away = True
            self.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    # --- what a user does --------------------------------------------------------------------

    def tie(self, token: str, name: str = "bench") -> None:
        with self.changed:
            assert token == self.token
            self.device = str(uuid.uuid4())
            self.credential = uuid.uuid4().hex
            self.changed.notify_all()

    def delete_device(self) -> None:
        with self.changed:
            self.credential = None
            self.changed.notify_all()

    def assign(self, *models: tuple[str, bytes], size: int | None = None) -> list[str]:
        """Assign these (name, content) in place of what was; a name keeps its UUID."""
        now = datetime.now(UTC).isoformat()
        with self.changed:
            self.assignments = []
            for name, content in models:
                function = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
                self.models[function] = content
                self.assignments.append(
                    {
                        "FunctionUUID": function,
                        "Name": name,
                        "Digest": digest_of(content),
                        "Size": len(content) if size is None else size,
                        "MimeType": "application/x-onnx",
                        "AssignedAt": now,
                        "UpdatedAt": now,
                        "NamedInput": [],
                        "NamedOutput": [],
                        "InputDriver": "",
                        "InputDriverDetails": {},
                        "OutputDriver": "",
                        "OutputDriverDetails": {},
                    }
                )
            self.revision += 1
            self.changed.notify_all()
            return [entry["FunctionUUID"] for entry in self.assignments]

    def switch(self, **values: Any) -> None:
        with self.changed:
            for name, value in values.items():
                setattr(self.switches, name, value)
            self.changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, seconds), "it did not happen"

    def states(self) -> dict[str | None, tuple[str, str | None]]:
        """Of the last heartbeat: state and message by digest."""
        models = self.heartbeats[-1]["Models"] if self.heartbeats else []
        return {entry["Digest"]: (entry["State"], entry["Message"]) for entry in models}

    def was_told(self, digest: str | None, state: str) -> bool:
        """Whether any heartbeat had this state for a model."""
        return any(
            (entry["Digest"], entry["State"]) == (digest, state)
            for heartbeat in self.heartbeats
            for entry in heartbeat["Models"]
        )

    # --- the wire ----------------------------------------------------------------------------

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        url = urlsplit(request.path)
        operation = f"{request.command} {url.path.removeprefix('/edge')}"
        with self.changed:
            self.requests.append(operation)
            self.changed.notify_all()
            away, html = self.switches.away, self.switches.html
        if away:
            request.close_connection = True
            return
        if html:
            self._send(
                request, 200, b"<html><title>Log in to the hotel</title></html>", "text/html"
            )
            return
        if operation == "POST /announcements":
            self._announce(request, json.loads(body))
        elif operation == "POST /announcements/credential":
            self._collect(request)
        elif not self._credential_fits(request):
            self._refuse(request)
        elif operation == "POST /heartbeat":
            with self.changed:
                self.heartbeats.append(json.loads(body))
                self.changed.notify_all()
            reply = {"ServerTime": datetime.now(UTC).isoformat(), "HeartbeatSeconds": 30}
            self._json(request, reply)
        elif operation == "GET /assignments":
            self._assignments(request, int(parse_qs(url.query).get("Wait", ["0"])[0]))
        elif match := re.fullmatch(r"GET /models/([0-9a-f-]{36})", operation):
            self._model(request, match[1])
        else:
            self._json(request, {"Message": "No such operation"}, 404)

    def _announce(self, request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        if self.switches.refuse_names:
            self._json(request, {"Message": "The name is too long"}, 400)
            return
        with self.changed:
            self.announced.append(body)
            self.token, self.secret = uuid.uuid4().hex[:8].upper(), uuid.uuid4().hex
            reply = {
                "UUID": str(uuid.uuid4()),
                "RegistrationToken": self.token,
                "Secret": self.secret,
                "ExpiresAt": (datetime.now(UTC) + timedelta(minutes=15)).isoformat(),
                "PollSeconds": 1,
            }
            self.changed.notify_all()
        self._json(request, reply)

    def _collect(self, request: BaseHTTPRequestHandler) -> None:
        with self.changed:
            known = request.headers.get("Authorization") == f"Bearer {self.secret}"
            if self.switches.expire_announcements:
                self.switches.expire_announcements -= 1
                known = False
            reply = {
                "Status": "tied" if self.credential else "pending",
                "Device": self.device,
                "Name": self.device and "bench",
                "Credential": self.credential,
            }
        if known:
            self._json(request, reply)
        else:
            self._refuse(request)

    def _assignments(self, request: BaseHTTPRequestHandler, wait: int) -> None:
        with self.changed:
            self.waits.append(wait)
            if request.headers.get("If-None-Match") == f'"{self.revision}"':
                seen = self.revision
                self.changed.wait_for(
                    lambda: self.revision != seen or self.credential is None or self.switches.away,
                    wait / SPEED,
                )
                if self.switches.away:
                    request.close_connection = True
                    return
                if self.revision == seen:
                    self._send(request, 304, b"", "application/json")
                    return
            reply = {"Revision": str(self.revision), "Assignments": self.assignments}
        self._json(request, reply)

    def _model(self, request: BaseHTTPRequestHandler, function: str) -> None:
        with self.changed:
            content = self.models[function]
            self.ranges.append(request.headers.get("Range"))
            cuts = self.switches.cut_downloads_after
            cut = cuts.pop(0) if cuts else None
            corrupt = self.switches.corrupt_downloads > 0
            self.switches.corrupt_downloads -= corrupt
        tag = f'"{digest_of(content)}"'
        start = 0
        if span := request.headers.get("Range"):
            start = int(span.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            self._json(request, {"Message": "No such range"}, 416)
            return
        body = content[start:]
        if corrupt:
            body = bytes([body[0] ^ 0xFF]) + body[1:]
        request.send_response(206 if start else 200)
        request.send_header("Content-Type", "application/octet-stream")
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", tag)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.end_headers()
        request.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            request.close_connection = True

    def _credential_fits(self, request: BaseHTTPRequestHandler) -> bool:
        with self.changed:
            given = request.headers.get("Authorization")
            return self.credential is not None and given == f"Bearer {self.credential}"

    def _refuse(self, request: BaseHTTPRequestHandler) -> None:
        self._json(request, {"Message": "Not known", "AuthorizationInvalid": True}, 401)

    def _json(self, request: BaseHTTPRequestHandler, value: Any, status: int = 200) -> None:
        self._send(request, status, json.dumps(value).encode(), "application/json")

    def _send(self, request: BaseHTTPRequestHandler, status: int, body: bytes, kind: str) -> None:
        try:
            request.send_response(status)
            request.send_header("Content-Type", kind)
            if status != 304:
                request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)
        except OSError:  # the device hung up
            request.close_connection = True


class FastClock:
    """Runs `SPEED` times as fast as the real clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() * SPEED

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds / SPEED)
