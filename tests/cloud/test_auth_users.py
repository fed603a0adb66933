"""Registering, accounts, passwords and licenses."""

import email
import re
import uuid
from datetime import UTC, datetime, timedelta
from email.policy import default as mail_policy
from pathlib import Path
from typing import Any

import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.store import tables
from tests.cloud.conftest import document, running
from tests.cloud.people import (
    PASSWORD,
    Person,
    TestClock,
    get,
    post,
    registration,
    renew,
    sign_in,
    sign_in_2023,
)

NEW_PASSWORD = "harbour-8-quiet-Lantern"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def register(cloud: EmbeddedCloud, **details: Any) -> Any:
    body = registration(f"{uuid.uuid4().hex}@example.com", **details)
    return post(f"{cloud.url}/auth/user", json=body)


def test_a_new_account(auth_cloud: EmbeddedCloud) -> None:
    with Person.register(auth_cloud.url, Company="Acme", JobTitle="Engineer") as person:
        account = person.http.get(f"/auth/user/{person.uuid}").json()
    assert account["Email"] == person.email
    assert account["Name"] == "Ada"
    assert account["JobTitle"] == "Engineer"
    assert account["PhoneNumber"] is None
    assert account["NewsletterOptIn"] is False
    assert account["Organisation"]["Name"] == "Acme"
    assert MOMENT.fullmatch(account["InsertedAt"])
    assert not any("assword" in name for name in account)


def test_companies_of_the_same_name_stay_apart(auth_cloud: EmbeddedCloud) -> None:
    with Person.register(auth_cloud.url) as one, Person.register(auth_cloud.url) as other:
        assert one.organisation != other.organisation
        assert one.http.get(f"/auth/user/{other.uuid}").status_code == 404
        reply = one.http.patch(f"/auth/user/{other.uuid}", json={"Name": "Mallory"})
        assert reply.status_code == 404
        assert other.http.get(f"/auth/user/{other.uuid}").json()["Name"] == "Ada"


@pytest.mark.parametrize("spelled", [str.lower, str.upper])
def test_an_address_can_register_once(
    auth_cloud: EmbeddedCloud, person: Person, spelled: Any
) -> None:
    reply = post(f"{auth_cloud.url}/auth/user", json=registration(spelled(person.email)))
    assert reply.status_code == 409
    assert reply.json()["Field"]["Name"] == "Email"
    assert sign_in(auth_cloud.url, person.email).status_code == 200


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"AcceptEULA": False}, "AcceptEULA"),
        ({"Password": "password"}, "Password"),
        ({"Password": "x9Q!z2"}, "Password"),
        ({"Password": "AcmeAcme", "Company": "Acme"}, "Password"),
        ({"Email": "no-at-sign"}, "Email"),
        ({"Name": ""}, "Name"),
        ({"Company": 5}, "Company"),
    ],
)
def test_a_refused_registration_names_the_field(
    auth_cloud: EmbeddedCloud, details: dict[str, Any], field: str
) -> None:
    reply = register(auth_cloud, **details)
    assert reply.status_code == 422
    assert reply.json()["Field"]["Name"] == field
    assert "x9Q!z2" not in reply.text


def test_registrations_from_one_address_are_limited() -> None:
    with running(documents={"auth": document("auth")}, registrations=3) as cloud:
        statuses = [register(cloud).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]


def test_an_account_is_changed_field_by_field(person: Person) -> None:
    path = f"/auth/user/{person.uuid}"
    before = person.http.get(path).json()
    after = person.http.patch(path, json={"PhoneNumber": "+31 6", "NewsletterOptIn": True}).json()
    assert after["PhoneNumber"] == "+31 6"
    assert after["NewsletterOptIn"] is True
    assert after["UpdatedAt"] > before["UpdatedAt"]
    assert {**after, **{k: before[k] for k in ("PhoneNumber", "NewsletterOptIn", "UpdatedAt")}} == (
        before
    )
    assert person.http.patch(path, json={"PhoneNumber": None}).json()["PhoneNumber"] is None
    assert person.http.get(path).json()["NewsletterOptIn"] is True


