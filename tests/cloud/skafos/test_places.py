"""Organizations, apps and models: by name and by id, missing, full, somebody else's."""

from typing import Any
from urllib.parse import quote

import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.people import Person, enrolled
from tests.cloud.skafos.conftest import COMPANY, Maker, error


def test_what_there_is_by_name_and_by_id(maker: Maker) -> None:
    [organization] = maker.http.get("/v2/organizations").json()
    assert (organization["name"], organization["display_name"]) == (COMPANY, COMPANY)
    [app] = maker.http.get(f"{maker.organization}/apps?with_models=true").json()
    [model] = app["models"]
    assert (app["organization_id"], model["app_id"]) == (organization["id"], app["id"])
    for step in (COMPANY, organization["id"], organization["id"].upper()):
        for name in ("doors", app["id"]):
            path = f"/v2/organizations/{step}/apps/{name}"
            assert maker.http.get(path).json()["id"] == app["id"]
            assert maker.http.get(f"{path}/models").json() == [model]
            assert maker.http.get(f"{path}/models/{model['id']}").json() == model
    assert "models" not in maker.http.get(f"{maker.organization}/apps").json()[0]


def test_a_refusal_says_what_is_missing(maker: Maker) -> None:
    get = maker.http.get
    nobody = "/v2/organizations/Nobody/apps/doors/models/faces/model_versions"
    assert "no organization Nobody" in error(get(nobody), 404)
    path = f"{maker.organization}/apps/gates/models/faces/model_versions"
    assert f"no app gates in the organization {COMPANY}" in error(get(path), 404)
    path = f"{maker.organization}/apps/doors/models/plates/deploy"
    assert "no model plates in the app doors" in error(maker.http.post(path, json={}), 404)
    for base in ("/download", ""):
        path = f"{base}{maker.organization}/apps/gates/models/faces"
        assert "no app gates" in error(get(path), 404)


@pytest.mark.parametrize(
    "name", ["a b", "Gesichter", "人", "a.b-c_d", "x" * 100, "download", "model_versions"]
)
def test_names(maker: Maker, name: str) -> None:
    maker.made(f"{maker.organization}/apps", name=name)
    assert maker.http.get(f"{maker.organization}/apps/{name}").json()["name"] == name
    maker.made(f"{maker.organization}/apps/{name}/models", name=name)
    path = f"{maker.organization}/apps/{name}/models/{name}/model_versions"
    assert maker.http.get(path).json() == []


@pytest.mark.parametrize(
    "name",
    [
        *("", "a/b", "a\\b", "a?b", "a#b", "a%b", "a\nb", "x" * 101, ".hidden", " a", "a "),
        *("6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11", 7, None),
    ],
)
def test_names_that_cannot_stand_in_a_path(maker: Maker, name: Any) -> None:
    for path in ("apps", "apps/doors/models"):
        reply = maker.http.post(f"{maker.organization}/{path}", json={"name": name})
        assert error(reply, 422)
        assert reply.json()["field"]["name"] == "name"


def test_a_name_twice(maker: Maker) -> None:
    for path, noun in (("apps", "app doors"), ("apps/doors/models", "model faces")):
        name = noun.split()[1]
        reply = maker.http.post(f"{maker.organization}/{path}", json={"name": name})
        assert f"has {'an' if noun[0] == 'a' else 'a'} {noun} already" in error(reply, 409)


def test_deleting_what_holds_something(maker: Maker) -> None:
    app = f"{maker.organization}/apps/doors"
    assert "still holds models" in error(maker.http.delete(app), 409)
    maker.upload()
    assert "still has versions" in error(maker.http.delete(maker.model), 409)
    assert maker.http.delete(f"{maker.model}?force=true").status_code == 204
    maker.made(f"{app}/models", name="faces")
    assert maker.upload()["version"] == 1
    assert maker.http.delete(f"{app}?force=true").status_code == 204
    assert maker.http.get(f"{maker.organization}/apps").json() == []


