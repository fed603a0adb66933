"""A small HTTP server in a process of its own, and the table that the benchmarks print.

The server is asyncio over plain sockets, so that little of what is measured is the server.
"""

import asyncio
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

_BODY = b'{"Name": "digits", "Status": "ok", "UUID": "5b1b5e7e-4c6b-4d7c-9d9a-2f1d3f0b7a10"}'
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class _Connection(asyncio.Protocol):
    """Answers each request once its body has arrived; throws the body away."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._head = b""
        self._missing = 0

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            head, end, rest = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._head = b""
            self._missing = _content_length(head) - len(rest)
        if self._missing == 0:
            self._transport.write(self._answer)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _serve(pipe: Connection, body: bytes) -> None:
    answer = _ANSWER % (len(body), body)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(answer), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def server(body: bytes = _BODY) -> Iterator[str]:
    """The URL of a running server, which answers every request with this JSON."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, body), daemon=True)
    process.start()
    # A server that dies at its start then ends the wait for its port.
    there.close()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def table(
    title: str,
    rows: Sequence[tuple[str, ...]],
    head: tuple[str, ...] = ("what", "measured", "reach"),
) -> None:
    """Print rows below their title and the names of their columns."""
    print(title)
    rows = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
