"""Sites of the Nx era over HTTP."""

import uuid
from typing import Any

import httpx
import pytest

from tests.cloud.fleet import NIL, converted, device, made, uploaded
from tests.cloud.people import Person


def braced() -> str:
    return f"{{{uuid.uuid4()}}}"


class Site:
    """A site with one server and two cameras, tied to a person's organisation."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.uuid, self.server = str(uuid.uuid4()), str(uuid.uuid4())
        self.door, self.gate = braced(), braced()
        self.key = license_key(person)

    def register(self, key: str | None = "", *cameras: str, **source: Any) -> httpx.Response:
        """Announce the server with its cameras; an empty key stands for the right one."""
        known = cameras or (self.door, self.gate)
        listed = [{"NxID": nx_id, "Name": f"Camera {n}"} for n, nx_id in enumerate(known)]
        body: dict[str, Any] = {"AIPluginVersion": "6.1.2", "Devices": listed, **source}
        if key is not None:
            body["LicenseKey"] = key or self.key
        return register(self.person.url, self.uuid, self.server, body)

    def cameras(self) -> list[dict[str, Any]]:
        reply = self.person.http.get(f"/dev/system/{self.uuid}/devices")
        assert reply.status_code == 200, reply.text
        shown: list[dict[str, Any]] = reply.json()
        return shown

    def run(self, cameras: list[str], *pipelines: dict[str, Any]) -> httpx.Response:
        functions = [each["modelUUID"] for each in pipelines]
        return self.person.http.put(
            f"/dev/system/{self.uuid}/devices/pipelines",
            json={"Devices": cameras, "Functions": functions, "Pipelines": list(pipelines)},
        )


def license_key(person: Person) -> str:
    shown = person.http.get(f"/dev/device/{device(person)}").json()
    return str(shown["Licenses"][0]["LicenseKey"])


def register(url: str, site: str, server: str, source: dict[str, Any] | None) -> httpx.Response:
    body = {"ServerId": server, "SystemId": site, "Source": source}
    return httpx.post(f"{url}/dev/ai/register", json=body)


@pytest.fixture
def site(member: Person) -> Site:
    made_site = Site(member)
    assert made_site.register().json()["Tied"] is True
    return made_site


def test_a_site_is_tied_by_a_license_key(member: Person, stranger: Person) -> None:
    site = Site(member)
    first = site.register(None)
    assert (first.status_code, first.json()["Tied"]) == (200, False)
    assert member.http.get(f"/dev/system/{site.uuid}/devices").status_code == 404
    assert site.register().json()["Tied"] is True
    assert [camera["NxID"] for camera in site.cameras()] == [site.door, site.gate]
    assert register(member.url, site.uuid, site.server, None).json()["Tied"] is True
    for key in (str(uuid.uuid4()), license_key(stranger)):
        refused = site.register(key)
        assert refused.status_code == 422
        assert refused.json()["Field"]["Name"] == "Source.LicenseKey"
    assert stranger.http.get(f"/dev/system/{site.uuid}/devices").status_code == 404
    assert len(site.cameras()) == 2


def test_cameras_show_their_server(site: Site) -> None:
    site.register("", site.door, ServerName="Attic")
    (camera,) = site.cameras()
    assert camera == {
        "NxID": site.door,
        "Name": "Camera 0",
        "Server": {
            "Name": "Attic",
            "Status": "Online",
            "AIPluginVersion": "6.1.2",
            "Supports": {"Pipelines": True},
        },
        "V2": {"id": site.door},
        "nxAI": {"pipelines": []},
    }
    base = f"/dev/system/{site.uuid}/device"
    assert site.person.http.get(f"{base}/{site.door.upper()}").json() == camera
    assert site.person.http.get(f"{base}/{site.gate}").status_code == 404


def test_pipelines_replace_the_earlier_ones(site: Site) -> None:
    first, second = (uploaded(site.person, b"x") for _ in range(2))
    one = {"modelUUID": first, "modelNMS": 0.42, "chains": [{"modelUUID": second.upper()}]}
    two = {"modelUUID": second}
    assert site.run([site.door.upper(), site.gate, braced()], one).json() == {"Message": "Done"}
    assert site.run([site.gate], two).status_code == 200
    # A server that announces itself again keeps what runs on its cameras.
    site.register()
    assert [camera["nxAI"]["pipelines"] for camera in site.cameras()] == [[one], [two]]
    base = f"/dev/system/{site.uuid}/device"
    shown = site.person.http.get(f"{base}/{site.door}/functions").json()
    assert [function["UUID"] for function in shown] == [first, second]

    assert site.person.http.delete(f"/cpt/function/{second}").status_code == 200
    assert [camera["nxAI"]["pipelines"] for camera in site.cameras()] == [
        [{**one, "chains": []}],
        [],
    ]


def test_what_cannot_be_put_into_a_pipeline(site: Site, stranger: Person) -> None:
    mine, theirs = uploaded(site.person, b"x"), uploaded(stranger, b"x")
    nobody = site.run([braced()], {"modelUUID": mine})
    assert nobody.status_code == 422
    assert nobody.json()["Message"] == "No devices are applicable"
    for pipeline in (
        {"modelUUID": theirs},
        {"modelUUID": mine, "chains": [{"modelUUID": theirs}]},
        {"modelUUID": NIL},
    ):
        assert site.run([site.door], pipeline).status_code == 422
    body = {"Devices": [site.door], "Functions": [], "Pipelines": []}
    path = f"/dev/system/{site.uuid}"
    assert stranger.http.put(f"{path}/devices/pipelines", json=body).status_code == 404
    assert stranger.http.get(f"{path}/device/{site.door}").status_code == 404
    assert stranger.http.get(f"{path}/device/{site.door}/functions").status_code == 404
    assert site.cameras()[0]["nxAI"]["pipelines"] == []


def test_the_plugin_reads_functions_of_pipelines_without_an_account(site: Site) -> None:
    function = converted(site.person)
    address = f"{site.person.url}/dev/ai/function/{function['UUID']}"
    assert httpx.get(address).status_code == 404
    site.run([site.door], {"modelUUID": function["UUID"]})
    shown = httpx.get(address).json()
    assert shown["NamedInput"] == function["NamedInput"]
    for download in shown["Downloads"]:
        assert len(httpx.get(download["URL"]).content) == download["Size"]
    site.run([site.door])
    assert httpx.get(address).status_code == 404


def test_available_pipelines_are_the_converted_functions(site: Site, stranger: Person) -> None:
    ready = converted(site.person, Name="ready")["UUID"]
    path = f"/cpt/rpc/pipelines/available/{site.uuid}/metavms"
    assert site.person.http.get(path).json() == [{"UUID": ready, "Name": "ready"}]
    assert stranger.http.get(path).status_code == 404
    assert made(site.person, "/dev/groups", {"Name": "unrelated"})
