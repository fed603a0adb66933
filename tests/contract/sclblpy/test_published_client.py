"""The published client, sclblpy 0.1.10, passes through all its functions against the cloud."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.peers import python_with
from tests.cloud.process import served
from tests.waiting import wait_until

_CLIENT = "sclblpy==0.1.10"
_MODEL = Path(__file__).parents[3] / "examples" / "digits" / "digits.onnx"

EMAIL, PASSWORD, NEW_PASSWORD = (
    "ada@example.org",
    "copper-lantern-78-orbit",
    "violet-harbour-31-kite",
)

FUNCTIONS = {
    *("register_", "log_in", "get_user_details", "set_new_password", "password_reset", "log_out"),
    *("get_all_models", "get_model", "upload_model", "update_model", "delete_model"),
    *("add_catalogue", "update_catalogue", "delete_catalogue", "get_catalogue"),
    *("get_all_catalogues", "models_statistics", "config_parameters"),
    *("get_device", "get_all_devices", "add_device", "update_device", "assign_model_to_device"),
    *("delete_device", "devices_statistics", "get_groups", "delete_group"),
    *("add_devices_to_group", "delete_device_from_group"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a cloud in a process of its own."""
    with served(tmp_path_factory.mktemp("cloud") / "data") as process:
        yield process.url


