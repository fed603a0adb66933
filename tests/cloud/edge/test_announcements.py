"""How a device gets its credential, over HTTP."""

import re

import httpx

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.conftest import running
from tests.cloud.fleet import Edge, announce, collect, device
from tests.cloud.people import Person, bearer


def test_a_device_collects_its_credential_until_it_was_used(member: Person) -> None:
    announcement = announce(member.url)
    assert re.fullmatch("[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}", announcement["RegistrationToken"])
    assert len(announcement["Secret"]) >= 43
    pending = {"Status": "pending", "Device": None, "Name": None, "Credential": None}
    assert collect(member.url, announcement).json() == pending

    uuid = device(member, Name="Gate", RegistrationToken=announcement["RegistrationToken"])
    first, again = (collect(member.url, announcement).json() for _ in range(2))
    assert first == again
    assert (first["Status"], first["Device"], first["Name"]) == ("tied", uuid, "Gate")

    with httpx.Client(base_url=f"{member.url}/edge", headers=bearer(first["Credential"])) as edge:
        assert edge.get("/assignments").json()["Assignments"] == []
        assert collect(member.url, announcement).status_code == 401
        assert edge.get("/assignments").status_code == 200


def test_secrets_are_not_stored(member: Person, each_cloud: EmbeddedCloud) -> None:
    if not each_cloud.cloud.store.sqlite:
        return  # the same statements; only a file can be searched
    announcement = announce(member.url)
    device(member, RegistrationToken=announcement["RegistrationToken"])
    credential = collect(member.url, announcement).json()["Credential"]
    stored = b"".join(
        path.read_bytes() for path in each_cloud.cloud.settings.data.glob("cloud.db*")
    )
    assert member.uuid.encode() in stored
    for secret in (announcement["Secret"], announcement["RegistrationToken"], credential):
        assert secret.encode() not in stored


def test_credentials_open_only_what_they_are_for(member: Person) -> None:
    announcement = announce(member.url)
    assert member.http.get("/edge/assignments").status_code == 401
    assert member.http.post("/edge/announcements/credential").status_code == 401
    secret = bearer(announcement["Secret"])
    assert httpx.get(f"{member.url}/edge/assignments", headers=secret).status_code == 401
    with Edge(member) as edge:
        assert edge.http.post("/announcements/credential").status_code == 401
        for path in ("/cpt/functions", "/dev/devices", "/auth/licenses", "/cpt/configuration"):
            assert httpx.get(member.url + path, headers=edge.headers).status_code == 401
        assert edge.http.get("/assignments").status_code == 200


def test_announcements_are_limited() -> None:
    with running(announcements=2) as cloud:
        body = {"Name": "e", "Runtime": "r", "Architecture": "a"}
        statuses = [
            httpx.post(f"{cloud.url}/edge/announcements", json=body).status_code for _ in range(3)
        ]
        assert statuses == [200, 200, 429]
