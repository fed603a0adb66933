"""Versions of models through the facade: uploads that complete, clean up or go on."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from scailable_api.skafos import models as schemas
from scailable_api.skafos.api import model_version

from scailable import Client
from scailable.archive.packing import plan
from scailable.archive.reading import ArchiveRefused
from scailable.archive.zipped import ZipSource
from scailable.errors import (
    BadRequest,
    Conflict,
    IntegrityError,
    NotFound,
    PermissionDenied,
    TooLarge,
    Unauthenticated,
    UploadIncomplete,
    ValidationError,
)
from scailable.runtime.call import BytesBody
from tests.digits import DIGITS
from tests.facade.home import settings_in
from tests.runtime.server import reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scailable.cloud.embedded import EmbeddedCloud
    from tests.facade.home import Home
    from tests.runtime.server import Server

FACES = {"app": "doors", "model": "faces"}


@pytest.fixture
def skafos(client: Any, home: dict[str, Any]) -> Any:
    """`client.skafos`, sync or async, with the app `doors` and its empty model `faces`."""
    return client.skafos


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "net"
    folder.mkdir()
    shutil.copyfile(DIGITS, folder / "net.onnx")
    (folder / "labels.txt").write_text("one\n")
    return folder


def pending(skafos: Any) -> list[Any]:
    return list(skafos.list(completed=False, **FACES))


# --- uploads --------------------------------------------------------------------------------------


def test_an_upload_from_begin_to_end(skafos: Any, files: Path, tmp_path: Path) -> None:
    begun: list[Any] = []
    seen: list[tuple[int, int]] = []
    version = skafos.upload(
        files,
        "First try.",
        on_start=begun.append,
        on_progress=lambda *sent: seen.append(sent),
        **FACES,
    )
    assert begun == [version.id]
    assert seen[-1] == (version.size, version.size)
    assert (version.version, version.description) == (1, "First try.")
    saved = skafos.fetch(version, tmp_path / "one.zip")
    with zipfile.ZipFile(saved) as archive:
        assert archive.namelist() == ["net/labels.txt", "net/net.onnx"]
    assert skafos.upload([str(files)], **FACES).sha256 == version.sha256
    assert pending(skafos) == []


def test_an_archive_is_sent_as_it_is(skafos: Any, tmp_path: Path) -> None:
    ready = tmp_path / "ready.zip"
    with zipfile.ZipFile(ready, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "a" * 1000)
    version = skafos.upload(ready, **FACES)
    assert version.size == ready.stat().st_size
    nested = skafos.upload([ready, DIGITS], **FACES)
    assert nested.size > ready.stat().st_size + DIGITS.stat().st_size
    ready.write_bytes(b"no archive")
    with pytest.raises(ArchiveRefused):
        skafos.upload(ready, **FACES)
    assert [each.version for each in skafos.list(**FACES)] == [1, 2]
    assert pending(skafos) == []


def test_what_was_refused_leaves_nothing(skafos: Any, files: Path, tmp_path: Path) -> None:
    (files / "link").symlink_to(files / "labels.txt")
    with pytest.raises(ValidationError, match="symbolic link"):
        skafos.upload(files, **FACES)
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(5_000_000)  # more than this cloud takes
    with pytest.raises(TooLarge):
        skafos.upload(large, **FACES)
    with pytest.raises(NotFound, match="no model plates"):
        skafos.upload(large, app="doors", model="plates")
    assert pending(skafos) == []
    assert list(skafos.list(**FACES)) == []


@pytest.mark.parametrize("trouble", ["interrupt", "change"])
def test_what_breaks_off_for_good_is_cleaned_up(skafos: Any, files: Path, trouble: str) -> None:
    def stop(sent: int, total: int) -> None:
        if trouble == "interrupt":
            raise KeyboardInterrupt
        with (files / "net.onnx").open("ab") as file:
            file.write(b"more")

    (files / "net.onnx").write_bytes(bytes(1 << 20))  # more than goes out at once
    kind = KeyboardInterrupt if trouble == "interrupt" else IntegrityError
    with pytest.raises(kind):
        skafos.upload(files, on_progress=stop, **FACES)
    assert pending(skafos) == []
    assert list(skafos.list(**FACES)) == []


def begun_elsewhere(ada: Home, content: bytes | None) -> str:
    """An upload of which a killed process made the first call, or the first two."""
    ours = ada.client
    begun = model_version.create_version.sync(
        "Analytical",
        "doors",
        "faces",
        client=ours.api.skafos,
        body=schemas.VersionInput(filename="faces.zip"),
    )
    if content is not None:
        ours.transport.put_url(begun.presigned_url, BytesBody(content))
    return str(begun.model_version_id)


def test_what_has_arrived_is_not_sent_again(skafos: Any, ada: Home, files: Path) -> None:
    content = b"".join(ZipSource(plan([files]), name="faces.zip"))
    upload = begun_elsewhere(ada, content)
    sent: list[int] = []
    version = skafos.upload(
        files, resume=upload, on_progress=lambda done, total: sent.append(done), **FACES
    )
    assert (str(version.id), version.version, sent) == (upload, 1, [])
    # It is complete: resuming it again changes nothing.
    assert skafos.upload(files, resume=upload, **FACES).version == 1
    assert pending(skafos) == []


@pytest.mark.parametrize("arrived", [None, b"something else"])
def test_what_has_not_arrived_is_sent(
    skafos: Any, ada: Home, files: Path, arrived: bytes | None
) -> None:
    upload = begun_elsewhere(ada, arrived)
    sent: list[int] = []
    version = skafos.upload(
        files, resume=upload, on_progress=lambda done, total: sent.append(done), **FACES
    )
    assert (str(version.id), sent[-1]) == (upload, version.size)


def test_resuming_what_is_not_there(skafos: Any, files: Path) -> None:
    with pytest.raises(NotFound, match="no model version"):
        skafos.upload(files, resume=uuid4(), **FACES)
    with pytest.raises(ValidationError, match="which is a UUID"):
        skafos.upload(files, resume="first", **FACES)


def test_a_broken_connection_says_how_to_go_on(
    connect: Callable[..., Any], server: Server, files: Path
) -> None:
    """A service that fails at the second call, and goes on failing."""
    upload = uuid4()
    begun = {
        "model_version_id": str(upload),
        "filepath": "o/a/m/faces.zip",
        "presigned_url": f"{server.url}/storage?X-Amz-Signature=hush",
        "expires_at": "2026-01-31T12:00:00Z",
    }
    server.then(reply(begun, 201))
    server.default = reply(status=500)
    ours = connect(base_url=server.url, token="abc")
    with pytest.raises(UploadIncomplete) as caught:
        ours.skafos.upload(files, organization="o", **FACES)
    assert caught.value.upload_id == str(upload)
    assert f"resume='{upload}'" in str(caught.value)
    assert "hush" not in str(caught.value) + repr(caught.value.__cause__)
    methods = [seen.method for seen in server.seen]
    assert methods == ["POST", "PUT"]  # nothing was deleted
    first, second = server.seen
    assert first.headers["x-api-token"] == "abc"
    assert second.headers["x-api-token"] is None
    assert second.headers["authorization"] is None
    assert int(second.headers["content-length"] or 0) == len(second.body)


# --- downloads ------------------------------------------------------------------------------------


def test_downloads(skafos: Any, files: Path, tmp_path: Path, monkeypatch: Any) -> None:
    version = skafos.upload(files, **FACES)
    monkeypatch.chdir(tmp_path)
    assert skafos.fetch(version).name == "faces.zip"
    assert skafos.fetch(1, **FACES).name == "faces.zip"  # the same file is there already
    (tmp_path / "faces.zip").write_bytes(b"mine")
    with pytest.raises(ValidationError, match="is another file"):
        skafos.fetch(version)
    assert (tmp_path / "faces.zip").read_bytes() == b"mine"
    folder = skafos.fetch("latest", unzip=True, **FACES)
    assert folder.name == "faces-1"
    assert (folder / "net" / "net.onnx").read_bytes() == DIGITS.read_bytes()
    with pytest.raises(ValidationError, match="is there already"):
        skafos.fetch(version, unzip=True)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name[0] == ".") == []


def test_an_archive_that_would_do_harm_is_not_unpacked(
    skafos: Any, ada: Home, tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile.zip"
    with zipfile.ZipFile(hostile, "w") as archive:
        archive.writestr("../evil", "x")
    upload = begun_elsewhere(ada, hostile.read_bytes())  # as the published client may send it
    with pytest.raises(ArchiveRefused, match="leads out"):
        skafos.upload(hostile, **FACES)
    shown = model_version.resume_version.sync(
        "Analytical", "doors", "faces", upload, client=ada.client.api.skafos
    )
    model_version.complete_version.sync(
        "Analytical",
        "doors",
        "faces",
        upload,
        client=ada.client.api.skafos,
        body=schemas.VersionCompletion(filepath=shown.filepath),
    )
    with pytest.raises(ArchiveRefused, match="leads out"):
        skafos.fetch(1, tmp_path / "out", unzip=True, **FACES)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path.parent / "evil").exists()
    assert skafos.fetch(1, tmp_path / "as-it-is.zip", **FACES).is_file()


# --- where ----------------------------------------------------------------------------------------


def test_objects_know_where_they_belong(skafos: Any, files: Path) -> None:
    [app] = list(skafos.apps.list())
    [model] = list(skafos.models.list(app=app))
    version = skafos.upload(files, model=model)
    assert skafos.get(version).id == version.id
    assert skafos.get(version.id, model=model).id == version.id
    assert [each.id for each in skafos.list(model=model)] == [version.id]
    assert skafos.deploy(version) == 1
    assert skafos.deploy(str(version.id), "prod", model=model) == 1
    dev, prod = skafos.environments(model=model)
    assert [each.deployments[0].version for each in (dev, prod)] == [1, 1]
    with pytest.raises(Conflict):
        skafos.delete(version)
    skafos.delete(version, force=True)


def test_names_come_from_the_environment_and_the_profile(
    connect: Callable[..., Any], ada: Home, home: dict[str, Any], files: Path, own_settings: Path
) -> None:
    url = ada.client.settings.base_url.value
    token = ada.client.skafos.tokens.create("t").token
    own_settings.mkdir(exist_ok=True)
    (own_settings / "config.toml").write_text('[profiles.default.skafos]\napp = "doors"\n')
    with pytest.raises(ValidationError, match="which model"):
        connect(base_url=url).skafos.upload(files)
    with settings_in(own_settings, url=url) as patch:
        patch.setenv("SKAFOS_API_TOKEN", token)
        patch.setenv("SKAFOS_MODEL_NAME", "faces")
        patch.setenv("SKAFOS_ORG_NAME", "Analytical")
        program = connect()
        assert program.skafos.upload(files).version == 1
        assert program.skafos.get().version == 1
        # The token is for Skafos alone; and one that is given counts more.
        with pytest.raises(Exception, match="Nobody is signed in"):
            program.models.statistics()
        with pytest.raises(Unauthenticated):
            connect(token="another").skafos.get()
        assert token not in repr(program.settings) + repr(program)


@pytest.mark.parametrize("wrong", [0, -1, True, "", "first", 1.5, None])
def test_what_is_no_version(skafos: Any, wrong: Any) -> None:
    with pytest.raises(ValidationError, match="is not a version"):
        skafos.get(wrong, **FACES)


def test_what_is_not_there(skafos: Any, files: Path) -> None:
    skafos.upload(files, **FACES)
    for arguments, words in (
        ({"version": 7, **FACES}, "no version 7"),
        ({"app": "gates", "model": "faces"}, "no app gates"),
        ({"organization": "Nobody", **FACES}, "no organization Nobody"),
    ):
        with pytest.raises(NotFound, match=words):
            skafos.get(**arguments)
    with pytest.raises(BadRequest, match="no version 7"):
        skafos.deploy(7, **FACES)
    with pytest.raises(BadRequest, match="no environment staging"):
        skafos.deploy(1, "staging", **FACES)


# --- tokens, and what a version is good for -------------------------------------------------------


def test_an_api_token_cannot_make_another(
    connect: Callable[..., Any], ada: Home, home: dict[str, Any], cloud: EmbeddedCloud
) -> None:
    made = ada.client.skafos.tokens.create("t")
    assert made.token not in repr(made)
    program = connect(base_url=cloud.url, token=made.token)
    assert [each.model for each in program.skafos.summary()] == ["faces"]
    with pytest.raises(PermissionDenied, match="sign in for that"):
        program.skafos.tokens.create("more")
    assert program.request("GET", "/skafos/v2/organizations").status == 200


def test_a_version_becomes_a_model(client: Any, skafos: Any, files: Path, tmp_path: Path) -> None:
    version = skafos.upload(files, **FACES)
    before = set(tmp_path.iterdir())
    model = client.models.upload(from_version=version)
    assert (model.name, model.source.name) == ("faces", "Skafos: doors/faces 1")
    assert model.source.url == f"urn:uuid:{version.id}"
    assert client.models.wait(model, timeout=60).status == "ok"
    assert set(tmp_path.iterdir()) == before
    named = client.models.upload(
        name="mine", from_version=version, member="net.onnx", source_name="elsewhere"
    )
    assert (named.name, named.source.name) == ("mine", "elsewhere")
    with pytest.raises(ValidationError, match=r"none is 'other\.onnx'") as caught:
        client.models.upload(from_version=version, member="other.onnx")
    assert "net/net.onnx" in str(caught.value)
    for arguments in ((), (DIGITS,)):
        with pytest.raises(ValidationError, match="a file or from a version"):
            client.models.upload(*arguments, **({"from_version": version} if arguments else {}))


def test_a_version_without_a_model(client: Any, skafos: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    version = skafos.upload(tmp_path / "notes.txt", **FACES)
    with pytest.raises(ValidationError, match="none is an ONNX file"):
        client.models.upload(from_version=version)


def test_the_client_of_the_embedded_cloud_needs_no_settings(files: Path) -> None:
    with Client.embedded() as ours:
        ours.skafos.models.create("m", app=ours.skafos.apps.create("a"))
        assert ours.skafos.upload(files, app="a", model="m").version == 1