def _private_copy(folder: Path) -> Path:
    """Copy the installed client to `folder`: it keeps its tokens inside its own package."""
    where = subprocess.run(
        [python_with(_CLIENT), "-c", "import sclblpy; print(sclblpy.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    shutil.copytree(where, folder / "sclblpy")
    return folder


class Published:
    """The published client in its own process and environment."""

    def __init__(self, base_url: str, folder: Path) -> None:
        home = folder / "home"
        home.mkdir()
        self._process = subprocess.Popen(
            [python_with(_CLIENT), Path(__file__).with_name("driver.py"), base_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=home,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "XDG_CONFIG_HOME": str(home / "config"),
                "PYTHONPATH": str(_private_copy(folder / "client")),
            },
        )
        self.called: set[str] = set()

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the client; its result, after a look at what it printed."""
        assert self._process.stdin is not None and self._process.stdout is not None
        request = {"call": name, "args": args, "kwargs": kwargs}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{name} ended the client"
        answer = json.loads(line)
        assert "raised" not in answer, f"{name} raised {answer['raised']}: {answer['printed']}"
        for word in ("FATAL", "rror", "expired"):
            assert word not in answer["printed"], f"{name} printed {answer['printed']}"
        self.called.add(name)
        return answer["result"]

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture
def published(server: str, tmp_path: Path) -> Iterator[Published]:
    client = Published(server, tmp_path)
    yield client
    client.close()


def test_every_function_of_the_published_client_works(server: str, published: Published) -> None:
    assert published("register_", "Ada", "Analytical Engines", EMAIL, PASSWORD) is True
    assert published("log_in", EMAIL, PASSWORD) is True
    details = published("get_user_details")
    assert details["Email"] == EMAIL
    assert details["Organisation"]["Name"] == "Analytical Engines"

    with _signed_in(server, PASSWORD) as web:
        _catalogues(published, web)
        model = _models(published, web)
        _devices(published, web, model)
        assert published("delete_model", model) is True
        assert web.get(f"/cpt/function/{model}").status_code == 404
        assert published("get_all_models") == []

    assert published("password_reset", EMAIL) is True
    assert published("set_new_password", PASSWORD, NEW_PASSWORD) is True
    assert published("log_in", EMAIL, NEW_PASSWORD) is True
    _signed_in(server, NEW_PASSWORD).close()
    assert published("log_out") is True
    assert published.called == FUNCTIONS


def test_sign_in_reply_fits_the_published_client(server: str) -> None:
    """It takes replies of 10 to 400 bytes for JSON and refuses every other."""
    body = {"Email": "size@example.org", "Password": PASSWORD, "Name": "Size", "Company": "Size"}
    registered = httpx.post(
        f"{server}/auth/user", json={**body, "NewsletterOptIn": False, "AcceptEULA": True}
    )
    assert registered.status_code == 200, registered.text
    signed_in = httpx.post(f"{server}/auth/authenticate/signin", json=body)
    refreshed = httpx.post(
        f"{server}/auth/authenticate/refresh-token",
        json={},
        headers={"Authorization": f"Bearer {signed_in.json()['RefreshToken']}"},
    )
    for reply in (signed_in, refreshed):
        assert reply.status_code == 200, reply.text
        assert 10 < len(reply.content) < 400


def _catalogues(published: Published, web: httpx.Client) -> None:
    assert published("add_catalogue", "Birds") is True
    (catalogue,) = published("get_all_catalogues")
    assert catalogue["Name"] == "Birds"
    uuid = catalogue["UUID"]
    assert published("update_catalogue", uuid, "Bats") is True
    assert published("get_catalogue", uuid)["Name"] == "Bats"
    assert web.get(f"/cpt/catalogue/{uuid}").json()["Name"] == "Bats"
    assert published("delete_catalogue", uuid) is True
    assert web.get(f"/cpt/catalogue/{uuid}").status_code == 404


def _models(published: Published, web: httpx.Client) -> str:
    assert published("config_parameters")["MaxUploadSize"] > 0
    assert (
        published(
            "upload_model", "Digits", "Reads digits.", "vision", path=str(_MODEL), alias="zip"
        )
        is True
    )
    (model,) = published("get_all_models")
    uuid: str = model["UUID"]
    assert (model["Name"], model["Alias"]) == ("Digits", "zip")
    _until_ok(web, uuid)
    detail = published("get_model", uuid)
    assert detail["Code"]["Size"] == _MODEL.stat().st_size
    assert detail["NamedInput"] and detail["NamedOutput"] and detail["Downloads"]
    args = (uuid, "Digits 2", "Reads them better.", "vision", "none")
    assert published("update_model", *args, path=str(_MODEL)) is True
    _until_ok(web, uuid)
    changed = web.get(f"/cpt/function/{uuid}").json()
    assert (changed["Name"], changed["OutputDriver"], changed["Alias"]) == ("Digits 2", "none", "")
    assert published("models_statistics")["Total"] == 1
    return uuid


def _devices(published: Published, web: httpx.Client, model: str) -> None:
    assert published("add_device", "Door", serial="A-1") is True
    (device,) = published("get_all_devices")
    uuid = device["UUID"]
    assert (device["Name"], device["Serial"], device["Licenses"]) == ("Door", "A-1", None)
    assert published("update_device", uuid, "Gate", runtime="srp", serial="A-2", type="CPU") is True
    assert published("assign_model_to_device", uuid, model) is True
    detail = published("get_device", uuid)
    assert (detail["Name"], detail["Runtime"], detail["Type"]) == ("Gate", "srp", "CPU")
    assert [item["FunctionUUID"] for item in detail["Functions"]] == [model]
    assert detail["Licenses"][0]["Agreement"]["Kind"] == "trial"
    assert published("devices_statistics")["Total"] == 1

    group = web.post("/dev/groups", json={"Name": "Doors"}).json()["UUID"]
    assert [item["UUID"] for item in published("get_groups")] == [group]
    assert published("add_devices_to_group", group, [uuid]) is True
    assert web.get(f"/dev/group/{group}").json()["DeviceCount"] == 1
    assert published("delete_device_from_group", uuid, group) is True
    assert web.get(f"/dev/group/{group}").json()["DeviceCount"] == 0
    assert published("delete_group", group) is True
    assert web.get(f"/dev/group/{group}").status_code == 404
    assert published("delete_device", uuid) is True
    assert web.get(f"/dev/device/{uuid}").status_code == 404


def _signed_in(server: str, password: str) -> httpx.Client:
    """A client of our own, to see what the calls did."""
    body = {"Username": EMAIL, "Password": password, "KeepLoggedIn": False}
    reply = httpx.post(f"{server}/auth/authenticate/signin", json=body)
    assert reply.status_code == 200, reply.text
    token = reply.json()["AccessToken"]
    return httpx.Client(base_url=server, headers={"Authorization": f"Bearer {token}"})


def _until_ok(web: httpx.Client, uuid: str) -> None:
    def status() -> str:
        return str(web.get(f"/cpt/function/{uuid}").json()["Status"])

    wait_until(lambda: status() != "processing", 60)
    assert status() == "ok"
