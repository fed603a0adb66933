"""Every filter, order and page of the list of functions."""

from collections.abc import Iterator
from typing import Any

import pytest

from scailable.cloud.embedded import EmbeddedCloud
from tests.cloud.fleet import NIL, made, model_file, settled, uploaded
from tests.cloud.people import Person, enrolled


class Shelf:
    """An organisation with four functions: bird, cat, dog (whose conversion failed) and eel."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.pets = made(person, "/cpt/catalogues", {"Name": "Pets"})["UUID"]
        self.wild = made(person, "/cpt/catalogues", {"Name": "Wild"})["UUID"]
        source = {"SourceName": "GitHub", "SourceUrl": "https://example.com/cat"}
        small, large = (1, 3, 100, 200), (1, 3, 300, 400)
        boxes = {"input_name": "image-x", "output_name": "bboxes-format:xyxysc"}
        self.uuids = {
            "bird": uploaded(person, model_file(shape=small), Name="bird", Catalogues=[self.wild]),
            "cat": uploaded(
                person,
                model_file(shape=large, **boxes),
                Name="cat",
                Alias="100%_Purr",
                Catalogues=[self.pets, self.wild],
                **source,
            ),
            "dog": uploaded(person, b"junk", Name="dog", Catalogues=[self.pets]),
            "eel": uploaded(
                person,
                model_file(shape=(1, 3, 200, 100), input_name="frame"),
                Name="eel",
                Documentation="Long and thin.",
            ),
        }
        for uuid in self.uuids.values():
            settled(person, uuid)

    def names(self, **params: Any) -> list[str]:
        reply = self.person.http.get("/cpt/functions", params={"OrderBy": "Name", **params})
        assert reply.status_code == 200, reply.text
        return [item["Name"] for item in reply.json()]


@pytest.fixture(scope="module")
def shelf(each_cloud: EmbeddedCloud) -> Iterator[Shelf]:
    with enrolled(each_cloud) as person:
        yield Shelf(person)


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"q": "CAT"}, ["cat"]),
        ({"q": "purr"}, ["cat"]),
        ({"q": "thin"}, ["eel"]),
        ({"q": "0%_p"}, ["cat"]),
        ({"q": "%"}, ["cat"]),
        ({"q": "nothing"}, []),
        ({"q": ""}, ["bird", "cat", "dog", "eel"]),
        ({"Status": "ok"}, ["bird", "cat", "eel"]),
        ({"Status": "error"}, ["dog"]),
        ({"Catalogue": NIL}, ["eel"]),
        ({"SourceName": "GitHub"}, ["cat"]),
        ({"SourceName": "github"}, []),
        ({"SourceUrl": "https://example.com/cat"}, ["cat"]),
        ({"Width": "200-"}, ["bird", "cat"]),
        ({"Width": "-200"}, ["bird", "eel"]),
        ({"Width": "150-300"}, ["bird"]),
        ({"Width": "100"}, ["eel"]),
        ({"Width": "300-100"}, []),
        ({"Height": "150-", "Width": "-150"}, ["eel"]),
        ({"RuntimeArch": "cpu"}, ["bird", "cat", "eel"]),
        ({"RuntimeArch": "hailo"}, []),
        ({"InputProperty": "image"}, ["bird", "cat"]),
        ({"InputProperty": "frame"}, ["eel"]),
        ({"InputProperty": "scores"}, []),
        ({"OutputProperty": "scores"}, ["bird", "eel"]),
        ({"OutputProperty": "bboxes"}, ["cat"]),
        ({"Status": "ok", "q": "ir"}, ["bird"]),
    ],
)
def test_filters(shelf: Shelf, params: dict[str, str], names: list[str]) -> None:
    assert shelf.names(**params) == names


def test_filters_by_identifier(shelf: Shelf) -> None:
    assert shelf.names(Catalogue=shelf.pets) == ["cat", "dog"]
    assert shelf.names(Catalogue=shelf.pets.upper()) == ["cat", "dog"]
    assert shelf.names(LicensedCatalogue=[shelf.pets, shelf.wild]) == ["bird", "cat", "dog"]
    assert shelf.names(LicensedCatalogue=[NIL]) == ["eel"]
    assert shelf.names(Functions=[shelf.uuids["eel"], shelf.uuids["dog"]]) == ["dog", "eel"]
    assert shelf.names(Functions=[NIL]) == []
    assert shelf.names(Catalogue=shelf.uuids["cat"]) == []


def test_orders(shelf: Shelf) -> None:
    assert shelf.names(OrderBy="-Name") == ["eel", "dog", "cat", "bird"]
    assert shelf.names(OrderBy="InsertedAt") == ["bird", "cat", "dog", "eel"]
    assert shelf.names(OrderBy="-InsertedAt") == ["eel", "dog", "cat", "bird"]
    listed = shelf.person.http.get("/cpt/functions", params={"OrderBy": "-UpdatedAt,Name"}).json()
    moments = [item["UpdatedAt"] for item in listed]
    assert moments == sorted(moments, reverse=True)
    refused = shelf.person.http.get("/cpt/functions", params={"OrderBy": "Status"})
    assert refused.status_code == 400


def test_equal_values_are_ordered_by_the_next_field(member: Person) -> None:
    first, second = uploaded(member, b"a", Name="same"), uploaded(member, b"b", Name="same")
    for order, uuids in (
        ("Name,InsertedAt", [first, second]),
        ("Name,-InsertedAt", [second, first]),
    ):
        listed = member.http.get("/cpt/functions", params={"OrderBy": order}).json()
        assert [item["UUID"] for item in listed] == uuids


def test_pages(shelf: Shelf) -> None:
    reply = shelf.person.http.get(
        "/cpt/functions", params={"OrderBy": "Name", "Offset": 1, "Limit": 2, "Status": "ok"}
    )
    assert [item["Name"] for item in reply.json()] == ["cat", "eel"]
    assert reply.headers["X-Pagination-Records"] == "3"
    beyond = shelf.person.http.get("/cpt/functions", params={"Offset": 100})
    assert (beyond.json(), beyond.headers["X-Pagination-Records"]) == ([], "4")


def test_the_list_for_old_clients(shelf: Shelf) -> None:
    params = {"OrderBy": "-Name", "Status": "ok", "Catalogue": shelf.wild, "Limit": 1}
    reply = shelf.person.http.get("/cpt/functions/compatibility", params=params)
    assert [item["Name"] for item in reply.json()] == ["cat"]
    assert reply.headers["X-Pagination-Records"] == "2"


def test_options_are_the_values_that_occur(shelf: Shelf, stranger: Person) -> None:
    options = {
        item["Name"]: item["Values"]
        for item in shelf.person.http.get("/cpt/functions/options").json()
    }
    assert options == {
        "Status": ["error", "ok"],
        "Catalogue": sorted([shelf.pets, shelf.wild]),
        "SourceName": ["GitHub"],
        "SourceUrl": ["https://example.com/cat"],
        "RuntimeArch": ["cpu"],
        "InputProperty": ["frame", "image"],
        "OutputProperty": ["bboxes", "scores"],
    }
    others = stranger.http.get("/cpt/functions/options").json()
    assert all(item["Values"] == [] for item in others)


def test_sources(shelf: Shelf, stranger: Person) -> None:
    found = shelf.person.http.get("/cpt/functions/sourceinfo").json()
    assert found == [{"Name": "GitHub", "Url": "https://example.com/cat"}]
    assert stranger.http.get("/cpt/functions/sourceinfo").json() == []
