"""Traps of the generator's default output in what comes back, and their absence in ours."""

import copy
import datetime
import json
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from scailable.errors import NotFound, ResponseParsingError, ServerError
from tests.generator import sample
from tests.traps.conftest import ROOT, Module
from tests.traps.wire import our_reply, their_client


def changed(**fields: Any) -> dict[str, Any]:
    return sample.THING | fields


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in sample.THING.items() if key != name}


def test_the_sample_is_read_whole(ours: Module) -> None:
    thing = ours("models").Thing.from_dict(sample.THING)
    assert thing.seen == datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)
    assert (thing.born, thing.parts[0].name, thing.labels.additional_properties["room"]) == (
        None,
        "bulb",
        "hall",
    )
    assert not thing.note
    assert thing.to_dict() == sample.THING
    assert pickle.loads(pickle.dumps(thing)) == copy.deepcopy(thing) == thing


def test_an_error_raises(theirs: Module, ours: Module) -> None:
    client = their_client(theirs("client"), 404, {"Message": "no such thing"})
    given = theirs("api.thing.get_thing").sync("1", client=client)
    assert given == theirs("models").Message(message="no such thing")

    with pytest.raises(NotFound, match="no such thing"):
        ours("api.thing.get_thing").parse_response(our_reply(404, {"Message": "no such thing"}))


def test_an_undocumented_answer_raises(theirs: Module, ours: Module) -> None:
    client = their_client(theirs("client"), 202, b"")
    assert theirs("api.thing.get_thing").sync("1", client=client) is None

    with pytest.raises(ResponseParsingError, match="status 202, which is not documented"):
        ours("api.thing.get_thing").parse_response(our_reply(202, b""))


@pytest.mark.parametrize("status", [520, 599])
def test_statuses_that_python_does_not_know(theirs: Module, ours: Module, status: int) -> None:
    client = their_client(theirs("client"), status, {"Message": "failed"})
    with pytest.raises(ValueError, match=f"{status} is not a valid HTTPStatus"):
        theirs("api.thing.get_thing").sync("1", client=client)

    with pytest.raises(ServerError) as caught:
        ours("api.thing.get_thing").parse_response(our_reply(status, {"Message": "failed"}))
    assert caught.value.status == status


def test_an_unknown_value_of_an_enum_is_kept(theirs: Module, ours: Module) -> None:
    with pytest.raises(ValueError, match="'paused' is not a valid Status"):
        theirs("models").Thing.from_dict(changed(Status="paused"))

    thing = ours("models").Thing.from_dict(changed(Status="paused"))
    assert thing.status == thing.status.value == "paused"
    assert thing.to_dict()["Status"] == "paused"
    assert pickle.loads(pickle.dumps(thing)) == thing
    assert list(ours("models").Status) == ["ok", "error"]
    with pytest.raises(ResponseParsingError, match=r"Thing\.Status should be a text but is null"):
        ours("models").Thing.from_dict(changed(Status=None))


def test_a_missing_field_is_named(theirs: Module, ours: Module) -> None:
    with pytest.raises(KeyError):
        theirs("models").Thing.from_dict(without("Name"))

    with pytest.raises(ResponseParsingError, match=r"Thing\.Name is missing") as caught:
        ours("api.thing.get_thing").parse_response(our_reply(200, without("Name")))
    assert caught.value.status == 200
    assert caught.value.method == "GET"


WRONG = {
    "Thing.Name should be a text but is a whole number": changed(Name=1),
    "Thing.Count should be a whole number but is true or false": changed(Count=True),
    "Thing.Ratio should be a number but is a text": changed(Ratio="1"),
    "Thing.Tags should be a list but is an object": changed(Tags={}),
    "Thing.Tags should be a text but is a whole number": changed(Tags=["a", 1]),
    "Thing.Parts should be an object but is a text": changed(Parts=["bulb"]),
    "Thing.Parts > Part.Name is missing": changed(Parts=[{}]),
    "Thing.Labels > ThingLabels.room should be a text but is null": changed(Labels={"room": None}),
    "Thing.UUID cannot be read: badly formed": changed(UUID="no-uuid"),
    "Thing.Seen should be a text but is null": changed(Seen=None),
    "Thing.Seen cannot be read: Invalid isoformat": changed(Seen="yesterday"),
    "should be an object but is a list": [sample.THING],
}


