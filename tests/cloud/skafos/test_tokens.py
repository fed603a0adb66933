"""API tokens: made by a signed-in user, shown once, good for Skafos alone."""

import logging

import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.store import tables
from tests.cloud.people import Person, TestClock, again, bearer, get
from tests.cloud.skafos.conftest import Maker, archive, error


def test_the_life_of_a_token(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    made = maker.made("/v2/api_tokens", name="nightly")
    assert made["token"].startswith("skafos_")
    program = Maker(each_cloud.url, made["token"])
    assert program.upload()["version"] == 1
    [listed] = maker.http.get("/v2/api_tokens").json()
    assert (listed["id"], listed["name"]) == (made["id"], "nightly")
    assert listed["last_used_at"] is not None
    assert "token" not in listed
    assert "sign in for that" in error(program.http.post("/v2/api_tokens", json={"name": "x"}), 403)
    assert maker.http.delete(f"/v2/api_tokens/{made['id']}").status_code == 204
    refused = program.http.get("/v2/organizations")
    assert "not valid" in error(refused, 401)
    assert "WWW-Authenticate" not in refused.headers
    assert "no API token" in error(maker.http.delete(f"/v2/api_tokens/{made['id']}"), 404)
    program.http.close()


def test_it_opens_nothing_else(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    token = maker.made("/v2/api_tokens", name="nightly")["token"]
    assert get(f"{each_cloud.url}/cpt/functions", headers=bearer(token)).status_code == 401
    url = f"{each_cloud.url}/skafos/v2/organizations"
    assert "X-API-TOKEN" in error(get(url, headers=bearer(token)), 401)
    assert "X-API-TOKEN" in error(get(url), 401)
    for wrong in (token[:-1], f"{token}x", "skafos_", "x"):
        assert "not valid" in error(get(url, headers={"X-API-TOKEN": wrong}), 401)


def test_others_neither_see_nor_delete_it(maker: Maker, stranger: Person) -> None:
    made = maker.made("/v2/api_tokens", name="mine")
    other = Maker(stranger.url, stranger.access)
    assert other.http.get("/v2/api_tokens").json() == []
    assert error(other.http.delete(f"/v2/api_tokens/{made['id']}"), 404)
    assert len(maker.http.get("/v2/api_tokens").json()) == 1
    other.http.close()


def test_only_a_digest_is_stored(maker: Maker, each_cloud: EmbeddedCloud) -> None:
    made = maker.made("/v2/api_tokens", name="secret")
    with each_cloud.cloud.store.unscoped(write=False) as scope:
        rows = scope.rows(tables.api_tokens.select())
    assert made["token"] not in repr(rows)
    assert any(row.uuid == made["id"] for row in rows)


def test_its_use_is_noted_once_a_minute(
    maker: Maker, each_cloud: EmbeddedCloud, clock: TestClock
) -> None:
    made = maker.made("/v2/api_tokens", name="nightly")
    program = Maker(each_cloud.url, made["token"])

    def noted() -> str | None:
        [listed] = maker.http.get("/v2/api_tokens").json()
        found: str | None = listed["last_used_at"]
        return found

    assert noted() is None  # not by being made
    program.http.get("/v2/organizations")
    first = noted()
    assert first is not None
    program.http.get("/v2/organizations")
    assert noted() == first
    clock.advance(minutes=1)
    program.http.get("/v2/organizations")
    then = noted()
    clock.advance(minutes=-1)
    assert then is not None and then > first
    program.http.close()


def test_it_goes_on_when_the_session_has_ended(
    person: Person, each_cloud: EmbeddedCloud, clock: TestClock
) -> None:
    signed_in = Maker(each_cloud.url, person.access)
    made = signed_in.made("/v2/api_tokens", name="nightly")
    program = Maker(each_cloud.url, made["token"])
    clock.advance(days=100)
    assert error(signed_in.http.get("/v2/organizations"), 401)
    assert program.http.get("/v2/organizations").status_code == 200
    with again(each_cloud, person) as renewed:
        back = Maker(each_cloud.url, renewed.access)
        assert back.http.delete(f"/v2/api_tokens/{made['id']}").status_code == 204
        back.http.close()
    clock.advance(days=-100)
    signed_in.http.close()
    program.http.close()


def test_secrets_are_in_no_other_answer_and_in_no_log(
    maker: Maker, each_cloud: EmbeddedCloud, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = maker.made("/v2/api_tokens", name="nightly")["token"]
    program = Maker(each_cloud.url, token)
    begun = program.begin()
    signature = begun["presigned_url"].rpartition("signature=")[2]
    replies = [
        program.complete(begun),
        program.put(begun, b"no archive"),
        program.complete(begun),
        program.put(begun, archive()),
        program.complete(begun),
        program.put(begun, archive()),
        program.http.post("/v2/api_tokens", json={"name": "x"}),
        *map(
            program.http.get,
            (
                *("/v2/api_tokens", "/v2/organizations", f"{program.organization}/apps"),
                *(program.versions, f"/download{program.model}", "/v2/nothing"),
            ),
        ),
        program.http.get("/v2/organizations", headers={"X-API-TOKEN": f"{token}x"}),
    ]
    # The client of this test; and the log of requests, which is off where no test listens to it.
    others = ("httpx", "httpcore", "uvicorn.access")
    logged = [
        record.getMessage() for record in caplog.records if not record.name.startswith(others)
    ]
    for text in (*(f"{reply.headers} {reply.text}" for reply in replies), *logged):
        assert token not in text
        assert signature not in text
    program.http.close()
