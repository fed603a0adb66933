"""Signing in, renewing tokens, and ending sessions."""

import base64
import itertools
import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.conftest import running
from tests.cloud.people import (
    PASSWORD,
    Person,
    TestClock,
    bearer,
    get,
    renew,
    sign_in,
    sign_in_2023,
)

if TYPE_CHECKING:
    import httpx

_numbers = itertools.count(1000)


@pytest.fixture
def moved(clock: TestClock) -> Iterator[TestClock]:
    """The clock of the cloud; put back afterwards."""
    before = clock._ahead
    yield clock
    clock._ahead = before


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def status(person_url: str, access: str, user: str) -> int:
    return get(f"{person_url}/auth/user/{user}", headers=bearer(access)).status_code


def test_the_current_body_gives_a_pair(auth_cloud: EmbeddedCloud, person: Person) -> None:
    reply = sign_in(auth_cloud.url, person.email)
    assert reply.status_code == 200
    access, refresh = reply.json()["AccessToken"], reply.json()["RefreshToken"]
    assert status(auth_cloud.url, access, person.uuid) == 200
    read = claims(access)
    assert read["aud"] == "user"
    assert read["sub"] == person.uuid
    assert read["Email"] == person.email
    assert read["OrganisationUUID"] == person.organisation
    assert jwt.get_unverified_header(access) == {"alg": "HS256", "typ": "JWT"}
    assert claims(refresh)["exp"] - claims(access)["exp"] == 8 * 3600 - 300
    kept = sign_in(auth_cloud.url, person.email, keep=True).json()["RefreshToken"]
    assert claims(kept)["exp"] - claims(refresh)["exp"] > 29 * 86400


def test_the_body_of_2023_gives_a_refresh_token_alone(
    auth_cloud: EmbeddedCloud, person: Person
) -> None:
    reply = sign_in_2023(auth_cloud.url, person.email)
    assert reply.status_code == 200
    assert list(reply.json()) == ["RefreshToken"]
    assert len(reply.content) < 400


def test_names_are_found_however_they_are_spelled(
    auth_cloud: EmbeddedCloud, person: Person
) -> None:
    assert sign_in(auth_cloud.url, f" {person.email.upper()} ").status_code == 200


@pytest.mark.parametrize("length", [20, 45, 60, 254])
def test_replies_to_the_published_client_stay_below_400_bytes(
    auth_cloud: EmbeddedCloud, length: int
) -> None:
    email = f"{next(_numbers)}@example.com".rjust(length, "x")
    with Person.register(auth_cloud.url, email=email):
        pass
    assert len(email) == length
    signed = sign_in_2023(auth_cloud.url, email)
    refresh = signed.json()["RefreshToken"]
    access = renew(auth_cloud.url, refresh, None)
    renewed = renew(auth_cloud.url, refresh, "RefreshToken")
    for reply in (signed, access, renewed):
        assert reply.status_code == 200
        assert len(reply.content) < 400
    assert ("Email" in claims(access.json()["AccessToken"])) == (length < 50)


def test_wrong_name_and_wrong_password_look_the_same(
    auth_cloud: EmbeddedCloud, person: Person
) -> None:
    wrong = sign_in(auth_cloud.url, person.email, "not-the-password")
    nobody = sign_in(auth_cloud.url, "nobody@example.com")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json() == nobody.json()
    assert "not-the-password" not in wrong.text


def test_a_flood_of_wrong_passwords_is_slowed_down(auth_cloud: EmbeddedCloud) -> None:
    with Person.register(auth_cloud.url) as victim, Person.register(auth_cloud.url) as other:
        replies = [sign_in(auth_cloud.url, victim.email, "wrong") for _ in range(11)]
        assert [reply.status_code for reply in replies] == [401] * 10 + [429]
        assert 1 <= int(replies[-1].headers["Retry-After"]) <= 60
        assert sign_in(auth_cloud.url, victim.email).status_code == 429
        assert sign_in(auth_cloud.url, other.email).status_code == 200


def test_an_access_token_lasts_five_minutes(
    auth_cloud: EmbeddedCloud, person: Person, moved: TestClock
) -> None:
    assert status(auth_cloud.url, person.access, person.uuid) == 200
    moved.advance(minutes=4)  # the clock also runs by itself, and slowly on a busy machine
    assert status(auth_cloud.url, person.access, person.uuid) == 200
    moved.advance(minutes=1)
    reply = person.http.get(f"/auth/user/{person.uuid}")
    assert reply.status_code == 401
    assert reply.json()["AuthorizationInvalid"] is True
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_ends_with_its_refresh_token(
    auth_cloud: EmbeddedCloud, person: Person, moved: TestClock
) -> None:
    moved.advance(hours=7, minutes=59)
    renewed = renew(auth_cloud.url, person.refresh, "RefreshToken").json()["RefreshToken"]
    moved.advance(hours=7, minutes=59)
    assert renew(auth_cloud.url, renewed, "AccessToken").status_code == 200
    moved.advance(minutes=2)
    assert renew(auth_cloud.url, renewed, "AccessToken").status_code == 401


def test_tokens_of_one_kind_are_not_taken_for_the_other(
    auth_cloud: EmbeddedCloud, person: Person
) -> None:
    assert status(auth_cloud.url, person.refresh, person.uuid) == 401
    assert renew(auth_cloud.url, person.access, "AccessToken").status_code == 401


