"""A cloud in a thread of this process, for tests and for `Client.embedded()`."""

import dataclasses
import shutil
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from scailable.cloud.app import Cloud
from scailable.cloud.clock import Clock
from scailable.cloud.documents import Documents
from scailable.cloud.kernel import Routes
from scailable.cloud.serve import CloudServer, listen, url_of
from scailable.cloud.services.auth.sessions import TokenPair
from scailable.cloud.settings import Settings
from scailable.errors import ScailableError


class EmbeddedCloud:
    """A real server on a free port of this machine.

    Args:
        path: the data folder; None takes a temporary one that is removed by `stop`.
        port: the port; 0 takes a free one.
        documents: other documents to serve, see `Cloud`.
        services: other handlers, see `Cloud`.
        clock: another clock, see `Cloud`.
        settings: further fields of `Settings`, such as `max_upload_size`.

    >>> with EmbeddedCloud() as cloud:
    ...     cloud.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(
        self,
        path: Path | str | None = None,
        port: int = 0,
        *,
        documents: Documents | Path | str | None = None,
        services: Mapping[str, Routes] | None = None,
        clock: Clock | None = None,
        **settings: Any,
    ) -> None:
        self._path = None if path is None else Path(path)
        self._temporary: Path | None = None
        self._port = port
        self._documents = documents
        self._services = services
        self._clock = clock
        self._settings = settings
        self._server: CloudServer | None = None
        self._thread: threading.Thread | None = None
        self._cloud: Cloud | None = None
        self.url = ""

    @property
    def cloud(self) -> Cloud:
        """The running cloud.

        Raises:
            ScailableError: it is not started.
        """
        if self._cloud is None:
            raise ScailableError("The embedded cloud is not started.", hint="Call start() first.")
        return self._cloud

    def start(self) -> Self:
        """Start the server and return when it accepts connections.

        Raises:
            ConfigError: the port, the folder or a document cannot be used.
        """
        path = self._path
        if path is None:
            path = self._temporary = Path(tempfile.mkdtemp(prefix="scailable-cloud-"))
        try:
            listener = listen("127.0.0.1", self._port)
            try:
                settings = dataclasses.replace(Settings(data=path), **self._settings)
                cloud = Cloud(
                    settings,
                    source=self._documents,
                    services=self._services,
                    clock=self._clock,
                )
            except BaseException:
                listener.close()
                raise
        except BaseException:
            self._remove()
            raise
        cloud.start()
        self._cloud = cloud
        self.url = url_of(listener)
        ready = threading.Event()
        server = CloudServer(cloud, ready.set)
        self._server = server
        self._thread = threading.Thread(
            target=lambda: server.run(sockets=[listener]), name="scailable-cloud", daemon=True
        )
        self._thread.start()
        ready.wait()
        return self

    def stop(self) -> None:
        """Finish what runs, then stop. A second call does nothing."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self.cloud.stop()
        self._server = self._thread = self._cloud = None
        self._remove()

    def local_session(self) -> TokenPair:
        """Tokens of the user of this machine; see `Cloud.local_session`."""
        return self.cloud.local_session()

    def _remove(self) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *details: object) -> None:
        self.stop()