def test_a_colleague_is_seen_but_not_changed(auth_cloud: EmbeddedCloud, person: Person) -> None:
    # No call of the documents adds a second user to an organisation; a database may hold one.
    with Person.register(auth_cloud.url) as colleague:
        with auth_cloud.cloud.store.unscoped() as scope:
            for table, key in ((tables.users, "uuid"), (tables.sessions, "user_uuid")):
                where = table.c[key] == colleague.uuid
                scope.update(table, where, organisation_uuid=person.organisation)
        assert person.http.get(f"/auth/user/{colleague.uuid}").status_code == 200
        reply = person.http.patch(f"/auth/user/{colleague.uuid}", json={"Name": "Mallory"})
        assert reply.status_code == 403


def test_password_strength(auth_cloud: EmbeddedCloud) -> None:
    def judge(password: str) -> Any:
        url = f"{auth_cloud.url}/auth/authenticate/password-strength"
        return post(url, json={"Password": password}).json()

    assert judge("password")["Strong"] is False
    assert judge("password")["Message"]
    assert judge("x9Q!z2")["Strong"] is False
    good = judge(PASSWORD)
    assert good["Strong"] is True
    assert good["Score"] >= 3
    assert judge("violet Tram " * 80)["Strong"] is True  # zxcvbn alone fails beyond 72


def test_changing_the_password_ends_the_other_sessions(
    auth_cloud: EmbeddedCloud, person: Person
) -> None:
    other = sign_in(auth_cloud.url, person.email).json()
    reply = person.http.post(
        "/auth/authenticate/update-password",
        json={"CurrentPassword": PASSWORD, "NewPassword": NEW_PASSWORD},
    )
    assert reply.json() == {"Message": "Your password has been reset!"}
    assert person.http.get(f"/auth/user/{person.uuid}").status_code == 200
    assert renew(auth_cloud.url, other["RefreshToken"], "AccessToken").status_code == 401
    assert sign_in(auth_cloud.url, person.email, PASSWORD).status_code == 401
    assert sign_in(auth_cloud.url, person.email, NEW_PASSWORD).status_code == 200


def test_a_refused_change_leaves_the_password(auth_cloud: EmbeddedCloud, person: Person) -> None:
    wrong = person.http.post(
        "/auth/authenticate/update-password",
        json={"CurrentPassword": "wrong", "NewPassword": NEW_PASSWORD},
    )
    weak = person.http.post(
        "/auth/authenticate/update-password",
        json={"CurrentPassword": PASSWORD, "NewPassword": "12345678"},
    )
    assert (wrong.status_code, wrong.json()["Field"]["Name"]) == (422, "CurrentPassword")
    assert (weak.status_code, weak.json()["Field"]["Name"]) == (422, "NewPassword")
    assert sign_in(auth_cloud.url, person.email).status_code == 200


def mails(cloud: EmbeddedCloud, to: str) -> list[Path]:
    found = []
    for path in cloud.cloud.outbox.iterdir():
        mail = email.message_from_bytes(path.read_bytes(), policy=mail_policy)
        if mail["To"] == to:
            found.append(path)
    return found


def forget(cloud: EmbeddedCloud, address: str) -> Any:
    return post(f"{cloud.url}/auth/authenticate/forgot-password", json={"Email": address})


def temporary(cloud: EmbeddedCloud, address: str) -> str:
    assert forget(cloud, address).status_code == 200
    (path,) = mails(cloud, address)
    mail = email.message_from_bytes(path.read_bytes(), policy=mail_policy)
    body = mail.get_body()
    assert body is not None
    path.unlink()
    return str(body.get_content()).replace("\r\n", "\n").split("\n\n")[1].strip()


