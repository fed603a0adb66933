"""Runs a cloud as a server, until it is told to stop."""

import argparse
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from scailable.cloud.app import Cloud
from scailable.cloud.settings import Settings
from scailable.errors import ConfigError, ScailableError

DEFAULT_PORT = 8008
_GRACE = 10


def serve(
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    data: Path | str = ".scailable",
    *,
    database: str | None = None,
    blobs: str | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a cloud until SIGTERM or SIGINT; finishes what runs, then returns.

    Prints one line to standard output when it accepts connections.

    Args:
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        data: folder of the database and the models; made when it does not exist.
        database: SQLAlchemy URL of a PostgreSQL database; None keeps a SQLite file in `data`.
        blobs: bucket of an object store, as `s3://bucket/prefix`; None keeps files in `data`.
        on_ready: called with the URL instead of printing the line.

    Raises:
        ConfigError: the port is in use, or the folder, the database or the bucket cannot be used.
    """
    listener = listen(host, port)
    try:
        cloud = Cloud(Settings(data=Path(data), database=database, blobs=blobs))
    except BaseException:
        listener.close()
        raise
    cloud.start()
    try:
        url = url_of(listener)
        server = CloudServer(cloud, lambda: (on_ready or _announce)(url))
        with _signals(server):
            server.run(sockets=[listener])
    finally:
        finished = cloud.stop()
    if not finished:
        # The thread of a job that does not end would keep the process; its job runs again.
        sys.stdout.flush()
        logging.shutdown()
        os._exit(0)


def _announce(url: str) -> None:
    sys.stdout.write(f"scailable cloud ready at {url}\n")
    sys.stdout.flush()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        ConfigError: the address cannot be used.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # asyncio turns Nagle's algorithm off only where the protocol is named; with it on, every
        # answer of two packets waits some 40 ms for the client's delayed acknowledgement.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if os.name != "nt":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(2048)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        raise ConfigError(
            f"The cloud cannot listen on {host} port {port}: {error.strerror or error}.",
            hint="Stop what uses the port, or give another one with --port (0 takes a free one).",
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """The URL under which a listening socket is reached."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - named, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class CloudServer(uvicorn.Server):
    """uvicorn, telling when it accepts connections, and leaving the signals to its caller."""

    def __init__(self, cloud: Cloud, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                cloud.app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                # Longer than clients keep idle connections, so that they close them, not we.
                timeout_keep_alive=75,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        self._cloud = cloud
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._cloud.bells.close()  # long polls answer now
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _signals(server: CloudServer) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        if server.should_exit and number == signal.SIGINT:
            server.force_exit = True
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(arguments: list[str] | None = None) -> int:
    """`python -m scailable.cloud`: the same as `scailable cloud serve`, without its extras."""
    parser = argparse.ArgumentParser(prog="python -m scailable.cloud")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--data", type=Path, default=Path(".scailable"))
    parser.add_argument("--database", default=os.environ.get("SCAILABLE_DATABASE"))
    parser.add_argument("--blobs", default=os.environ.get("SCAILABLE_BLOBS"))
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    try:
        serve(
            options.host,
            options.port,
            options.data,
            database=options.database,
            blobs=options.blobs,
        )
    except ScailableError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
