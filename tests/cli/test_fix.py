"""`scailable models fix` and `scailable models diff`."""

from pathlib import Path

import onnx
import pytest

from tests.cli.shell import Shell
from tests.digits import DIGITS
from tests.onnx.models import classifier, save


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return save(classifier(input_name="data", shape=("n", 3, 8, 8), ir=10), tmp_path)


def test_a_correction(offline: Shell, tmp_path: Path, source: Path) -> None:
    new = tmp_path / "new.onnx"
    assert offline.ok("models", "fix", source, "-o", new).out.splitlines() == [
        f"{new}: written, 4 corrections",
        "  batch of data: n > 1",
        "  axis 0 of scores-0:Cat;1:Dog;2:Owl: n > 1",
        "  name of input: data > image-",
        "  IR version: 10 > 9",
        "  numerically equal: max abs difference 0.0 on 3 random inputs",
        "  check: not fit > fit",
    ]
    assert offline.ok("models", "check", "-q", new).out == f"{new}: fit\n"


def test_options(offline: Shell, tmp_path: Path, source: Path) -> None:
    new = tmp_path / "new.onnx"
    words = ["--batch", 1, "--rename", "data=image-", "--rename"]
    words += ["scores-0:Cat;1:Dog;2:Owl=scores-0:a=b;1:c;2:d", "--ir", 8, "--force"]
    outcome = offline.ok("models", "fix", source, "-o", new, *words, "--json")
    assert {each["what"] for each in outcome.json["changes"]} >= {
        "name of input",
        "name of output",
        "IR version",
    }
    assert outcome.json["difference"] == 0.0
    assert outcome.json["before"]["verdict"] == "not fit"
    assert outcome.json["after"]["path"] == str(new)
    made = onnx.load(str(new))
    assert [each.name for each in made.graph.output] == ["scores-0:a=b;1:c;2:d"]
    assert made.ir_version == 8


def test_quiet_prints_the_file(offline: Shell, tmp_path: Path, source: Path) -> None:
    new = tmp_path / "new.onnx"
    assert offline.ok("-q", "models", "fix", source, "-o", new).out == f"{new}\n"


def test_nothing_to_correct(offline: Shell, tmp_path: Path) -> None:
    new = tmp_path / "new.onnx"
    outcome = offline.ok("models", "fix", DIGITS, "-o", new)
    assert "no file was written" in outcome.out
    assert offline.ok("models", "fix", DIGITS, "-o", new, "--json").json["output"] is None
    assert not new.exists()


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (2, ("--rename", "data"), "not OLD=NEW"),
        (2, ("--rename", "data=a", "--rename", "data=b"), "renamed twice"),
        (2, ("--rename", "nothing=image-"), "There are: data, scores"),
        (2, ("--opset-stamp", "new"), "neither an opset nor auto"),
        (2, ("--batch", "0"), "--batch"),
        (2, ("--ir", "12"), "lowered only"),
        (1, ("--rename", "data=pooled"), "'pooled' in the model already"),
    ],
)
def test_what_cannot_be_corrected(
    offline: Shell, tmp_path: Path, source: Path, code: int, words: tuple[str, ...], said: str
) -> None:
    new = tmp_path / "new.onnx"
    assert said in offline.fails(code, "models", "fix", source, "-o", new, *words)
    assert list(tmp_path.iterdir()) == [source]


def test_a_file_that_is_there_stays(offline: Shell, tmp_path: Path, source: Path) -> None:
    new = tmp_path / "new.onnx"
    new.write_text("precious")
    assert "there already" in offline.fails(2, "models", "fix", source, "-o", new)
    assert "source itself" in offline.fails(2, "models", "fix", source, "-o", source, "--force")
    assert new.read_text() == "precious"


def test_a_file_that_is_not_there(offline: Shell, tmp_path: Path) -> None:
    missing = tmp_path / "none.onnx"
    assert "No such file" in offline.fails(2, "models", "fix", missing, "-o", tmp_path / "new")


def test_differences(offline: Shell, tmp_path: Path, source: Path) -> None:
    new = tmp_path / "new.onnx"
    offline.ok("models", "fix", source, "-o", new)
    outcome = offline.run("models", "diff", source, new)
    assert (outcome.code, outcome.err) == (1, "")
    assert "  renamed   input: data > image-" in outcome.out.splitlines()
    assert outcome.out.splitlines()[-1] == (
        "can replace the old model on devices: inputs and outputs are compatible"
    )
    document = offline.run("models", "diff", source, new, "--format", "json")
    assert document.code == 1
    assert document.json["replaceable"] is True
    assert offline.run("--json", "models", "diff", source, new).json == document.json
    quiet = offline.run("models", "diff", "-q", source, new)
    assert (quiet.code, quiet.out) == (1, "")


def test_no_difference(offline: Shell, source: Path) -> None:
    assert "identical" in offline.ok("models", "diff", source, source).out


def test_what_cannot_be_compared(offline: Shell, tmp_path: Path, source: Path) -> None:
    page = tmp_path / "page.onnx"
    page.write_text("<!DOCTYPE html><html></html>")
    assert "ONNX-FILE-005" in offline.fails(2, "models", "diff", source, page)
    assert "No such file" in offline.fails(2, "models", "diff", tmp_path / "none", source)
