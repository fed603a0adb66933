from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from scailable import AsyncClient, Client
from scailable.cloud.embedded import EmbeddedCloud
from tests.digits import DIGITS
from tests.facade.blocking import Blocking
from tests.facade.home import PASSWORD, Home, settings_in
from tests.runtime.server import Server, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_strangers = itertools.count(1)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "config"
    with settings_in(folder):
        yield folder


@pytest.fixture(scope="session")
def edge_impulse() -> Iterator[Server]:
    """Stands for Edge Impulse: its projects hold the digits."""
    with Server(reply(body=DIGITS.read_bytes())) as server:
        yield server


@pytest.fixture(scope="session")
def cloud(edge_impulse: Server) -> Iterator[EmbeddedCloud]:
    with EmbeddedCloud(
        registrations=10_000,
        password_mails=1000,
        edge_impulse_url=edge_impulse.url + "/{project}",
        max_upload_size=4_000_000,
        max_archive_size=4_000_000,
    ) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def ada(cloud: EmbeddedCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An organisation that tests share: what they find there is `home`."""
    with settings_in(tmp_path_factory.mktemp("ada")):
        home = Home(cloud.url)
    yield home
    home.close()


@pytest.fixture
def home(ada: Home) -> dict[str, Any]:
    """One of each, as it was made."""
    return ada.reset()


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Makes a client, sync or async; both are used in the same way."""
    if request.param == "sync":
        made: list[Client] = []

        def sync(*args: Any, **kwargs: Any) -> Client:
            made.append(Client(*args, **kwargs))
            return made[-1]

        yield sync
        for client in made:
            client.close()
        return
    with asyncio.Runner() as runner:
        waiting: list[AsyncClient] = []

        def blocking(*args: Any, **kwargs: Any) -> Blocking:
            waiting.append(AsyncClient(*args, **kwargs))
            return Blocking(waiting[-1], runner)

        yield blocking
        for awaited in waiting:
            runner.run(awaited.close())


@pytest.fixture
def client(connect: Callable[..., Any], ada: Home) -> Any:
    """A client of the shared organisation, sync or async."""
    return connect(base_url=ada.client.settings.base_url.value, token=token_of(ada))


@pytest.fixture
def stranger(connect: Callable[..., Any], cloud: EmbeddedCloud) -> Any:
    """A client of an organisation of its own, with nothing in it."""
    fresh = connect(base_url=cloud.url)
    number = next(_strangers)
    fresh.account.register(f"eve{number}@example.com", PASSWORD, "Eve", "Strangers")
    return fresh


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def token_of(home: Home) -> str:
    return home.client.session.token(("User",)) or ""
