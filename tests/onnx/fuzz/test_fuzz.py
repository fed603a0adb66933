"""A few seconds of what `make fuzz` does for minutes, the same ones each time."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.onnx.fuzz.mutation import mutated, parts_of, written
from tests.onnx.fuzz.seeds import CORPUS, SEEDS
from tests.onnx.fuzz.target import Target

MODELS = sorted(CORPUS.glob("*.onnx"))
FOUND = sorted((CORPUS / "found").iterdir())
ROUNDS = 40


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    with Target(tmp_path) as made:
        yield made


def test_the_corpus_is_what_the_seeds_make() -> None:
    wanted = {
        f"{make.__name__}.onnx": make().SerializeToString(deterministic=True) for make in SEEDS
    }
    assert {path.name: path.read_bytes() for path in MODELS} == wanted


@pytest.mark.parametrize("path", MODELS, ids=lambda path: str(path.stem))
def test_a_seed_and_what_becomes_of_it(target: Target, path: Path) -> None:
    seed = path.read_bytes()
    target(seed)
    others = [each.read_bytes() for each in MODELS]
    for number in range(ROUNDS):
        dice = random.Random(f"{path.stem} {number}")
        content = seed
        for _ in range(dice.choice((1, 1, 2, 4))):
            content = mutated(content, dice.choice(others), dice)
        try:
            target(content)
        except Exception as error:
            error.add_note(f"with the bytes {content.hex()}")
            raise


@pytest.mark.parametrize("path", FOUND, ids=lambda path: str(path.stem))
def test_what_was_wrong_once(target: Target, path: Path) -> None:
    target(path.read_bytes())


@pytest.mark.parametrize("path", MODELS, ids=lambda path: str(path.stem))
def test_the_mutator_takes_messages_apart_and_together(path: Path) -> None:
    content = path.read_bytes()
    parts = parts_of(content)
    assert parts
    assert b"".join(map(written, parts)) == content
