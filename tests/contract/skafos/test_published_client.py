"""The published client, skafos 0.3.0, passes through all its functions against the cloud."""

import json
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers import python_with
from scailable import Client
from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.conftest import running
from tests.cloud.people import Person, enrolled

_CLIENT = "skafos==0.3.0"
COMPANY, APP, MODEL = "Analytical Engines", "my app", "faces"
NAMES = {"org_name": COMPANY, "app_name": APP, "model_name": MODEL}

pytestmark = pytest.mark.xdist_group("published-skafos")


@pytest.fixture(scope="module")
def cloud() -> Iterator[EmbeddedCloud]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def person(cloud: EmbeddedCloud) -> Iterator[Person]:
    with enrolled(cloud, COMPANY) as somebody:
        yield somebody


@pytest.fixture
def client(cloud: EmbeddedCloud, person: Person) -> Iterator[Client]:
    """Our own client, to see what the calls did; with an app and an empty model."""
    with Client(base_url=cloud.url, token=person.access) as ours:
        for app in ours.skafos.apps.list():
            ours.skafos.apps.delete(app, force=True)
        ours.skafos.models.create(MODEL, app=ours.skafos.apps.create(APP))
        yield ours


class Published:
    """The published client in its own process and environment."""

    def __init__(self, base_url: str, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [python_with(_CLIENT), Path(__file__).with_name("driver.py"), base_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), **environ},
        )

    def ask(self, name: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Call a function: `result` or `raised` and `words`, and what was `printed`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        request = {"call": name, "args": args, "kwargs": kwargs}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{name} ended the client"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        answer = self.ask(name, *args, **kwargs)
        assert "raised" not in answer, f"{name} raised {answer['raised']}: {answer['words']}"
        return answer["result"]

    def raised(self, name: str, *args: Any, **kwargs: Any) -> tuple[str, str]:
        """The error of a call: its class and its words."""
        answer = self.ask(name, *args, **kwargs)
        assert "raised" in answer, f"{name} returned {answer['result']}"
        return answer["raised"], answer["words"]

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(params=["API token", "access token"])
def token(request: pytest.FixtureRequest, client: Client, person: Person) -> str:
    if request.param == "access token":
        return person.access
    return client.skafos.tokens.create("the published client").token


def started(cloud: EmbeddedCloud, folder: Path, **environ: str) -> Iterator[Published]:
    published = Published(cloud.url, folder, environ)
    try:
        yield published
    finally:
        published.close()


@pytest.fixture
def published(
    cloud: EmbeddedCloud, client: Client, token: str, tmp_path: Path
) -> Iterator[Published]:
    (tmp_path / "a.bin").write_bytes(b"first")
    (tmp_path / "parts" / "deep").mkdir(parents=True)
    (tmp_path / "parts" / "deep" / "b.txt").write_text("second")
    yield from started(
        cloud,
        tmp_path,
        SKAFOS_API_TOKEN=token,
        SKAFOS_ORG_NAME=COMPANY,
        SKAFOS_APP_NAME=APP,
        SKAFOS_MODEL_NAME=MODEL,
    )


def content(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_function_works(published: Published, client: Client) -> None:
    folder = published.folder
    assert re.fullmatch(r"[\d.]+", published("get_version").strip())
    assert published("models.list_versions") == []

    first = published("models.upload_version", "a.bin", description="d" * 255)
    assert (first["version"], first["name"], first["description"]) == (1, MODEL, "d" * 255)
    assert first["model"]["name"] == MODEL
    second = published("models.upload_version", ["a.bin", "parts"], verbose=False)
    assert (second["version"], second["description"]) == (2, None)

    listed = published("models.list_versions")
    assert [each["version"] for each in listed] == [1, 2]
    assert set(listed[0]) == {"version", "name", "updated_at", "description"}

    published("models.fetch_version")
    assert content(folder / "faces.zip") == {"a.bin": b"first", "parts/deep/b.txt": b"second"}
    (folder / "faces.zip").unlink()
    published("models.fetch_version", 1)
    assert content(folder / "faces.zip") == {"a.bin": b"first"}

    # The one name under which it sends an archive as it is.
    third = published("models.upload_version", "faces.zip")
    assert third["version"] == 3
    latest = client.skafos.get(app=APP, model=MODEL)
    assert latest.size == (folder / "faces.zip").stat().st_size

    environments = published("models.list_environments")
    assert [each["name"] for each in environments] == ["dev", "prod"]
    assert [each["device_count"] for each in environments] == [0, 0]
    for arguments, told in (((), "version 3."), ((2, "prod"), "version 2."), ((1,), "version 1.")):
        answer = published.ask("models.deploy_version", *arguments)
        assert answer["printed"].strip().endswith(told)
    dev, prod = client.skafos.environments(app=APP, model=MODEL)
    assert [each.version for each in dev.deployments] == [1, 3]
    assert [each.version for each in prod.deployments] == [2]

    assert published("summary") == [NAMES]
    [model] = published("summary", compact=True)[COMPANY][APP]
    assert model["name"] == MODEL
    assert set(model) == {"name", "updated_at"}


@pytest.mark.parametrize(
    "call",
    ["upload_version", "list_versions", "fetch_version", "list_environments", "deploy_version"],
)
def test_what_it_raises(published: Published, call: str) -> None:
    arguments = ["a.bin"] if call == "upload_version" else []

    def raised(**names: str) -> str:
        return published.raised(f"models.{call}", *arguments, **names)[0]

    assert raised(skafos_api_token="skafos_" + "x" * 43) == "InvalidTokenError"
    absent = "DownloadFailedError" if call == "fetch_version" else "InvalidParamError"
    assert raised(org_name="Nobody") == absent
    assert raised(app_name="nothing") == absent
    assert raised(model_name="nothing") == absent


def test_names_with_blanks(published: Published, client: Client) -> None:
    """The client does not quote them; its HTTP library escapes the blanks."""
    client.skafos.models.create("two faces", app=APP)
    uploaded = published("models.upload_version", "parts", model_name="two faces")
    assert (uploaded["version"], uploaded["name"]) == (1, "two faces")
    listed = published("models.list_versions", model_name="two faces")
    assert [each["version"] for each in listed] == [1]
    assert published("models.list_versions") == []  # of the other model
    published("models.fetch_version", model_name="two faces")
    [saved] = published.folder.glob("*.zip")
    assert saved.name == "two faces.zip"
    assert content(saved) == {"parts/deep/b.txt": b"second"}
    answer = published.ask("models.deploy_version", model_name="two faces")
    assert answer["printed"].strip().endswith("version 1.")
    names = [each["model_name"] for each in published("summary")]
    assert sorted(names) == [MODEL, "two faces"]


@pytest.mark.parametrize("name", ["download", "deploy"])
def test_names_that_are_words_of_addresses(published: Published, client: Client, name: str) -> None:
    """The client looks for these words in the address, and says then what it thinks it means."""
    client.skafos.models.create(name, app=APP)
    assert published("models.upload_version", "a.bin", model_name=name)["version"] == 1
    published("models.fetch_version", 1, model_name=name)
    assert content(published.folder / f"{name}.zip") == {"a.bin": b"first"}


@pytest.mark.parametrize(
    ("call", "arguments", "names", "kind", "words"),
    [
        ("upload_version", ["absent.bin"], {}, "InvalidParamError", "unable to find"),
        ("upload_version", ["fake.zip"], {}, "InvalidParamError", ""),
        ("upload_version", ["a.bin"], {"description": "d" * 256}, "InvalidParamError", "255"),
        ("fetch_version", ["1"], {}, "InvalidParamError", ""),
        ("list_versions", [], {"skafos_api_token": None}, "InvalidTokenError", "Missing"),
        ("list_versions", [], {"org_name": None}, "InvalidParamError", "Missing"),
        ("list_versions", [], {"app_name": None}, "InvalidParamError", "Missing"),
        ("list_versions", [], {"model_name": None}, "InvalidParamError", "Missing"),
    ],
)
def test_what_it_refuses_itself(
    published: Published,
    client: Client,
    call: str,
    arguments: list[str],
    names: dict[str, str | None],
    kind: str,
    words: str,
) -> None:
    (published.folder / "fake.zip").write_bytes(b"no archive")
    raised, told = published.raised(f"models.{call}", *arguments, **names)
    assert (raised, words in told) == (kind, True), told
    assert list(client.skafos.list(app=APP, model=MODEL)) == []
    uploads = list(client.skafos.list(app=APP, model=MODEL, completed=False))
    assert uploads == []  # nothing was begun either


def test_a_token_that_was_deleted(cloud: EmbeddedCloud, client: Client, tmp_path: Path) -> None:
    made = client.skafos.tokens.create("short-lived")
    (tmp_path / "a.bin").write_bytes(b"first")
    every = NAMES | {"skafos_api_token": made.token}
    for published in started(cloud, tmp_path):
        assert published("models.upload_version", "a.bin", **every)["version"] == 1
        client.skafos.tokens.delete(made)
        for call, arguments in (
            *(("upload_version", ["a.bin"]), ("list_versions", []), ("fetch_version", [])),
            *(("list_environments", []), ("deploy_version", [])),
        ):
            raised = published.raised(f"models.{call}", *arguments, **every)
            assert raised == ("InvalidTokenError", "Invalid Skafos API Token")
        assert published.raised("summary", made.token)[0] == "InvalidTokenError"


def test_what_it_raises_of_versions(published: Published) -> None:
    assert published.raised("models.fetch_version")[0] == "DownloadFailedError"
    kind, words = published.raised("models.deploy_version")
    assert (kind, words) == (
        "DeployFailedError",
        "Deploy model version failed. The model faces has no version yet.",
    )
    published("models.upload_version", "a.bin")
    assert published.raised("models.fetch_version", 7)[0] == "DownloadFailedError"
    kind, words = published.raised("models.deploy_version", 7)
    assert (kind, words[-29:]) == ("DeployFailedError", "model faces has no version 7.")
    kind, words = published.raised("models.deploy_version", environment="staging")
    assert kind == "DeployFailedError"
    assert "no environment staging, only dev and prod." in words
    published("models.fetch_version")
    assert published.raised("models.fetch_version")[0] == "InvalidParamError"  # it is there already
    assert published.raised("summary", "skafos_" + "x" * 43)[0] == "InvalidTokenError"
    assert len(published("models.list_versions")) == 1
