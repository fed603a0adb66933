"""Environments: what is deployed there, and how many devices have it."""

import pytest

from tests.cloud import fleet
from tests.cloud.people import Person
from tests.cloud.skafos.conftest import COMPANY, Maker, error


def deployed(maker: Maker) -> dict[str, list[int]]:
    found = maker.http.get(f"{maker.model}/environment_groups").json()
    return {each["name"]: [one["version"] for one in each["deployments"]] for each in found}


def test_deployments(maker: Maker) -> None:
    deploy = f"{maker.model}/deploy"
    assert deployed(maker) == {"dev": [], "prod": []}
    assert error(maker.http.post(deploy, json={}), 400) == "The model faces has no version yet"
    maker.upload()
    maker.upload()
    for body, number in (
        ({"version": "latest", "environment": "dev"}, 2),
        ({"version": 1, "environment": "dev"}, 1),
        ({"version": 1, "environment": "prod"}, 1),
        ({}, 2),
    ):
        reply = maker.http.post(deploy, json=body)
        assert reply.json()["success"].split(" ")[-1] == str(number)
    assert deployed(maker) == {"dev": [2, 1, 2], "prod": [1]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"version": 7}, "has no version 7"),
        ({"version": 0}, "has no version 0"),
        ({"version": "first"}, "has no version first"),
        ({"environment": "staging"}, "no environment staging, only dev and prod"),
    ],
)
def test_what_cannot_be_deployed(maker: Maker, body: dict[str, object], words: str) -> None:
    maker.upload()
    told = error(maker.http.post(f"{maker.model}/deploy", json=body), 400)
    assert words in told
    assert not told.endswith(".")  # the published client ends the sentence itself
    assert deployed(maker) == {"dev": [], "prod": []}


def test_what_is_deployed_is_deleted_with_force(maker: Maker) -> None:
    first, second = maker.upload(), maker.upload()
    for number in (1, 2):
        maker.http.post(f"{maker.model}/deploy", json={"version": number})
    # The first is not the current one any more.
    assert maker.http.delete(f"{maker.versions}/{first['id']}").status_code == 204
    path = f"{maker.versions}/{second['id']}"
    assert "is deployed to dev" in error(maker.http.delete(path), 409)
    assert maker.http.delete(f"{path}?force=true").status_code == 204
    assert deployed(maker) == {"dev": [], "prod": []}


def test_devices_are_counted(maker: Maker, person: Person) -> None:
    mine = Maker(person.url, person.access, COMPANY)
    mine.prepare()
    version = mine.upload()
    mine.http.post(f"{mine.model}/deploy", json={"environment": "prod"})

    def counts() -> list[int]:
        listed = mine.http.get(f"{mine.model}/environment_groups?with_device_count=true").json()
        return [each["device_count"] for each in listed]

    assert counts() == [0, 0]
    function = fleet.converted(person, SourceUrl=f"urn:uuid:{version['id']}")["UUID"]
    for name in ("gate", "door"):
        fleet.assign(person, f"device/{fleet.device(person, Name=name)}", function)
    assert counts() == [0, 2]
    # One that has it through its group as well counts once; one that has it only so counts too.
    both, late = fleet.device(person, Name="hall"), fleet.device(person, Name="yard")
    fleet.assign(person, f"device/{both}", function)
    group = fleet.made(person, "/dev/groups", {"Name": "all", "Devices": [both, late]})["UUID"]
    fleet.assign(person, f"group/{group}", function)
    assert counts() == [0, 4]
    # The version that is deployed now is on no device.
    mine.upload()
    mine.http.post(f"{mine.model}/deploy", json={"environment": "prod"})
    assert counts() == [0, 0]
    mine.http.post(f"{mine.model}/deploy", json={"environment": "prod", "version": 1})
    assert counts() == [0, 4]
    assert person.http.delete(f"/dev/device/{late}").status_code == 200
    assert counts() == [0, 3]
    mine.http.close()
