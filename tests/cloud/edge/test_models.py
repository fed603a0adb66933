"""The models of a device over HTTP: list, long poll, download."""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.services.edge.watch import Watch
from scailable.cloud.services.revisions import topic
from scailable.cloud.store import tables
from tests.cloud.fleet import Edge, assign, converted, device, made, model_file, send, uploaded
from tests.cloud.people import Person, enrolled
from tests.waiting import wait_until


def test_the_list_holds_what_the_device_needs(member: Person) -> None:
    content = model_file()
    function = converted(member, content)
    with Edge(member) as edge:
        empty = edge.http.get("/assignments")
        assert empty.json()["Assignments"] == []
        assert empty.headers["ETag"] == f'"{empty.json()["Revision"]}"'
        assign(member, f"device/{edge.uuid}", function["UUID"])
        reply = edge.http.get("/assignments", headers={"If-None-Match": empty.headers["ETag"]})
        (model,) = reply.json()["Assignments"]
        for field in ("NamedInput", "NamedOutput", "InputDriverDetails", "UpdatedAt", "Name"):
            assert model[field] == function[field]
        assert model["FunctionUUID"] == function["UUID"]
        assert model["Digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert (model["Size"], model["MimeType"]) == (
            len(content),
            "application/x-onnx; device=cpu",
        )


def test_an_unchanged_list_is_not_sent_again(member: Person) -> None:
    with Edge(member) as edge:
        tag = edge.http.get("/assignments").headers["ETag"]
        for header in (tag, f"W/{tag}", f'"other", {tag}'):
            same = edge.http.get("/assignments", headers={"If-None-Match": header})
            assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
        assert edge.http.get("/assignments", headers={"If-None-Match": '"other"'}).is_success
        edge.beat()
        assert edge.http.get("/assignments", headers={"If-None-Match": tag}).status_code == 304


def test_a_function_appears_once_it_is_converted(member: Person) -> None:
    with Edge(member) as edge:
        function = uploaded(member)
        assign(member, f"device/{edge.uuid}", function)
        tag, end = "", time.monotonic() + 60
        while not (listed := _poll(edge, tag, 30)).json()["Assignments"]:
            assert time.monotonic() < end
            tag = listed.headers["ETag"]
        assert listed.json()["Assignments"][0]["FunctionUUID"] == function


def _poll(edge: Edge, tag: str, wait: int) -> httpx.Response:
    return edge.http.get(
        "/assignments", params={"Wait": wait}, headers={"If-None-Match": tag} if tag else {}
    )


@pytest.fixture
def waiting(member: Person, each_cloud: EmbeddedCloud) -> Any:
    """Starts the long poll of a device; returns when it waits."""
    with ThreadPoolExecutor() as threads:

        def start(edge: Edge, wait: int = 30) -> "Future[tuple[httpx.Response, float]]":
            tag = edge.http.get("/assignments").headers["ETag"]
            poll = threads.submit(lambda: (_poll(edge, tag, wait), time.perf_counter()))
            wait_until(lambda: each_cloud.cloud.bells.listeners(topic(edge.uuid)))
            return poll

        yield start


Start = Callable[..., "Future[tuple[httpx.Response, float]]"]