def test_lists_go_by_pages(maker: Maker) -> None:
    for name in ("b", "a", "c"):
        maker.made(f"{maker.organization}/apps", name=name)
    reply = maker.http.get(f"{maker.organization}/apps?limit=2&offset=1")
    assert [app["name"] for app in reply.json()] == ["b", "c"]
    assert reply.headers["X-Pagination-Records"] == "4"


def test_nothing_of_it_exists_for_others(
    maker: Maker, stranger: Person, each_cloud: EmbeddedCloud
) -> None:
    version, begun = maker.upload(), maker.begin()
    [organization] = maker.http.get("/v2/organizations").json()
    shown = maker.http.get(f"{maker.versions}?completed=false").json()
    other = Maker(each_cloud.url, stranger.access)
    assert [each["name"] for each in other.http.get("/v2/organizations").json()] == ["Elsewhere"]
    assert other.http.get("/v2/organizations/Elsewhere/apps?with_models=true").json() == []
    app, model = version["model"]["app_id"], version["model_id"]
    for owner, missing in (
        (COMPANY, f"no organization {COMPANY}"),
        (organization["id"], "no organization"),
        ("Elsewhere", f"no app {app}"),
    ):
        apps = f"/v2/organizations/{owner}/apps"
        inside = f"{apps}/{app}/models/{model}"
        one = f"{inside}/model_versions/{version['id']}"
        upload = f"{inside}/model_versions/{begun['model_version_id']}"
        for method, path, body in (
            ("GET", f"{apps}/{app}", None),
            ("DELETE", f"{apps}/{app}?force=true", None),
            ("GET", f"{apps}/{app}/models", None),
            ("POST", f"{apps}/{app}/models", {"name": "mine"}),
            ("GET", inside, None),
            ("DELETE", f"{inside}?force=true", None),
            ("GET", f"{inside}/model_versions", None),
            ("POST", f"{inside}/model_versions", {"filename": "faces.zip"}),
            ("GET", one, None),
            ("DELETE", f"{one}?force=true", None),
            ("POST", f"{upload}/upload", None),
            ("PATCH", upload, {"filepath": begun["filepath"]}),
            ("GET", f"/download{inside}", None),
            ("GET", one.replace("/apps/", "/app/") + "/", None),
            ("GET", f"{inside}/environment_groups", None),
            ("POST", f"{inside}/deploy", {}),
        ):
            reply = other.http.request(method, path, json=body)
            assert missing in error(reply, 404), (method, path)
    for method in ("GET", "POST"):
        reply = other.http.request(method, f"{maker.organization}/apps", json={"name": "mine"})
        assert "no organization" in error(reply, 404)
    assert maker.http.get(maker.versions).json() == [version]
    assert maker.http.get(f"{maker.versions}?completed=false").json() == shown
    other.http.close()


def test_a_model_of_another_app_is_not_found_there(maker: Maker) -> None:
    version = maker.upload()
    maker.made(f"{maker.organization}/apps", name="gates")
    model, app = version["model_id"], f"{maker.organization}/apps/gates"
    assert "no model" in error(maker.http.get(f"{app}/models/{model}"), 404)
    maker.made(f"{app}/models", name="faces")
    path = f"{app}/models/faces/model_versions/{version['id']}"
    for method in ("GET", "DELETE"):
        assert "no model version" in error(maker.http.request(method, path), 404)
    body = {"filepath": version["filepath"]}
    assert "no model version" in error(maker.http.patch(path, json=body), 404)


@pytest.mark.parametrize("company", ["Smith/Jones", "50% off?", "Ä & Ö #1", "a//b", "a%2Fb"])
def test_an_organization_of_any_name(each_cloud: EmbeddedCloud, company: str) -> None:
    """It was registered before there was Skafos, with whatever name it has."""
    with enrolled(each_cloud, company) as person:
        maker = Maker(each_cloud.url, person.access, quote(company, safe=""))
        [shown] = maker.http.get("/v2/organizations").json()
        assert shown["name"] == company
        maker.prepare()
        version = maker.upload()
        by_id = maker.versions.replace(maker.organization, f"/v2/organizations/{shown['id']}")
        assert maker.http.get(by_id).json() == [version]
        maker.http.close()
