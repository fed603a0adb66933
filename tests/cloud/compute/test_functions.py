"""Models over HTTP: upload, conversion, change, delete."""

import hashlib
import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.conftest import running
from tests.cloud.fleet import (
    DATA,
    Edge,
    assign,
    converted,
    device,
    model_file,
    send,
    settled,
    uploaded,
)
from tests.cloud.people import Person
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path


def blobs(cloud: EmbeddedCloud) -> set[str]:
    """The files that the cloud keeps."""
    folder = cloud.cloud.settings.data / "blobs"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_an_upload_is_answered_at_once_and_converted_afterwards(
    member: Person, each_cloud: EmbeddedCloud
) -> None:
    content = model_file(shape=(1, 3, 16, 24))
    first = send(member, content, Alias=None, Documentation="# Reads").json()
    assert (first["Status"], first["Alias"], first["NamedInput"]) == ("processing", "", None)
    assert (first["Code"]["Size"], first["Code"]["CDNURI"]) == (len(content), None)

    shown = settled(member, first["UUID"])
    assert (shown["Status"], shown["Code"]["Status"]) == ("ok", "ok")
    assert shown["NamedInput"] == [{"Name": "image-", "DataType": "FLOAT", "Shape": [1, 3, 16, 24]}]
    assert shown["NamedOutput"] == [
        {"Name": "scores-0:Cat;1:Dog;2:Owl", "DataType": "FLOAT", "Shape": [1, 3]}
    ]
    assert shown["InputDriverDetails"] == {"order": 0}
    assert shown["Organisation"] == {"UUID": member.organisation, "Name": "Acme"}
    digest = hashlib.sha256(content).hexdigest()
    assert [(each["MimeType"], each["RuntimeArch"]) for each in shown["Downloads"]] == [
        ("application/x-onnx; source=original", None),
        ("application/x-onnx; device=cpu", "cpu"),
    ]
    for each in shown["Downloads"]:
        assert (each["Size"], each["SHA256"]) == (len(content), digest)
        assert httpx.get(each["URL"]).content == content
    assert httpx.get(shown["Code"]["CDNURI"]).content == content
    assert httpx.get(shown["Code"]["CDNURI"].replace(digest, "0" * 64)).status_code == 403
    assert digest in blobs(each_cloud)


def test_a_list_shows_functions_without_their_downloads(member: Person) -> None:
    uploaded(member)
    (listed,) = member.http.get("/cpt/functions").json()
    assert "Downloads" not in listed


def test_the_file_part_may_be_called_bundle(member: Person) -> None:
    bundle = ("model.onnx", b"x", "application/octet-stream")
    parts: dict[str, Any] = {"data": (None, json.dumps(DATA)), "bundle": bundle}
    assert member.http.post("/cpt/functions", files=parts).json()["Code"]["Size"] == 1
    both: dict[str, Any] = {**parts, "file": bundle}
    assert member.http.post("/cpt/functions", files=both).status_code == 400


@pytest.mark.parametrize("filename", ["model.tflite", "onnx", "", "model.onnx.zip"])
def test_other_kinds_of_files_are_refused(member: Person, filename: str) -> None:
    refused = send(member, b"x", filename=filename)
    assert refused.status_code == 422
    assert refused.json()["Field"]["Name"] == "file"
    assert member.http.get("/cpt/functions").json() == []


def test_a_file_that_is_no_model_ends_in_error_with_the_reason(
    member: Person, each_cloud: EmbeddedCloud
) -> None:
    shown = settled(member, uploaded(member, b"<html>not found</html>"))
    assert (shown["Status"], shown["Code"]["Status"]) == ("error", "error")
    assert "web page" in shown["Code"]["Message"]
    assert str(each_cloud.cloud.settings.data) not in json.dumps(shown)
    assert (shown["NamedInput"], shown["Code"]["CDNURI"]) == (None, None)


def test_a_change_without_a_file_touches_only_what_it_names(member: Person) -> None:
    before = converted(member, Alias="zip", SourceName="GitHub", SourceUrl="https://example.com")
    after = send(member, to=before["UUID"], Name="New", Alias=None).json()
    assert (after["Name"], after["Alias"], after["Status"]) == ("New", "", "ok")
    assert after["UpdatedAt"] > before["UpdatedAt"]
    for field in set(before) - {"Name", "Alias", "UpdatedAt", "Code", "Downloads"}:
        assert after[field] == before[field], field
    assert send(member, to=before["UUID"]).json()["Name"] == "New"


