"""Devices over HTTP."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.cloud.fleet import NIL, Edge, announce, assign, collect, device, made, uploaded
from tests.cloud.people import Person

if TYPE_CHECKING:
    import httpx


def test_a_new_device_has_a_trial_license_of_90_days(member: Person) -> None:
    shown = made(member, "/dev/devices", {"Name": "Door", "RegistrationToken": None})
    assert (shown["Serial"], shown["Runtime"], shown["Type"]) == (None, None, None)
    assert shown["OnlineStatus"] == {"Online": False, "OnlineAt": None}
    assert (shown["FunctionCount"], shown["Groups"], shown["Functions"]) == (0, None, [])
    (license,) = shown["Licenses"]
    assert license["Agreement"]["Kind"] == "trial"
    assert license["Agreement"]["Name"] == "AI Manager License"
    starts, ends = (datetime.fromisoformat(license[k]) for k in ("StartsAt", "ExpiresAt"))
    assert ends - starts == timedelta(days=90)
    assert member.http.get(f"/dev/device/{shown['UUID']}").json() == shown
    (listed,) = member.http.get("/dev/devices").json()
    assert listed == {
        **{key: value for key, value in shown.items() if key != "Functions"},
        "Licenses": None,
    }


def test_an_update_touches_only_what_it_names(member: Person) -> None:
    uuid = device(member, Serial="A-1", Type="CPU")
    path = f"/dev/device/{uuid}"
    assert member.http.patch(path, json={"Name": "Gate"}).json()["Serial"] == "A-1"
    changed = member.http.patch(path, json={"Serial": None, "Runtime": "srp-runtime"}).json()
    assert [changed[key] for key in ("Name", "Serial", "Runtime", "Type")] == [
        *("Gate", None, "srp-runtime", "CPU")
    ]


def test_lists_are_filtered_ordered_and_paged(member: Person) -> None:
    uuids = {name: device(member, Name=name, Serial=f"S-{name}") for name in ("ant", "bee", "Cat")}
    group = made(member, "/dev/groups", {"Name": "G", "Devices": [uuids["ant"]]})["UUID"]
    function = uploaded(member)
    assign(member, f"device/{uuids['bee']}", function)
    for params, names in (
        ({"OrderBy": "-InsertedAt"}, ["Cat", "bee", "ant"]),
        ({"q": "CA"}, ["Cat"]),
        ({"q": "s-b"}, ["bee"]),
        ({"Group": group}, ["ant"]),
        ({"Group": NIL}, []),
        ({"Function": function}, ["bee"]),
        ({"Limit": "1", "Offset": "1"}, ["bee"]),
    ):
        listed = member.http.get("/dev/devices", params=params).json()
        assert [item["Name"] for item in listed] == names, params
    page = member.http.get("/dev/devices", params={"Limit": 1})
    assert page.headers["X-Pagination-Records"] == "3"


def test_statistics(member: Person) -> None:
    assert member.http.get("/dev/devices/statistics").json()["Total"] == 0
    first, second = device(member), device(member)
    member.http.patch(f"/dev/device/{first}", json={"Name": "Gate"})
    member.http.delete(f"/dev/device/{second}")
    shown = member.http.get("/dev/devices/statistics").json()
    assert (shown["Total"], shown["NumberOfEvents"]) == (1, 4)
    assert shown["FirstInsertedAt"] == shown["LastInsertedAt"] < shown["LastUpdatedAt"]


def test_a_registration_token_ties_the_device_that_shows_it(member: Person) -> None:
    announcement = announce(member.url, Serial="X-9", Type="Jetson")
    typed = announcement["RegistrationToken"].lower().replace("-", " ")
    shown = made(member, "/dev/devices", {"Name": "Door", "RegistrationToken": typed, "Type": "PC"})
    assert (shown["Serial"], shown["Type"]) == ("X-9", "PC")
    assert shown["Runtime"] == "onnxruntime 1.20.1"
    assert collect(member.url, announcement).json()["Device"] == shown["UUID"]


def test_a_failed_tie_creates_nothing(member: Person, stranger: Person) -> None:
    used = announce(member.url)["RegistrationToken"]
    device(stranger, RegistrationToken=used)
    for token in ("ABCD-2345", "", "x" * 200, used):
        refused = member.http.post("/dev/devices", json={"Name": "D", "RegistrationToken": token})
        assert refused.status_code == 422
        assert refused.json()["Field"]["Name"] == "RegistrationToken"
    assert member.http.get("/dev/devices").json() == []


def test_another_token_replaces_the_tied_device(member: Person) -> None:
    with Edge(member) as old:
        assert old.beat().status_code == 200
        announcement = announce(member.url)
        body = {"RegistrationToken": announcement["RegistrationToken"]}
        shown = member.http.patch(f"/dev/device/{old.uuid}", json=body).json()
        assert shown["OnlineStatus"] == {"Online": False, "OnlineAt": None}
        assert old.beat().status_code == 401
    credential = collect(member.url, announcement).json()
    assert credential["Device"] == old.uuid


def test_a_refused_token_leaves_the_tied_device_as_it_was(member: Person) -> None:
    with Edge(member) as edge:
        body = {"Name": "Other", "RegistrationToken": "ABCD-2345"}
        assert member.http.patch(f"/dev/device/{edge.uuid}", json=body).status_code == 422
        assert member.http.get(f"/dev/device/{edge.uuid}").json()["Name"] == "Door"
        assert edge.beat().status_code == 200


def test_a_deleted_device_is_refused_at_once(member: Person) -> None:
    with Edge(member) as edge:
        assert edge.beat().status_code == 200
        deleted = member.http.delete(f"/dev/device/{edge.uuid}")
        assert deleted.json() == {"Message": "Deleted"}
        refused = edge.beat()
        assert refused.status_code == 401
        assert refused.json()["AuthorizationInvalid"] is True
        assert member.http.get(f"/dev/device/{edge.uuid}").status_code == 404
        assert member.http.get("/auth/licenses").json() == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"Name": "Theirs"}),
        ("DELETE", "", None),
        ("GET", "/functions", None),
        ("POST", "/functions", [{"FunctionUUID": NIL}]),
        ("DELETE", f"/function/{NIL}", None),
        ("DELETE", f"/group/{NIL}", None),
    ],
)
def test_another_organisations_device_does_not_exist(
    member: Person, stranger: Person, method: str, path: str, body: object
) -> None:
    uuid = device(member)
    reply: httpx.Response = stranger.http.request(method, f"/dev/device/{uuid}{path}", json=body)
    assert reply.status_code == 404
    assert uuid not in stranger.http.get("/dev/devices").text
    assert member.http.get(f"/dev/device/{uuid}").json()["Name"] == "Door"