def test_a_temporary_password_opens_one_session() -> None:
    clock = TestClock()
    with (
        running(documents={"auth": document("auth")}, clock=clock) as cloud,
        Person.register(cloud.url) as person,
    ):
        known = forget(cloud, person.email)
        assert len(mails(cloud, person.email)) == 1
        unknown = forget(cloud, "nobody@example.com")
        assert known.json() == unknown.json() == {"Message": "Password sent if user exists."}
        assert mails(cloud, "nobody@example.com") == []
        (path,) = mails(cloud, person.email)
        assert path.stat().st_mode & 0o077 == 0
        path.unlink()

        password = temporary(cloud, person.email)
        assert sign_in(cloud.url, person.email).status_code == 200  # the old one still works
        first = sign_in(cloud.url, person.email, password)
        assert first.status_code == 200
        assert sign_in(cloud.url, person.email, password).status_code == 401
        headers = {"Authorization": f"Bearer {first.json()['AccessToken']}"}
        changed = post(
            f"{cloud.url}/auth/authenticate/update-password",
            json={"CurrentPassword": password, "NewPassword": NEW_PASSWORD},
            headers=headers,
        )
        assert changed.json()["Message"] == "Your password has been reset!"
        assert sign_in(cloud.url, person.email, PASSWORD).status_code == 401
        assert sign_in_2023(cloud.url, person.email, NEW_PASSWORD).status_code == 200

        late = temporary(cloud, person.email)
        clock.advance(minutes=61)
        assert sign_in(cloud.url, person.email, late).status_code == 401


def test_password_mails_are_limited() -> None:
    with running(documents={"auth": document("auth")}, password_mails=2) as cloud:
        replies = [forget(cloud, "nobody@example.com").status_code for _ in range(3)]
        assert replies == [200, 200, 429]


def add_licenses(cloud: EmbeddedCloud, person: Person, count: int) -> list[str]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {
            "uuid": str(uuid.uuid4()),
            "license_key": str(uuid.uuid4()),
            "agreement_kind": "trial",
            "agreement_name": "AI Manager License",
            "agreement_provides": ["inference"],
            "agreement_published_at": now,
            "starts_at": now,
            "expires_at": now + timedelta(days=90),
            "inserted_at": now + timedelta(seconds=index),
        }
        for index in range(count)
    ]
    with cloud.cloud.store.write(person.organisation) as scope:
        scope.insert(tables.licenses, *rows)
    return [str(row["uuid"]) for row in reversed(rows)]


def test_licenses_are_listed_and_read(auth_cloud: EmbeddedCloud, person: Person) -> None:
    expected = add_licenses(auth_cloud, person, 5)
    reply = person.http.get("/auth/licenses", params={"Offset": 1, "Limit": 2})
    assert [row["UUID"] for row in reply.json()] == expected[1:3]
    assert reply.headers["X-Pagination-Records"] == "5"
    one = person.http.get(f"/auth/license/{expected[0].upper()}").json()
    assert one["UUID"] == expected[0]
    assert one["Agreement"]["Provides"] == ["inference"]
    assert one["ExpiresAt"] == "2026-04-01T00:00:00.000000Z"
    assert one["DeviceUUID"] is None


def test_licenses_of_others_do_not_exist(auth_cloud: EmbeddedCloud, person: Person) -> None:
    (license_uuid,) = add_licenses(auth_cloud, person, 1)
    with Person.register(auth_cloud.url) as stranger:
        assert stranger.http.get(f"/auth/license/{license_uuid}").status_code == 404
        assert stranger.http.get("/auth/licenses").json() == []
        assert get(f"{auth_cloud.url}/auth/licenses").status_code == 401


def test_status_needs_no_account(auth_cloud: EmbeddedCloud) -> None:
    assert get(f"{auth_cloud.url}/auth/status").json() == {"Connected": True}
