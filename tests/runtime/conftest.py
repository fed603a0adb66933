import asyncio
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scailable.runtime.call import BytesBody, Call
from scailable.runtime.clock import Clock
from tests.runtime.server import Server

_ON_HTTP = (
    "scailable.runtime.http",
    "scailable.runtime._sync.transport",
    "scailable.runtime._sync.download",
    "scailable.runtime._async.transport",
    "scailable.runtime._async.download",
)


class RecordingClock(Clock):
    """Waits for nothing and notes what it was asked to wait for; time passes by waiting."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


@pytest.fixture(scope="session", params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> SimpleNamespace:
    """The transports on one of the two HTTP libraries, whatever other tests have imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAILABLE_HTTP", request.param)
        before = {name: sys.modules.pop(name, None) for name in _ON_HTTP}
        try:
            modules = [importlib.import_module(name) for name in _ON_HTTP]
        finally:
            for name, module in before.items():
                sys.modules.pop(name, None)
                if module is not None:
                    sys.modules[name] = module
    assert request.param == modules[0].LIBRARY
    return SimpleNamespace(
        http=modules[0],
        Transport=modules[1].Transport,
        download=modules[2].download,
        AsyncTransport=modules[3].AsyncTransport,
        adownload=modules[4].adownload,
    )


class Ways:
    """The same action on the sync or the async transport."""

    def __init__(self, library: SimpleNamespace, mode: str) -> None:
        self.library = library
        self.mode = mode

    def send(
        self,
        url: str,
        *calls: Call,
        timeout: float | None = None,
        options: dict[str, Any] | None = None,
        **more: Any,
    ) -> list[Any]:
        """Send the calls one after the other over one transport."""
        options = (options or {}) | more
        if self.mode == "sync":
            with self.library.Transport(url, **options) as transport:
                return [transport.send(call, timeout=timeout) for call in calls]

        async def run() -> list[Any]:
            async with self.library.AsyncTransport(url, **options) as transport:
                return [await transport.send(call, timeout=timeout) for call in calls]

        return asyncio.run(run())

    def stream(self, url: str, call: Call, **options: Any) -> tuple[int, bytes]:
        if self.mode == "sync":
            with self.library.Transport(url, **options) as transport, transport.stream(call) as got:
                return got.status, b"".join(got.iter_bytes())

        async def run() -> tuple[int, bytes]:
            async with (
                self.library.AsyncTransport(url, **options) as transport,
                transport.stream(call) as got,
            ):
                return got.status, b"".join([chunk async for chunk in got.aiter_bytes()])

        return asyncio.run(run())

    def put_url(self, url: str, target: str, body: BytesBody, **options: Any) -> Any:
        """Put a body to a full URL."""
        options = {"clock": RecordingClock()} | options
        if self.mode == "sync":
            with self.library.Transport(url, **options) as transport:
                return transport.put_url(target, body)

        async def run() -> Any:
            async with self.library.AsyncTransport(url, **options) as transport:
                return await transport.put_url(target, body)

        return asyncio.run(run())

    def download(
        self,
        url: str,
        source: Call | str,
        destination: Path,
        *,
        options: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> Path:
        options = options or {}
        if self.mode == "sync":
            with self.library.Transport(url, **options) as transport:
                return Path(self.library.download(transport, source, destination, **arguments))

        async def run() -> Path:
            async with self.library.AsyncTransport(url, **options) as transport:
                got = await self.library.adownload(transport, source, destination, **arguments)
                return Path(got)

        return asyncio.run(run())


@pytest.fixture(params=["sync", "async"])
def ways(library: SimpleNamespace, request: pytest.FixtureRequest) -> Ways:
    return Ways(library, request.param)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def clock() -> RecordingClock:
    return RecordingClock()
