"""API tokens: made by a signed-in user, shown once, good for Skafos alone."""

from scailable.cloud.embedded import EmbeddedCloud
from scailable.cloud.store import tables
from tests.cloud.people import Person, bearer, get
from tests.cloud.skafos.conftest import Maker, error


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
