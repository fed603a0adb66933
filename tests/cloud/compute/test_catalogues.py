"""Catalogues over HTTP."""

from tests.cloud.fleet import made, send, uploaded
from tests.cloud.people import Person


def test_a_catalogue_from_its_creation_to_its_end(member: Person) -> None:
    birds = made(member, "/cpt/catalogues", {"Name": "Birds"})
    assert birds["Organisation"] == {"UUID": member.organisation, "Name": "Acme"}
    path = f"/cpt/catalogue/{birds['UUID']}"
    assert member.http.get(path.upper().replace("/CPT/CATALOGUE", "/cpt/catalogue")).json() == birds

    assert member.http.patch(path, json={"Name": "Bats"}).json() == {"Message": "Done"}
    assert member.http.get(path).json()["Name"] == "Bats"
    assert member.http.delete(path).json() == {"Message": "Done"}
    assert member.http.get(path).status_code == 404


def test_catalogues_are_listed_by_name_and_by_organisation(
    member: Person, stranger: Person
) -> None:
    for name in ("Cats", "Ants"):
        made(member, "/cpt/catalogues", {"Name": name})
    made(stranger, "/cpt/catalogues", {"Name": "Bees"})
    reply = member.http.get("/cpt/catalogues")
    assert [item["Name"] for item in reply.json()] == ["Ants", "Cats"]
    assert reply.headers["X-Pagination-Records"] == "2"
    for organisation, names in (
        (member.organisation, ["Ants", "Cats"]),
        (stranger.organisation, []),
    ):
        found = member.http.get("/cpt/catalogues", params={"Organisation": organisation}).json()
        assert [item["Name"] for item in found] == names


def test_a_catalogue_with_a_function_is_not_deleted(member: Person) -> None:
    catalogue = made(member, "/cpt/catalogues", {"Name": "Full"})["UUID"]
    function = uploaded(member, Catalogues=[catalogue])
    refused = member.http.delete(f"/cpt/catalogue/{catalogue}")
    assert refused.status_code == 409
    assert "not empty" in refused.json()["Message"]
    assert send(member, to=function, Catalogues=[]).json()["Catalogues"] == []
    assert member.http.delete(f"/cpt/catalogue/{catalogue}").status_code == 200


def test_another_organisations_catalogue_does_not_exist(member: Person, stranger: Person) -> None:
    uuid = made(member, "/cpt/catalogues", {"Name": "Mine"})["UUID"]
    path = f"/cpt/catalogue/{uuid}"
    assert stranger.http.get(path).status_code == 404
    assert stranger.http.patch(path, json={"Name": "Yours"}).status_code == 404
    assert stranger.http.delete(path).status_code == 404
    refused = send(stranger, b"x", Catalogues=[uuid])
    assert refused.status_code == 422
    assert refused.json()["Field"]["Name"] == "Catalogues"
    assert stranger.http.get("/cpt/functions").json() == []
    assert member.http.get(path).json()["Name"] == "Mine"
