"""Groups over HTTP."""

from tests.cloud.fleet import NIL, assign, device, made, uploaded
from tests.cloud.people import Person


def test_a_group_from_its_creation_to_its_end(member: Person) -> None:
    one, two = device(member), device(member)
    group = made(member, "/dev/groups", {"Name": "Doors", "Devices": [one.upper(), one]})
    assert (group["Name"], group["DeviceCount"]) == ("Doors", 1)
    assert group["Organisation"]["UUID"] == member.organisation
    path = f"/dev/group/{group['UUID']}"
    assert member.http.get(path).json() == group
    assert member.http.patch(path, json={"Name": "Gates"}).json()["Name"] == "Gates"

    added = made(member, f"{path}/devices", {"Devices": [one, two]})
    assert added["DeviceCount"] == 2
    assert added["UpdatedAt"] > group["UpdatedAt"]
    shown = member.http.get(f"/dev/device/{two}").json()
    assert shown["Groups"] == [{"UUID": group["UUID"], "Name": "Gates"}]

    removal = f"/dev/device/{two}/group/{group['UUID']}"
    assert member.http.delete(removal).json() == {"Message": "Ok"}
    assert member.http.delete(removal).status_code == 404
    assert member.http.get(path).json()["DeviceCount"] == 1
    assert member.http.delete(path).json() == {"Message": "Deleted"}
    assert member.http.get(path).status_code == 404
    assert member.http.get(f"/dev/device/{one}").json()["Groups"] is None


def test_groups_are_listed(member: Person) -> None:
    for name in ("b", "c", "a"):
        made(member, "/dev/groups", {"Name": name})
    reply = member.http.get("/dev/groups", params={"OrderBy": "-Name", "Limit": 2})
    assert [item["Name"] for item in reply.json()] == ["c", "b"]
    assert reply.headers["X-Pagination-Records"] == "3"
    found = member.http.get("/dev/groups", params={"q": "A"}).json()
    assert [item["Name"] for item in found] == ["a"]


def test_a_function_goes_to_the_whole_group(member: Person) -> None:
    devices = [device(member) for _ in range(3)]
    outside = device(member)
    group = made(member, "/dev/groups", {"Name": "All", "Devices": devices})["UUID"]
    first, second = uploaded(member), uploaded(member)
    assign(member, f"device/{devices[0]}", first)
    done = assign(member, f"group/{group}", first, second, second)
    assert done == {"DeviceCount": 3, "FunctionCount": 2, "Added": 5}
    assert assign(member, f"group/{group}", first)["Added"] == 0
    for uuid in devices:
        assert member.http.get(f"/dev/device/{uuid}").json()["FunctionCount"] == 2
    assert member.http.get(f"/dev/device/{outside}/functions").json() == []


def test_devices_of_another_organisation_cannot_be_added(member: Person, stranger: Person) -> None:
    theirs = device(stranger)
    group = made(member, "/dev/groups", {"Name": "Mine"})["UUID"]
    for path, body in (
        (f"/dev/group/{group}/devices", {"Devices": [theirs]}),
        ("/dev/groups", {"Name": "New", "Devices": [device(member), theirs]}),
    ):
        refused = member.http.post(path, json=body)
        assert refused.status_code == 422
        assert refused.json()["Field"]["Name"] == "Devices"
    assert len(member.http.get("/dev/groups").json()) == 1


def test_another_organisations_group_does_not_exist(member: Person, stranger: Person) -> None:
    mine = device(member)
    group = made(member, "/dev/groups", {"Name": "Mine", "Devices": [mine]})["UUID"]
    path = f"/dev/group/{group}"
    function = uploaded(stranger)
    assert stranger.http.get(path).status_code == 404
    assert stranger.http.patch(path, json={"Name": "Theirs"}).status_code == 404
    assert stranger.http.delete(path).status_code == 404
    assert stranger.http.post(f"{path}/devices", json={"Devices": []}).status_code == 404
    body = [{"FunctionUUID": function}]
    assert stranger.http.post(f"{path}/functions", json=body).status_code == 404
    assert stranger.http.get("/dev/devices", params={"Group": group}).json() == []
    assert member.http.delete(f"/dev/device/{NIL}/group/{group}").status_code == 404
    assert member.http.get(path).json()["DeviceCount"] == 1
