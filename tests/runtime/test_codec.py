"""What reading an answer does besides giving its objects."""

import gc
import json
from collections.abc import Iterator
from uuid import UUID

import pytest

from scailable.errors import ResponseParsingError
from scailable.runtime import codec
from scailable.runtime.call import Call, Reply

WRITTEN = "5b1b5e7e-4c6b-4d7c-9d9a-2f1d3f0b7a10"
LARGE = json.dumps([0] * 50_000).encode()


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    yield
    gc.enable()


def read(content: bytes, *, fails: bool = False) -> bool:
    """Whether garbage was collected while the answer was read."""
    seen = []

    def decode(data: object) -> object:
        seen.append(gc.isenabled())
        if fails:
            raise TypeError("should be an object but is a list")
        return data

    call = Call(service="compute", operation="listFunctions", method="GET", path="/functions")
    reply = Reply(call=call, status=200, headers={}, content=content)
    if fails:
        with pytest.raises(ResponseParsingError):
            codec.read_json(reply, decode)
    else:
        codec.read_json(reply, decode)
    return seen[0]


@pytest.mark.parametrize("fails", [False, True])
def test_a_large_answer_is_read_without_collecting_garbage(fails: bool) -> None:
    assert not read(LARGE, fails=fails)
    assert gc.isenabled()


def test_a_small_answer_leaves_the_collector_alone() -> None:
    assert read(b"[]")
    assert gc.isenabled()


def test_a_collector_that_was_switched_off_stays_off() -> None:
    gc.disable()
    assert not read(LARGE)
    assert not gc.isenabled()


@pytest.mark.parametrize(
    "written",
    [
        WRITTEN,
        WRITTEN.replace("-", "").upper(),
        f"{{{WRITTEN}}}",
        f"urn:uuid:{WRITTEN}",
        "",
        "1" * 33,
        "x" * 32,
        "-" * 36,
        "0x" + "1" * 30,
    ],
)
def test_a_uuid_is_read_as_python_reads_it(written: str) -> None:
    def outcome(parse: object) -> object:
        assert callable(parse)
        try:
            return parse(written)
        except ValueError as error:
            return str(error)

    assert outcome(codec.uuid) == outcome(UUID)
