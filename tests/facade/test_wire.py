"""What is sent, and how answers of a service that behaves otherwise are taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from scailable import JobFailed, NotFound, ServerError, ValidationError, WaitTimeout
from tests.runtime.conftest import RecordingClock
from tests.runtime.server import reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.runtime.server import Answer, Handler, Server

MODEL = UUID("6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11")
OTHER = UUID("0f0a4cf6-33a3-4f2e-9a55-7d1f3b6f2c22")


@pytest.fixture
def client(connect: Callable[..., Any], server: Server) -> Any:
    return connect(base_url=server.url, token="abc")


def license_json(number: int) -> dict[str, Any]:
    when = "2026-01-31T12:00:00Z"
    return {
        "UUID": str(UUID(int=number)),
        "LicenseKey": str(UUID(int=number)),
        "Agreement": {"Kind": "trial", "Name": "", "Provides": [], "PublishedAt": when},
        "StartsAt": when,
        "ExpiresAt": when,
        "DeviceUUID": None,
    }


def query(path: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(path).query))


def serve_list(
    server: Server, count: int, *, most: int = 1000, least: int = 0, total: bool = True
) -> None:
    """A list of `count` items that gives from `least` to `most` of them at once."""

    def answer(handler: Handler) -> None:
        handler.take()
        asked = query(handler.path)
        offset = int(asked["Offset"])
        size = max(least, min(most, int(asked["Limit"])))
        items = [license_json(number) for number in range(count)[offset : offset + size]]
        headers = {"Content-Type": "application/json"}
        if total:
            headers["X-Pagination-Records"] = str(count)
        handler.give(200, json.dumps(items).encode(), headers)

    server.default = answer


def numbers(page: Any) -> list[int]:
    return [item.uuid.int for item in page]


# --- pages ---------------------------------------------------------------------------------------


def test_nothing_is_fetched_before_it_is_needed(client: Any, server: Server) -> None:
    serve_list(server, 5)
    page = client.licenses.list(page_size=2)
    assert server.seen == []
    for item in page:
        if item.uuid.int == 2:
            break
    assert [query(seen.path)["Offset"] for seen in server.seen] == ["0", "2"]
    assert page.next_offset == 3
    assert numbers(client.licenses.list(offset=page.next_offset)) == [3, 4]


def test_total_and_the_first_page_are_one_request(client: Any, server: Server) -> None:
    serve_list(server, 3)
    page = client.licenses.list(page_size=2)
    assert page.total == 3
    assert numbers(page) == [0, 1, 2]
    assert len(server.seen) == 2
    assert numbers(page) == [0, 1, 2]
    assert len(server.seen) == 4


def test_first_fetches_one(client: Any, server: Server) -> None:
    serve_list(server, 3)
    assert client.licenses.list(offset=1).first().uuid.int == 1
    assert query(server.seen[0].path) == {"Offset": "1", "Limit": "1"}
    assert client.licenses.list(offset=3).first() is None
    assert client.licenses.list(limit=0).first() is None


@pytest.mark.parametrize("total", [True, False])
@pytest.mark.parametrize(("most", "least"), [(1000, 0), (1000, 5)])
def test_all_items_come_once(
    client: Any, server: Server, total: bool, most: int, least: int
) -> None:
    serve_list(server, 7, most=most, least=least, total=total)
    assert numbers(client.licenses.list(page_size=3)) == list(range(7))
    assert numbers(client.licenses.list(page_size=3, limit=4)) == [0, 1, 2, 3]
    assert numbers(client.licenses.list(page_size=3, limit=6, offset=1)) == [1, 2, 3, 4, 5, 6]
    assert numbers(client.licenses.list(page_size=3, limit=0)) == []
    assert client.licenses.list().total == (7 if total else None)


def test_a_service_with_smaller_pages_than_asked(client: Any, server: Server) -> None:
    serve_list(server, 7, most=2)
    assert numbers(client.licenses.list(page_size=5)) == list(range(7))


def test_a_list_that_shrinks_ends(client: Any, server: Server) -> None:
    headers = {"X-Pagination-Records": "100"}
    server.then(reply([license_json(0)], headers=headers), reply([], headers=headers))
    assert numbers(client.licenses.list(page_size=1)) == [0]


@pytest.mark.parametrize("wrong", [{"offset": -1}, {"limit": -1}, {"page_size": 1001}])
def test_spans_that_cannot_be(client: Any, wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        client.licenses.list(**wrong)


def test_an_error_on_a_later_page_is_raised(client: Any, server: Server) -> None:
    server.then(
        reply([license_json(0)], headers={"X-Pagination-Records": "2"}),
        reply({"Message": "No"}, status=404),
    )
    page = client.licenses.list(page_size=1)
    with pytest.raises(NotFound):
        page.to_list()
    assert page.next_offset == 1


def test_catalogues_come_in_one_answer(client: Any, server: Server) -> None:
    organisation = {"UUID": str(OTHER), "Name": "O"}
    all_of_them = [
        {"UUID": str(UUID(int=number)), "Name": "", "Organisation": organisation}
        for number in range(300)
    ]
    server.default = reply(all_of_them)
    assert numbers(client.catalogues.list()) == list(range(300))


# --- what is sent --------------------------------------------------------------------------------


def test_every_filter_of_models_is_sent_as_documented(client: Any, server: Server) -> None:
    server.default = reply([])
    client.models.list(
        q="a b",
        status="ok",
        catalogue=MODEL,
        ids=[MODEL, str(OTHER)],
        source_name="s",
        source_url="u",
        width=(200, None),
        height=(100, 200),
        runtime_arch="cpu",
        input="image",
        output="scores",
        licensed_catalogues=[OTHER],
        order_by=["name", "-updated_at"],
        limit=7,
        offset=3,
    ).to_list()
    assert parse_qsl(urlsplit(server.seen[0].path).query) == [
        ("Offset", "3"),
        ("Limit", "7"),
        ("OrderBy", "Name,-UpdatedAt"),
        ("q", "a b"),
        ("Status", "ok"),
        ("Catalogue", str(MODEL)),
        ("LicensedCatalogue", str(OTHER)),
        ("Functions", str(MODEL)),
        ("Functions", str(OTHER)),
        ("SourceName", "s"),
        ("SourceUrl", "u"),
        ("Width", "200-"),
        ("Height", "100-200"),
        ("RuntimeArch", "cpu"),
        ("OutputProperty", "scores"),
        ("InputProperty", "image"),
    ]


def test_an_empty_list_of_ids_is_not_no_filter(client: Any, server: Server) -> None:
    server.default = reply([])
    client.models.list(ids=[]).to_list()
    assert query(server.seen[0].path)["Functions"] == str(UUID(int=0))


def test_an_update_sends_null_only_for_none(client: Any, server: Server) -> None:
    server.default = reply({"Message": "No"}, status=404)
    with pytest.raises(NotFound):
        client.devices.update(MODEL, serial=None)
    with pytest.raises(NotFound):
        client.models.update(MODEL, alias=None, catalogues=[])
    assert json.loads(server.seen[0].body) == {"Serial": None}
    assert b'{"Alias": null, "Catalogues": []}' in server.seen[1].body
    assert b"filename" not in server.seen[1].body


def test_every_call_takes_a_timeout_and_sends_the_token(client: Any, server: Server) -> None:
    server.default = reply({"Features": {}, "MaxUploadSize": 1, "SupportedFileTypes": []})
    client.models.configuration(timeout=3)
    assert server.seen[0].headers["authorization"] == "Bearer abc"


def test_a_wrong_uuid_is_told_before_anything_is_sent(client: Any, server: Server) -> None:
    for act in (client.models.get, client.devices.delete, client.groups.get):
        with pytest.raises(ValidationError, match="'digits' is not a UUID"):
            act("digits")
    with pytest.raises(ValidationError):
        client.devices.get(object())
    with pytest.raises(ValidationError):
        client.groups.create("Lobby", str(MODEL))
    assert server.seen == []


# --- waiting -------------------------------------------------------------------------------------


def model_json(status: str, code: str = "", message: str | None = None) -> dict[str, Any]:
    when = "2026-01-31T12:00:00Z"
    return {
        "UUID": str(MODEL),
        "Name": "digits",
        "Alias": "",
        "Documentation": "",
        "Status": status,
        "InputDriver": "vision",
        "InputDriverDetails": {},
        "OutputDriver": "",
        "OutputDriverDetails": {},
        "NamedInput": None,
        "NamedOutput": None,
        "Catalogues": [],
        "Code": {"Size": 1, "Status": code or status, "CDNURI": None, "Message": message},
        "Source": {"Name": None, "Url": None},
        "SyncInformation": {},
        "InsertedAt": when,
        "UpdatedAt": when,
        "Organisation": {"UUID": str(OTHER), "Name": "O"},
        "DeviceCount": 0,
        "Downloads": [],
    }


def model(status: str, code: str = "", message: str | None = None) -> Answer:
    return reply(model_json(status, code, message))


@pytest.fixture
def clock(client: Any) -> RecordingClock:
    clock = RecordingClock()
    transport = client.transport
    getattr(transport, "_target", transport).clock = clock
    return clock


def test_wait_asks_at_growing_intervals(client: Any, server: Server, clock: RecordingClock) -> None:
    server.then(*[model("processing")] * 12, model("ok", "processing"), model("ok"))
    states: list[tuple[str, str]] = []
    ready = client.models.wait(MODEL, on_update=lambda m: states.append((m.status, m.code.status)))
    assert ready.status == "ok"
    assert states == [("processing", "processing"), ("ok", "processing"), ("ok", "ok")]
    assert [round(wait, 2) for wait in clock.waits[:4]] == [0.2, 0.3, 0.45, 0.68]
    assert max(clock.waits) == 5.0
    assert clock.waits == sorted(clock.waits)


def test_wait_ends_when_the_time_is_up(client: Any, server: Server, clock: RecordingClock) -> None:
    server.default = model("some new word")
    with pytest.raises(WaitTimeout, match="'some new word' after 10 s") as late:
        client.models.wait(MODEL, timeout=10)
    assert late.value.last.name == "digits"
    assert clock.passed == pytest.approx(10)


def test_wait_gives_the_reason_of_a_failure(client: Any, server: Server) -> None:
    server.default = model("error", message="Op Scan is not supported.")
    with pytest.raises(JobFailed, match="Op Scan is not supported") as failed:
        client.models.wait(MODEL)
    assert failed.value.reason == "Op Scan is not supported."


def test_wait_rides_out_a_service_in_trouble_but_not_at_first(
    client: Any, server: Server, clock: RecordingClock
) -> None:
    trouble = reply({"Message": "restarting"}, status=500)
    server.then(model("processing"), trouble, trouble, model("ok"))
    assert client.models.wait(MODEL).status == "ok"
    server.then(trouble)
    with pytest.raises(ServerError):
        client.models.wait(MODEL)
    server.then(model("processing"))
    server.default = trouble
    with pytest.raises(WaitTimeout) as late:
        client.models.wait(MODEL, timeout=20)
    assert isinstance(late.value.__cause__, ServerError)


def test_wait_does_not_ride_out_a_deleted_model(
    client: Any, server: Server, clock: RecordingClock
) -> None:
    server.then(model("processing"), reply({"Message": "gone"}, status=404))
    with pytest.raises(NotFound):
        client.models.wait(MODEL)
