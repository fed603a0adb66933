"""Assignments of functions to devices over HTTP."""

import time

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.store import tables
from tests.cloud.fleet import NIL, Edge, assign, converted, device, made, settled, uploaded
from tests.cloud.people import Person, enrolled


def test_assignments_are_added_and_stay(member: Person) -> None:
    door = device(member)
    first, second = uploaded(member), uploaded(member)
    (shown,) = assign(member, f"device/{door}", first)
    assert (shown["FunctionUUID"], shown["Name"], shown["State"]) == (first, "Digits", "assigned")
    assert (shown["Message"], shown["Digest"], shown["ReportedAt"]) == (None, None, None)
    again = assign(member, f"device/{door}", second.upper(), first)
    assert [item["FunctionUUID"] for item in again] == [first, second]
    assert again[0]["AssignedAt"] == shown["AssignedAt"]
    assert member.http.get(f"/dev/device/{door}/functions").json() == again
    assert member.http.get(f"/dev/device/{door}").json()["Functions"] == again

    removal = f"/dev/device/{door}/function/{first}"
    assert member.http.delete(removal).json() == {"Message": "Deleted"}
    assert member.http.delete(removal).status_code == 404
    left = member.http.get(f"/dev/device/{door}/functions").json()
    assert [item["FunctionUUID"] for item in left] == [second]


def test_what_cannot_be_assigned(member: Person, stranger: Person) -> None:
    door = device(member)
    good, failed = uploaded(member), uploaded(member, b"junk")
    assert settled(member, failed)["Status"] == "error"
    for function in (failed, uploaded(stranger), NIL):
        body = [{"FunctionUUID": good}, {"FunctionUUID": function}]
        refused = member.http.post(f"/dev/device/{door}/functions", json=body)
        assert refused.status_code == 422
        assert refused.json()["Field"]["Name"] == "FunctionUUID"
        assert function in refused.json()["Message"]
    assert member.http.get(f"/dev/device/{door}/functions").json() == []
    body = [{"FunctionUUID": good}]
    assert member.http.post(f"/dev/device/{NIL}/functions", json=body).status_code == 404


def test_the_device_says_how_its_models_do(member: Person) -> None:
    function = converted(member)["UUID"]
    digest = "sha256:" + "ab" * 32
    with Edge(member) as edge:
        assign(member, f"device/{edge.uuid}", function)
        state = {"FunctionUUID": function.upper(), "State": "failed", "Message": "no memory"}
        assert edge.beat({**state, "Digest": digest}).status_code == 200
        (shown,) = member.http.get(f"/dev/device/{edge.uuid}/functions").json()
        assert (shown["State"], shown["Message"], shown["Digest"]) == (
            *("failed", "no memory", digest),
        )
        assert shown["ReportedAt"] is not None
        edge.beat({"FunctionUUID": function, "State": "running"})
        (shown,) = member.http.get(f"/dev/device/{edge.uuid}/functions").json()
        assert (shown["State"], shown["Message"], shown["Digest"]) == ("running", None, None)
        assert edge.beat({"FunctionUUID": NIL, "State": "running"}).status_code == 200


def test_a_group_of_10_000_devices_is_one_statement(each_cloud: EmbeddedCloud) -> None:
    with enrolled(each_cloud) as person:
        function = uploaded(person)
        group = made(person, "/dev/groups", {"Name": "Large"})["UUID"]
        _many_devices(each_cloud, person, group, 10_000)
        begin = time.perf_counter()
        done = assign(person, f"group/{group}", function)
        took = time.perf_counter() - begin
        assert done == {"DeviceCount": 10_000, "FunctionCount": 1, "Added": 10_000}
        assert person.http.get(f"/cpt/function/{function}").json()["DeviceCount"] == 10_000
        # The document gives this call 60 s; a statement a device would take longer.
        assert took < 30


def _many_devices(cloud: EmbeddedCloud, person: Person, group: str, count: int) -> None:
    now = cloud.cloud.clock.now()
    uuids = [f"00000000-0000-4000-8000-{number:012}" for number in range(count)]
    with cloud.cloud.store.write(person.organisation) as scope:
        rows = [
            {"name": "D", "inserted_at": now, "updated_at": now, "uuid": each} for each in uuids
        ]
        scope.insert(tables.devices, *rows)
        members = [{"group_uuid": group, "device_uuid": each, "inserted_at": now} for each in uuids]
        scope.insert(tables.group_devices, *members)