def test_a_poll_wakes_when_a_function_is_assigned(
    member: Person, waiting: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the looks at the database, only the ring of the assignment itself can wake it.
    monkeypatch.setattr(Watch, "_look", lambda *_: None)
    function = converted(member)["UUID"]
    with Edge(member) as edge:
        poll = waiting(edge)
        assign(member, f"device/{edge.uuid}", function)
        reply, _ = poll.result(60)
        assert reply.status_code == 200
        assert [model["FunctionUUID"] for model in reply.json()["Assignments"]] == [function]


def test_a_poll_wakes_for_every_change(member: Person, waiting: Start) -> None:
    function = converted(member)["UUID"]
    with Edge(member) as edge:
        group = made(member, "/dev/groups", {"Name": "G", "Devices": [edge.uuid]})["UUID"]
        for change, names in (
            (lambda: assign(member, f"group/{group}", function), ["Digits"]),
            (lambda: send(member, to=function, Name="Renamed"), ["Renamed"]),
            (
                lambda: member.http.delete(f"/dev/device/{edge.uuid}/function/{function}"),
                [],
            ),
        ):
            poll = waiting(edge)
            change()
            listed = poll.result(30)[0].json()["Assignments"]
            assert [model["Name"] for model in listed] == names
        assign(member, f"device/{edge.uuid}", function)
        poll = waiting(edge)
        member.http.delete(f"/cpt/function/{function}")
        assert poll.result(30)[0].json()["Assignments"] == []


def test_a_poll_ends_when_the_device_is_deleted(member: Person, waiting: Start) -> None:
    with Edge(member) as edge:
        poll = waiting(edge)
        member.http.delete(f"/dev/device/{edge.uuid}")
        assert poll.result(30)[0].status_code == 401


def test_a_poll_without_a_change_ends_in_time(member: Person) -> None:
    with Edge(member) as edge:
        tag = edge.http.get("/assignments").headers["ETag"]
        begin = time.perf_counter()
        assert _poll(edge, tag, 1).status_code == 304
        assert 0.9 < time.perf_counter() - begin < 10


def test_a_change_made_by_another_process_is_seen(
    member: Person, each_cloud: EmbeddedCloud, waiting: Start
) -> None:
    with Edge(member) as edge:
        poll = waiting(edge)
        # Straight to the database: nothing rings in this process.
        with each_cloud.cloud.store.write(member.organisation) as scope:
            column = tables.devices.c.assignments_revision
            mine = tables.devices.c.uuid == edge.uuid
            scope.update(tables.devices, mine, assignments_revision=column + 1)
        assert poll.result(20)[0].status_code == 200


def test_many_devices_wait_without_threads(each_cloud: EmbeddedCloud) -> None:
    count = 50  # more than the server has threads
    with enrolled(each_cloud) as person:
        function = converted(person)["UUID"]
        edges = [Edge(person) for _ in range(count)]
        group = made(
            person, "/dev/groups", {"Name": "G", "Devices": [edge.uuid for edge in edges]}
        )["UUID"]
        woken: list[int] = []

        async def poll(client: httpx.AsyncClient, edge: Edge, tag: str) -> None:
            headers = {**edge.headers, "If-None-Match": tag}
            reply = await client.get("/edge/assignments", params={"Wait": 30}, headers=headers)
            woken.append(len(reply.json()["Assignments"]))

        async def everyone() -> None:
            limits = httpx.Limits(max_connections=count)
            async with (
                httpx.AsyncClient(base_url=person.url, timeout=40, limits=limits) as client,
                anyio.create_task_group() as tasks,
            ):
                for edge in edges:
                    tag = edge.http.get("/assignments").headers["ETag"]
                    tasks.start_soon(poll, client, edge, tag)
                bells = each_cloud.cloud.bells
                with anyio.fail_after(25):
                    while not all(bells.listeners(topic(edge.uuid)) for edge in edges):
                        await anyio.sleep(0.01)
                await anyio.to_thread.run_sync(assign, person, f"group/{group}", function)

        anyio.run(everyone)
        for edge in edges:
            edge.http.close()
    assert woken == [1] * count


def test_a_stopping_cloud_does_not_wait_for_polls(tmp_path: Any) -> None:
    with (
        ThreadPoolExecutor() as threads,
        EmbeddedCloud(tmp_path) as cloud,
        enrolled(cloud) as person,
        Edge(person) as edge,
    ):
        tag = edge.http.get("/assignments").headers["ETag"]
        poll = threads.submit(_poll, edge, tag, 30)
        wait_until(lambda: cloud.cloud.bells.listeners(topic(edge.uuid)))
        cloud.stop()
        begin = time.monotonic()
        assert poll.result(20).status_code == 304
        assert time.monotonic() - begin < 10


def test_downloads_can_be_resumed(member: Person) -> None:
    content = model_file(size=200_000)
    function = converted(member, content)["UUID"]
    with Edge(member) as edge:
        assign(member, f"device/{edge.uuid}", function)
        whole = edge.http.get(f"/models/{function}")
        assert whole.content == content
        assert whole.headers["Content-Type"] == "application/octet-stream"
        assert whole.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
        for tag, status, expected in (
            (whole.headers["ETag"], 206, content[150_000:]),
            ('"another file"', 200, content),
        ):
            headers = {"Range": "bytes=150000-", "If-Range": tag}
            rest = edge.http.get(f"/models/{function}", headers=headers)
            assert (rest.status_code, rest.content) == (status, expected)


def test_only_assigned_models_are_sent(member: Person, stranger: Person) -> None:
    mine, theirs = converted(member)["UUID"], converted(stranger)["UUID"]
    assign(member, f"device/{device(member)}", mine)
    with Edge(member) as edge:
        junk = uploaded(member, b"junk")
        assign(member, f"device/{edge.uuid}", junk)
        for function in (mine, theirs, junk):
            assert edge.http.get(f"/models/{function}").status_code == 404
        assert edge.http.get("/assignments").json()["Assignments"] == []
