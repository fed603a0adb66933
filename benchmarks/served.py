"""An embedded cloud in a process of its own, so that the CPU time of a client is only its own."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection


def _serve(pipe: Connection) -> None:
    from scailable.cloud.embedded import EmbeddedCloud

    with EmbeddedCloud() as cloud:
        pipe.send((cloud.url, cloud.local_session().access))
        pipe.recv()  # until the other end is closed, or says so


@contextmanager
def cloud() -> Iterator[tuple[str, str]]:
    """The URL of a running cloud, and a token for it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    # A cloud that dies at its start then ends the wait for its URL.
    there.close()
    try:
        yield here.recv()
    finally:
        here.send(None)
        process.join()
