"""A real HTTP server on a socket that answers what a test tells it to."""

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any


@dataclass
class Seen:
    method: str
    path: str
    headers: Message
    body: bytes


Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    owner: "Server"

    def do_GET(self) -> None:
        with self.owner.lock:
            answer = self.owner.answers.popleft() if self.owner.answers else self.owner.default
        answer(self)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def take(self, size: int | None = None) -> bytes:
        """Read the body, or only its beginning, and note the request."""
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length if size is None else size)
        seen = Seen(self.command, self.path, self.headers, body)
        with self.owner.lock:
            self.owner.seen.append(seen)
        return body

    def give(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def hang_up(self) -> None:
        """Close with a reset, as a machine that dies does."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def finish(self) -> None:
        if self.connection.fileno() >= 0:
            super().finish()

    def log_message(self, *_: object) -> None:
        pass


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        pass  # clients that hang up are part of the tests


class Server:
    def __init__(self, default: Answer | None = None, context: SSLContext | None = None) -> None:
        self.answers: deque[Answer] = deque()
        self.default = default or reply()
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        self.release = threading.Event()
        handler = type("BoundHandler", (Handler,), {"owner": self})
        self._listener = _Listener(("127.0.0.1", 0), handler)
        if context is not None:
            listening = self._listener.socket
            self._listener.socket = context.wrap_socket(
                listening, server_side=True, do_handshake_on_connect=False
            )
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._listener.server_port}"
        self._thread = threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()

    def then(self, *answers: Answer) -> None:
        self.answers.extend(answers)


def reply(
    value: Any = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    body: bytes | None = None,
) -> Answer:
    """A whole answer: JSON, or the given bytes."""

    def answer(handler: Handler) -> None:
        handler.take()
        content = json.dumps(value if value is not None else {}).encode() if body is None else body
        kind = {"Content-Type": "application/json"} if body is None else {}
        handler.give(status, content, kind | (headers or {}))

    return answer


def truncated(announced: int = 100, body: bytes = b'{"Name": "a') -> Answer:
    """Less body than the header announces, then the end."""

    def answer(handler: Handler) -> None:
        handler.take()
        handler.give(
            200, body, {"Content-Length": str(announced), "Content-Type": "application/json"}
        )
        handler.close_connection = True

    return answer


def cut_after(size: int) -> Answer:
    """Take the beginning of the body, then reset the connection."""

    def answer(handler: Handler) -> None:
        handler.take(size)
        handler.hang_up()

    return answer


def silent() -> Answer:
    """No answer until the test ends."""

    def answer(handler: Handler) -> None:
        handler.take()
        handler.owner.release.wait(30)
        handler.hang_up()

    return answer