@pytest.mark.parametrize("words", WRONG)
def test_a_field_that_does_not_fit_is_named(ours: Module, words: str) -> None:
    with pytest.raises(ResponseParsingError) as caught:
        ours("api.thing.get_thing").parse_response(our_reply(200, WRONG[words]))
    assert words in caught.value.message
    assert "s3cr3t-token-value" not in str(caught.value)


def test_wrong_types_used_to_pass(theirs: Module) -> None:
    assert theirs("models").Thing.from_dict(changed(Name=1)).name == 1
    with pytest.raises(TypeError):
        theirs("models").Thing.from_dict(changed(Seen=None))


@pytest.mark.parametrize("body", [b"<html>502 Bad Gateway</html>", b"", b'{"UUID": "0d6b'])
def test_what_is_not_json(theirs: Module, ours: Module, body: bytes) -> None:
    client = their_client(theirs("client"), 200, body)
    with pytest.raises(json.JSONDecodeError):
        theirs("api.thing.get_thing").sync("1", client=client)

    with pytest.raises(ResponseParsingError):
        ours("api.thing.get_thing").parse_response(our_reply(200, body))


def test_unknown_fields_are_kept(ours: Module) -> None:
    thing = ours("models").Thing.from_dict(changed(Colour="red", additional_properties=1))
    assert thing.additional_properties == {"Colour": "red", "additional_properties": 1}
    assert thing.to_dict()["Colour"] == "red"


def test_each_kind_of_answer(ours: Module) -> None:
    api = "api.thing"
    assert (
        ours(f"{api}.list_things").parse_response(our_reply(200, [sample.THING]))[0].name == "lamp"
    )
    assert ours(f"{api}.download_thing").parse_response(our_reply(200, b"\x00\xff")) == b"\x00\xff"
    assert ours(f"{api}.get_status").parse_response(our_reply(200, "up")) == '"up"'
    assert ours(f"{api}.delete_thing").parse_response(our_reply(204, b"")) is None
    assert ours(f"{api}.get_status").build_request().security == ()
    assert ours(f"{api}.get_thing").build_request("1").security == ("User",)
    with pytest.raises(ResponseParsingError, match="a text"):
        ours(f"{api}.get_status").parse_response(our_reply(200, b"\xff"))


def imported(package: str, folder: Path) -> set[str]:
    """The modules of the package that importing one operation brings in."""
    code = (
        f"import {package}.api.thing.delete_thing, sys\n"
        f"print(*[name for name in sys.modules if name.startswith('{package}.models.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{folder}:{ROOT}"},
    )
    return set(done.stdout.split())


def test_one_operation_does_not_import_every_model(packages: Path, ours: Module) -> None:
    assert "theirs.models.thing" in imported("theirs", packages)
    assert imported("ours", packages) == set()
    assert "Thing" in dir(ours("models"))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = ours("models").Nothing


def test_reading_is_at_least_twice_as_fast(theirs: Module, ours: Module) -> None:
    """Interleaved, best of several, on the CPU clock: other work on the machine does not decide."""

    def seconds(model: Any) -> float:
        start = time.process_time()
        for _ in range(2000):
            model.from_dict(sample.THING)
        return time.process_time() - start

    pairs = [(seconds(theirs("models").Thing), seconds(ours("models").Thing)) for _ in range(7)]
    slow, fast = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    assert slow > 2 * fast, f"{slow / fast:.2f} times as fast"