def _with(token: str, **changed: Any) -> str:
    head, _, signature = token.split(".")
    payload = json.dumps({**claims(token), **changed}).encode()
    return f"{head}.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.{signature}"


def test_forged_tokens_open_nothing(auth_cloud: EmbeddedCloud, person: Person) -> None:
    read = claims(person.access)
    forged = [
        "x",
        "a.b.c",
        _with(person.access, exp=read["exp"] + 9999),
        jwt.encode(read, "", algorithm="none"),
        jwt.encode(read, "another key, long enough to be taken", algorithm="HS256"),
        person.access[:-4] + "AAAA",
    ]
    for token in forged:
        headers = {"Authorization": f"Bearer {token}"}
        reply = get(f"{auth_cloud.url}/auth/licenses", headers=headers)
        assert reply.status_code == 401, token
    for header in (
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": person.access},
        {"Authorization": "Basic eDp5"},
    ):
        reply = get(f"{auth_cloud.url}/auth/licenses", headers=header)
        assert reply.status_code == 401


def test_signing_out_ends_the_tokens_at_once(auth_cloud: EmbeddedCloud, person: Person) -> None:
    other = sign_in(auth_cloud.url, person.email).json()
    reply = person.http.post("/auth/authenticate/signout")
    assert reply.status_code == 200
    assert reply.json()["Message"]
    assert status(auth_cloud.url, person.access, person.uuid) == 401
    assert renew(auth_cloud.url, person.refresh, "AccessToken").status_code == 401
    assert status(auth_cloud.url, other["AccessToken"], person.uuid) == 200


def test_a_used_refresh_token_is_good_for_a_short_grace(
    auth_cloud: EmbeddedCloud, person: Person, moved: TestClock
) -> None:
    first = renew(auth_cloud.url, person.refresh, "RefreshToken").json()
    moved.advance(seconds=25)
    again = renew(auth_cloud.url, person.refresh, "RefreshToken").json()
    assert again == first  # the same token, so a lost answer loses nothing
    assert renew(auth_cloud.url, person.refresh, "AccessToken").status_code == 200
    moved.advance(seconds=10)
    assert renew(auth_cloud.url, person.refresh, "RefreshToken").status_code == 401
    # Somebody has a copy: the session has ended for both.
    reply = renew(auth_cloud.url, first["RefreshToken"], "AccessToken")
    assert reply.status_code == 401
    assert reply.json()["AuthorizationInvalid"] is True


def test_a_token_two_generations_old_ends_the_session(
    auth_cloud: EmbeddedCloud, person: Person
) -> None:
    second = renew(auth_cloud.url, person.refresh, "RefreshToken").json()["RefreshToken"]
    third = renew(auth_cloud.url, second, "RefreshToken").json()["RefreshToken"]
    assert renew(auth_cloud.url, person.refresh, "AccessToken").status_code == 401
    assert renew(auth_cloud.url, third, "AccessToken").status_code == 401


def test_sessions_of_the_published_client_keep_their_first_token(
    auth_cloud: EmbeddedCloud, person: Person, moved: TestClock
) -> None:
    # sclblpy 0.1.10 renews its refresh token but goes on with the one it has saved.
    token = sign_in_2023(auth_cloud.url, person.email).json()["RefreshToken"]
    for _ in range(3):
        moved.advance(hours=2)
        renewed = renew(auth_cloud.url, token, "RefreshToken")
        assert renewed.status_code == 200
        assert renew(auth_cloud.url, token, None).status_code == 200
    moved.advance(hours=3)
    assert renew(auth_cloud.url, token, None).status_code == 401
    assert renew(auth_cloud.url, renewed.json()["RefreshToken"], None).status_code == 200


def test_renewing_at_once_from_eight_threads_loses_no_session(auth_cloud: EmbeddedCloud) -> None:
    with Person.register(auth_cloud.url) as owner:
        token = owner.refresh
        for _ in range(10):
            barrier = threading.Barrier(8)
            replies: list[httpx.Response] = []

            def race(token: str = token, barrier: threading.Barrier = barrier) -> None:
                barrier.wait()
                replies.append(renew(auth_cloud.url, token, "RefreshToken"))  # noqa: B023

            threads = [threading.Thread(target=race) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert [reply.status_code for reply in replies] == [200] * 8
            answers = {reply.json()["RefreshToken"] for reply in replies}
            assert len(answers) == 1
            (token,) = answers
        assert renew(auth_cloud.url, token, "AccessToken").status_code == 200


def test_sessions_outlive_the_server(tmp_path: Any) -> None:
    with running(tmp_path) as before, Person.register(before.url) as owner:
        access, refresh = owner.access, owner.refresh
    with running(tmp_path) as after:
        assert status(after.url, access, owner.uuid) == 200
        assert renew(after.url, refresh, "RefreshToken").status_code == 200
        assert sign_in(after.url, owner.email, PASSWORD).status_code == 200


def test_the_user_of_this_machine_needs_no_password(auth_cloud: EmbeddedCloud) -> None:
    first, second = auth_cloud.local_session(), auth_cloud.local_session()
    assert claims(first.access)["sub"] == claims(second.access)["sub"]
    assert status(auth_cloud.url, second.access, claims(first.access)["sub"]) == 200
    assert renew(auth_cloud.url, first.refresh, "RefreshToken").status_code == 200
    assert first.access not in repr(first)
    assert sign_in(auth_cloud.url, "local@localhost", "").status_code == 422
    assert sign_in(auth_cloud.url, "local@localhost", "!").status_code == 401