def test_devices_keep_the_old_file_until_the_new_one_is_converted(
    member: Person, each_cloud: EmbeddedCloud
) -> None:
    old, new = model_file(shape=(1, 3, 7, 7)), model_file(shape=(1, 3, 9, 9))
    function = converted(member, old)["UUID"]
    with Edge(member) as edge:
        assign(member, f"device/{edge.uuid}", function)

        def digest() -> str:
            (model,) = edge.http.get("/assignments").json()["Assignments"]
            return str(model["Digest"])

        assert (
            settled(member, send(member, b"junk", to=function).json()["UUID"])["Status"] == "error"
        )
        assert digest() == f"sha256:{hashlib.sha256(old).hexdigest()}"
        assert settled(member, send(member, new, to=function).json()["UUID"])["Status"] == "ok"
        assert digest() == f"sha256:{hashlib.sha256(new).hexdigest()}"
        assert edge.http.get(f"/models/{function}").content == new
    assert settled(member, function)["NamedInput"][0]["Shape"] == [1, 3, 9, 9]
    assert hashlib.sha256(old).hexdigest() not in blobs(each_cloud)


def test_the_newest_of_two_quick_uploads_wins(member: Person) -> None:
    newest = model_file(shape=(1, 3, 12, 12))
    function = uploaded(member, model_file(shape=(1, 3, 11, 11)))
    send(member, newest, to=function)
    shown = settled(member, function)
    assert {each["SHA256"] for each in shown["Downloads"]} == {hashlib.sha256(newest).hexdigest()}
    assert shown["NamedInput"][0]["Shape"] == [1, 3, 12, 12]


def test_a_deleted_function_leaves_nothing_behind(
    member: Person, each_cloud: EmbeddedCloud
) -> None:
    content = model_file(shape=(1, 3, 13, 13))
    digest = hashlib.sha256(content).hexdigest()
    first, second = (converted(member, content)["UUID"] for _ in range(2))
    door = device(member)
    assign(member, f"device/{door}", first, second)
    assert member.http.get(f"/cpt/function/{first}").json()["DeviceCount"] == 1

    assert member.http.delete(f"/cpt/function/{first}").json() == {"Message": "Done"}
    assert member.http.get(f"/cpt/function/{first}").status_code == 404
    assert digest in blobs(each_cloud)  # the second one has the same file
    left = member.http.get(f"/dev/device/{door}/functions").json()
    assert [each["FunctionUUID"] for each in left] == [second]
    assert member.http.delete(f"/cpt/function/{second}").json() == {"Message": "Done"}
    assert digest not in blobs(each_cloud)


def test_another_organisations_function_does_not_exist(member: Person, stranger: Person) -> None:
    uuid = uploaded(member)
    path = f"/cpt/function/{uuid}"
    assert stranger.http.get(path).status_code == 404
    assert stranger.http.delete(path).status_code == 404
    assert send(stranger, to=uuid, Name="Theirs").status_code == 404
    assert stranger.http.patch(f"{path}/link", json={"EdgeImpulse": True}).status_code == 404
    assert stranger.http.get("/cpt/functions").json() == []
    assert member.http.get(path).json()["Name"] == "Digits"


def test_statistics_count_functions_and_changes(member: Person) -> None:
    none = member.http.get("/cpt/functions/statistics").json()
    assert (none["Total"], none["NumberOfEvents"], none["FirstInsertedAt"]) == (0, 0, None)
    function = converted(member)
    uploaded(member, b"junk")
    some = member.http.get("/cpt/functions/statistics").json()
    assert some["Total"] == 2
    assert some["NumberOfEvents"] == some["NumberOfEventsLast30"] == 3
    assert some["FirstInsertedAt"] == function["InsertedAt"] < some["LastInsertedAt"]


def test_configuration(member: Person, each_cloud: EmbeddedCloud) -> None:
    configuration = member.http.get("/cpt/configuration").json()
    assert configuration["MaxUploadSize"] == each_cloud.cloud.settings.max_upload_size
    assert configuration["SupportedFileTypes"] == [".onnx"]


def test_a_file_above_the_limit_is_refused_and_not_kept() -> None:
    with (
        running(max_upload_size=1000) as small,
        Person.register(small.url) as person,
    ):
        assert person.http.get("/cpt/configuration").json()["MaxUploadSize"] == 1000
        assert send(person, b"x" * 1001).status_code == 413
        assert send(person, b"x" * 5_000_000).status_code == 413
        assert blobs(small) == set()
        assert send(person, b"x" * 1000).status_code == 200


def test_an_interrupted_upload_leaves_nothing_behind(member: Person, each_cloud: Any) -> None:
    before = blobs(each_cloud)
    address = urlsplit(member.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        head = (
            "POST /cpt/functions HTTP/1.1\r\nHost: cloud\r\nContent-Length: 3000000\r\n"
            f"Authorization: Bearer {member.access}\r\n"
            "Content-Type: multipart/form-data; boundary=edge\r\n\r\n"
            '--edge\r\nContent-Disposition: form-data; name="data"\r\n\r\n'
            f"{json.dumps(DATA)}\r\n"
            '--edge\r\nContent-Disposition: form-data; name="file"; filename="m.onnx"\r\n\r\n'
        )
        connection.sendall(head.encode() + b"x" * 2_000_000)
        incoming: Path = each_cloud.cloud.blobs.incoming
        wait_until(lambda: any(incoming.iterdir()))
    wait_until(lambda: not any(incoming.iterdir()))
    assert blobs(each_cloud) == before
    assert member.http.get("/cpt/functions").json() == []
