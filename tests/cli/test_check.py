"""`scailable models check`."""

from pathlib import Path

from tests.cli.shell import Shell
from tests.digits import DIGITS


def test_a_fit_model(offline: Shell) -> None:
    outcome = offline.ok("models", "check", DIGITS)
    assert f"{DIGITS}: fit" in outcome.out
    assert outcome.err == ""


def test_a_file_that_is_no_model(offline: Shell, tmp_path: Path) -> None:
    page = tmp_path / "model.onnx"
    page.write_text("<!DOCTYPE html><html></html>")
    outcome = offline.run("models", "check", page)
    assert outcome.code == 1
    assert "ONNX-FILE-" in outcome.out


def test_the_worst_file_decides_the_exit_code(offline: Shell, tmp_path: Path) -> None:
    page = tmp_path / "model.onnx"
    page.write_text("<!DOCTYPE html><html></html>")
    assert offline.run("models", "check", DIGITS, page).code == 1
    outcome = offline.run("models", "check", tmp_path / "none.onnx", page, DIGITS)
    assert outcome.code == 2
    assert "No such file" in outcome.err
    assert f"{DIGITS}: fit" in outcome.out


def test_json_has_the_findings(offline: Shell, tmp_path: Path) -> None:
    page = tmp_path / "model.onnx"
    page.write_text("<!DOCTYPE html><html></html>")
    outcome = offline.run("models", "check", page, "--json")
    [report] = outcome.json
    assert outcome.code == 1
    assert report["ok"] is False
    assert report["findings"][0]["severity"] == "error"


def test_quiet_is_a_verdict_a_line(offline: Shell) -> None:
    assert offline.ok("models", "check", DIGITS, "-q").out == f"{DIGITS}: fit\n"


def test_profile_is_the_one_of_the_rules(offline: Shell) -> None:
    outcome = offline.ok("models", "check", DIGITS, "--profile", "generic", "--json")
    assert outcome.json[0]["profile"] == "generic"
    assert "'strict' is not one of" in offline.fails(
        2, "models", "check", DIGITS, "--profile", "strict"
    )


def test_no_file_is_a_usage_error(offline: Shell) -> None:
    assert "Missing argument" in offline.fails(2, "models", "check")
