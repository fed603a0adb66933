"""The clients themselves: settings, closing, secrets, cost."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from scailable_api.compute.api.function import get_function

import scailable
from scailable import AsyncClient, Client, ConfigError, ConnectionFailed, CredentialsError
from scailable.runtime.services import SERVICES
from scripts import stubs
from tests.facade.conftest import token_of
from tests.runtime.server import reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.facade.home import Home
    from tests.runtime.server import Server

CONFIGURATION = {"Features": {}, "MaxUploadSize": 1, "SupportedFileTypes": [".onnx"]}
NOUNS = ("account", "models", "catalogues", "devices", "groups", "licenses")


def test_no_repr_shows_the_token(connect: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setenv("SCAILABLE_TOKEN", "from-the-environment")
    for client in (
        connect(base_url="http://127.0.0.1:1", token="s3cret"),
        connect(base_url="http://127.0.0.1:1"),
    ):
        shown = [client, client.session, client.transport, client.settings]
        shown += [getattr(client, noun) for noun in NOUNS]
        text = " ".join(map(repr, shown))
        assert "s3cret" not in text
        assert "from-the-environment" not in text
        assert "http://127.0.0.1:1" in repr(client)
        assert "profile='default'" in repr(client)


def test_settings_come_from_arguments_then_the_environment(
    connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    server.default = reply(CONFIGURATION)
    monkeypatch.setenv("SCAILABLE_BASE_URL", server.url)
    monkeypatch.setenv("SCAILABLE_TOKEN", "from-the-environment")
    connect().models.configuration()
    connect(token="given").models.configuration()
    tokens = [seen.headers["authorization"] for seen in server.seen]
    assert tokens == ["Bearer from-the-environment", "Bearer given"]
    with pytest.raises(ConfigError):
        connect(base_url="ftp://example.com")


def test_nobody_signed_in_is_told_before_anything_is_sent(
    connect: Callable[..., Any], server: Server
) -> None:
    with pytest.raises(CredentialsError, match="Nobody is signed in"):
        connect(base_url=server.url).models.configuration()
    assert server.seen == []


def test_all_namespaces_use_one_transport_and_are_made_once(connect: Callable[..., Any]) -> None:
    client = connect(base_url="http://127.0.0.1:1", token="t")
    target = getattr(client, "_target", client)
    for noun in NOUNS:
        assert getattr(target, noun) is getattr(target, noun)
        assert getattr(target, noun).transport is target.transport
    for service in SERVICES:
        assert getattr(target.api, service) is target.transport
    assert dir(target.api) == list(SERVICES)
    with pytest.raises(AttributeError, match="no service 'nothing'"):
        _ = target.api.nothing


def test_threads_share_a_client(server: Server) -> None:
    server.default = reply(CONFIGURATION)
    errors: list[BaseException] = []
    with Client(base_url=server.url, token="t") as client:

        def ask() -> None:
            try:
                for _ in range(10):
                    response = client.models.with_response.configuration()
                    assert response.parsed.max_upload_size == 1
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
    assert len(server.seen) == 80


def test_generated_functions_take_the_client(ada: Home, home: dict[str, Any]) -> None:
    url, uuid = ada.client.settings.base_url.value, home["model"].uuid
    assert get_function.sync(uuid, client=ada.client.api.compute).name == "digits"
    token = token_of(ada)

    async def ask() -> str:
        async with AsyncClient(base_url=url, token=token) as client:
            return (await get_function.asyncio(uuid, client=client.api.compute)).name

    assert asyncio.run(ask()) == "digits"


def test_embedded_starts_signs_in_and_stops(tmp_path: Path, own_settings: Path) -> None:
    with Client.embedded(tmp_path / "data") as client:
        url = client.settings.base_url.value
        assert client.account.me().name == "Local user"
        client.devices.create("gate")
    with Client(base_url=url, token="t") as late, pytest.raises(ConnectionFailed):
        late.models.configuration()
    client.close()
    assert not own_settings.exists()

    async def again() -> list[str]:
        async with await AsyncClient.embedded(tmp_path / "data") as client:
            return [device.name async for device in client.devices.list()]

    assert asyncio.run(again()) == ["gate"]


def test_an_embedded_cloud_that_is_not_closed_does_not_hold_up_the_end() -> None:
    code = (
        "import scailable\n"
        "client = scailable.Client.embedded()\n"
        "print(client.account.me().name, flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "Local user\n"), done.stderr


@pytest.mark.parametrize(
    ("missing", "extra", "act"),
    [
        ("starlette", "cloud", "scailable.Client.embedded()"),
        ("jsonschema_rs", "cloud", "scailable.Client.embedded()"),
    ],
)
def test_a_missing_extra_is_named(missing: str, extra: str, act: str) -> None:
    code = (
        f"import sys, scailable\nsys.modules[{missing!r}] = None\n"
        f"try:\n    {act}\nexcept scailable.MissingExtraError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert f"pip install 'scailable[{extra}]'" in done.stdout, done.stderr


def test_import_is_light() -> None:
    code = "import scailable, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = ("asyncio", "attrs", "httpx", "json", "scailable.errors", "scailable_api", "typing")
    assert not set(heavy) & set(loaded)


def test_every_public_name_is_there_and_in_the_stub() -> None:
    for name in scailable.__all__:
        assert getattr(scailable, name) is not None
        assert name in dir(scailable)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = scailable.nothing  # type: ignore[attr-defined]
    assert stubs.main(["--check"]) == 0


def test_a_stale_stub_is_found_and_written(tmp_path: Path) -> None:
    stale = tmp_path / "__init__.pyi"
    assert stubs.main(["--check", "--stub", str(stale)]) == 1
    assert not stale.exists()
    assert stubs.main(["--stub", str(stale)]) == 0
    assert stubs.main(["--check", "--stub", str(stale)]) == 0
    stale.write_text(stale.read_text().replace("Client as Client", "Other as Other"))
    assert stubs.main(["--check", "--stub", str(stale)]) == 1


def test_both_clients_have_the_same_calls() -> None:
    with Client(base_url="http://127.0.0.1:1", token="t") as client:
        other = AsyncClient(base_url="http://127.0.0.1:1", token="t")
        compared = 0
        for noun in NOUNS:
            one, two = getattr(client, noun), getattr(other, noun)
            names = {name for name in dir(one) if not name.startswith("_")}
            assert names == {name for name in dir(two) if not name.startswith("_")}
            for name in names - {"with_response", "transport", "caller"}:
                mine, theirs = (inspect.signature(getattr(each, name)) for each in (one, two))
                assert list(mine.parameters.values()) == [
                    parameter.replace(annotation=mine.parameters[parameter.name].annotation)
                    for parameter in theirs.parameters.values()
                ]
                compared += 1
        assert compared > 45
        asyncio.run(other.close())


def test_every_call_takes_a_timeout() -> None:
    with Client(base_url="http://127.0.0.1:1", token="t") as client:
        without = [
            f"{noun}.{name}"
            for noun in NOUNS
            for name, method in inspect.getmembers(getattr(client, noun), inspect.ismethod)
            if not name.startswith("_") and "timeout" not in inspect.signature(method).parameters
        ]
    # Neither sends a call of a resource; signing out ends locally whatever happens.
    assert sorted({name.partition(".")[2] for name in without}) == ["sign_out", "using"]
