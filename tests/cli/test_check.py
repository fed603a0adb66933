"""`scailable models check`."""

import errno
import json
import os
import pty
import signal
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import onnx
import pytest
from onnx import helper

from scailable.onnx.rules import RULES
from tests.cli.shell import Outcome, Shell
from tests.digits import DIGITS
from tests.onnx.models import FLOAT, classifier, image, model, save, value
from tests.onnx.report.results import insist_on_schema


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A file with an error."""
    path = tmp_path / "page.onnx"
    path.write_text("<!DOCTYPE html><html></html>")
    return path


@pytest.fixture
def warned(tmp_path: Path) -> Path:
    """A file with a warning."""
    return save(classifier(input_name="data"), tmp_path, "warned.onnx")


def test_a_fit_model(offline: Shell) -> None:
    outcome = offline.ok("models", "check", DIGITS)
    assert outcome.out.startswith(f"{DIGITS}: fit (profile scailable)\n")
    assert outcome.err == ""
    assert "files:" not in outcome.out


def test_a_file_that_is_no_model(offline: Shell, page: Path) -> None:
    outcome = offline.run("models", "check", page)
    assert outcome.code == 1
    assert outcome.out.startswith(f"{page}: not fit — 1 error")
    assert "ONNX-FILE-005" in outcome.out


def test_the_worst_file_decides_the_exit_code(offline: Shell, tmp_path: Path, page: Path) -> None:
    assert offline.run("models", "check", DIGITS, page).code == 1
    outcome = offline.run("models", "check", tmp_path / "none.onnx", page, DIGITS)
    assert outcome.code == 2
    assert "No such file" in outcome.err
    assert f"{DIGITS}: fit" in outcome.out
    assert outcome.out.endswith("\n3 files: 1 fit, 1 not fit, 1 cannot be read\n")


def test_a_folder_is_told_how_to_name_its_files(offline: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "my models"
    folder.mkdir()
    outcome = offline.run("models", "check", folder)
    assert outcome.code == 2
    assert f"scailable models check '{folder}'/*.onnx" in outcome.err


def test_a_dash_is_a_file_name_like_any_other(offline: Shell) -> None:
    outcome = offline.run("models", "check", "-", stdin="onnx")
    assert (outcome.code, outcome.out) == (2, "")
    assert "Cannot read -: No such file" in outcome.err


def test_what_follows_two_dashes_is_a_file(
    offline: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(classifier(), tmp_path, "--strict")
    assert "--strict: fit" in offline.ok("models", "check", "--", "--strict").out


def test_names_of_files_do_not_steer_the_terminal(offline: Shell, tmp_path: Path) -> None:
    outcome = offline.run("models", "check", tmp_path / "a\x1b[2J.onnx", tmp_path / "b\x9b.onnx")
    assert outcome.code == 2
    assert "\\x1b[2J.onnx" in outcome.err
    assert "\x1b" not in outcome.err
    assert "\x9b" not in outcome.err


def test_json_has_the_findings(offline: Shell, page: Path) -> None:
    outcome = offline.run("models", "check", page, "--json")
    [report] = outcome.json
    assert outcome.code == 1
    assert report["ok"] is False
    assert report["findings"][0]["severity"] == "error"
    assert offline.run("models", "check", page, "--format", "json").json == [report]
    assert offline.run("--json", "models", "check", page, "--format", "json").json == [report]


def test_json_has_the_files_that_cannot_be_read(
    offline: Shell, tmp_path: Path, warned: Path
) -> None:
    outcome = offline.run("models", "check", tmp_path / "none.onnx", warned, tmp_path, "--json")
    assert (outcome.code, outcome.err) == (2, "")
    insist_on_schema(outcome.json)
    none, report, folder = outcome.json
    assert "No such file" in none["error"]
    assert report["verdict"] == "fit with warnings"
    assert "directory" in folder["error"]


def test_sarif(offline: Shell, tmp_path: Path, page: Path, warned: Path) -> None:
    words = ("models", "check", page, warned, tmp_path / "none.onnx", "--format", "sarif")
    outcome = offline.run(*words)
    assert (outcome.code, outcome.err) == (2, "")
    (run,) = outcome.json["runs"]
    assert run["invocations"][0]["exitCode"] == 2
    assert "No such file" in json.dumps(run["invocations"][0]["toolExecutionNotifications"])
    found = {result["ruleId"]: result for result in run["results"]}
    assert found["ONNX-FILE-005"]["level"] == "error"
    assert found["ONNX-INPUT-002"]["level"] == "warning"


def test_sarif_names_files_from_the_working_folder(
    offline: Shell, tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub dir").mkdir()
    page.rename(tmp_path / "sub dir" / "p.onnx")
    monkeypatch.chdir(tmp_path)
    outcome = offline.run("models", "check", "./sub dir/p.onnx", "--format", "sarif")
    (result,) = outcome.json["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "sub%20dir/p.onnx"


def test_formats_exclude_each_other(offline: Shell, page: Path) -> None:
    words = ("models", "check", page, "--json", "--format", "sarif")
    assert "exclude each other" in offline.fails(2, *words)


@pytest.mark.parametrize("form", ["json", "sarif", "text"])
def test_a_report_in_a_file(offline: Shell, tmp_path: Path, page: Path, form: str) -> None:
    target = tmp_path / "report"
    target.write_text("old")
    outcome = offline.run("models", "check", page, "--format", form, "-o", target)
    assert outcome.code == 1
    assert outcome.out.startswith(f"{page}: not fit")
    content = target.read_text()
    assert content == offline.run("models", "check", page, "--format", form).out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["page.onnx", "report"]
    quiet = offline.run("models", "check", page, "--json", "-o", target)
    assert (quiet.out, quiet.err) == ("", "")


def test_a_report_is_readable_by_others(offline: Shell, tmp_path: Path) -> None:
    target = tmp_path / "report"
    before = os.umask(0o022)
    try:
        offline.ok("models", "check", DIGITS, "-o", target)
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o644


def test_a_report_goes_where_a_link_leads(offline: Shell, tmp_path: Path) -> None:
    target, link = tmp_path / "report", tmp_path / "link"
    link.symlink_to(target)
    offline.ok("models", "check", DIGITS, "--format", "json", "-o", link)
    assert link.is_symlink()
    assert json.loads(target.read_text())[0]["ok"]


def test_a_report_may_go_to_a_device(offline: Shell) -> None:
    device = Path(os.devnull)
    offline.ok("models", "check", DIGITS, "-o", device)
    assert device.is_char_device()


def test_a_report_never_takes_the_place_of_a_model(offline: Shell, tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    content = path.read_bytes()
    link = tmp_path / "link.json"
    link.symlink_to(path)
    for target in (path, link, tmp_path / "." / path.name):
        assert "is a file to check" in offline.fails(2, "models", "check", path, "-o", target)
    assert path.read_bytes() == content


def test_a_report_that_cannot_be_written_is_told(offline: Shell, tmp_path: Path) -> None:
    outcome = offline.run("models", "check", DIGITS, "-o", "/dev/full")
    assert outcome.code == 2
    assert outcome.err.startswith("Error: ")
    assert "No space left" in outcome.err
    long = tmp_path / f"{'r' * 250}.txt"
    offline.ok("models", "check", DIGITS, "-o", long)
    assert [each.name for each in tmp_path.iterdir()] == [long.name]


def test_a_report_needs_a_folder(offline: Shell, tmp_path: Path, page: Path) -> None:
    for target in (tmp_path, tmp_path / "none" / "report"):
        assert "no file in a folder" in offline.fails(2, "models", "check", page, "-o", target)


def test_quiet_is_a_verdict_a_line(offline: Shell, page: Path, tmp_path: Path) -> None:
    assert offline.ok("models", "check", DIGITS, "-q").out == f"{DIGITS}: fit\n"
    outcome = offline.run("models", "check", DIGITS, page, tmp_path, "-q")
    assert outcome.code == 2
    assert outcome.out == f"{DIGITS}: fit\n{page}: not fit\n"
    assert "directory" in outcome.err


def test_strict_counts_warnings_as_errors(offline: Shell, warned: Path) -> None:
    assert offline.ok("models", "check", warned)
    outcome = offline.run("models", "check", warned, "--strict")
    assert outcome.code == 1
    assert outcome.out.endswith("Warnings count as errors (--strict).\n")
    assert offline.ok("models", "check", DIGITS, "--strict").out.count("strict") == 0
    sarif = offline.run("models", "check", warned, "--strict", "--format", "sarif")
    assert sarif.code == sarif.json["runs"][0]["invocations"][0]["exitCode"] == 1


def test_profile_is_the_one_of_the_rules(offline: Shell) -> None:
    for profile in ("generic", "hailo"):
        outcome = offline.run("models", "check", DIGITS, "--profile", profile, "--json")
        assert outcome.json[0]["profile"] == profile
    assert "'strict' is not one of" in offline.fails(
        2, "models", "check", DIGITS, "--profile", "strict"
    )


def test_no_file_is_a_usage_error(offline: Shell) -> None:
    assert "Missing argument" in offline.fails(2, "models", "check")


def test_the_schema_of_the_report(offline: Shell) -> None:
    schema = offline.ok("models", "check", "--schema").json
    report = offline.ok("models", "check", DIGITS, "--json").json
    jsonschema_rs.Draft202012Validator(schema).validate(report)


def test_every_rule_is_explained(offline: Shell) -> None:
    for code in RULES:
        out = offline.ok("models", "check", "--explain", code).out
        assert out.startswith(f"{code}: ")
    assert "there is no rule 'ONNX-X-1'" in offline.fails(
        2, "models", "check", "--explain=ONNX-X-1"
    )


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, shell: Shell, *words: object, **environment: str) -> None:
        self._master, terminal = pty.openpty()
        settings = {"COLUMNS": "60", "TERM": "xterm", **environment}
        self.process = Shell({**shell.environment, **settings}).start(
            *words, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
        )
        os.close(terminal)

    def pieces(self) -> Iterator[str]:
        """What is shown, as it comes."""
        while True:
            try:
                piece = os.read(self._master, 65536)
            except OSError as error:
                assert error.errno == errno.EIO  # the other end is closed
                return
            if not piece:
                return
            yield piece.decode(errors="replace")

    def outcome(self) -> Outcome:
        """Everything that was shown, once it has ended."""
        shown = "".join(self.pieces())
        code = self.process.wait(timeout=60)
        os.close(self._master)
        return Outcome(code, shown, "")


def test_colors_are_for_terminals(offline: Shell, warned: Path) -> None:
    shown = Terminal(offline, "models", "check", warned).outcome().out
    assert "\x1b[33mwarning" in shown
    for settings in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = Terminal(offline, "models", "check", warned, **settings).outcome().out
        assert "warning  ONNX-INPUT-002" in plain
        assert "\x1b" not in plain
    assert "\x1b" not in offline.ok("models", "check", warned).out


def test_lines_fit_the_terminal(offline: Shell, warned: Path) -> None:
    shown = Terminal(offline, "models", "check", warned, NO_COLOR="1").outcome().out
    wrapped = [line for line in shown.splitlines() if line.startswith(" " * 9)]
    assert wrapped
    assert all(len(line) <= 60 for line in wrapped if " " in line.strip())


def large(folder: Path, size: int) -> Path:
    """A model with this many bytes of weights, which take no room on the disk."""
    weight = helper.make_tensor("w", FLOAT, [1], b"\0\0\0\0", raw=True)
    nodes = [helper.make_node("ReduceMax", ["w"], ["y"])]
    made = model([image()], [value("y", (1,))], nodes, initializers=[weight])
    path = folder / "large.onnx"
    onnx.save(made, path, save_as_external_data=True, location="w", size_threshold=0)
    made = onnx.load(path, load_external_data=False)
    made.graph.initializer[0].dims[:] = [size // 4]
    for entry in made.graph.initializer[0].external_data:
        if entry.key == "length":
            entry.value = str(size)
    path.write_bytes(made.SerializeToString())
    os.truncate(folder / "w", size)
    return path


def test_progress_is_shown_of_large_files(offline: Shell, tmp_path: Path, warned: Path) -> None:
    path = large(tmp_path, 300 * 1024 * 1024)
    assert "Checking large.onnx" in Terminal(offline, "models", "check", path).outcome().out
    assert "Checking" not in Terminal(offline, "models", "check", warned).outcome().out
    assert "Checking" not in Terminal(offline, "models", "check", path, "-q").outcome().out
    outcome = offline.run("models", "check", path)
    assert "Checking" not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("interrupt", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_a_check_can_be_stopped(
    offline: Shell, tmp_path: Path, interrupt: signal.Signals, code: int
) -> None:
    target = tmp_path / "report.json"
    words = ("models", "check", large(tmp_path, 16 * 2**30), "--format", "json", "-o", target)
    terminal = Terminal(offline, *words)
    shown = ""
    for piece in terminal.pieces():
        shown += piece
        if "Checking large.onnx" in shown:
            terminal.process.send_signal(interrupt)
            break
    outcome = terminal.outcome()
    assert outcome.code == code
    assert "Traceback" not in shown + outcome.out
    assert not target.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["large.onnx", "w"]


def test_output_in_any_encoding(offline: Shell, tmp_path: Path) -> None:
    path = save(classifier(output_name="scores-0:猫;1:é;2:c"), tmp_path)
    process = Shell({**offline.environment, "PYTHONIOENCODING": "ascii"}).start(
        "models", "check", path
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "scores-0:\\u732b" in out


def test_json_is_utf_8_everywhere(offline: Shell, tmp_path: Path) -> None:
    path = save(classifier(output_name="scores-0:😀;1:é;2:c"), tmp_path)
    settings = {**offline.environment, "PYTHONIOENCODING": "ascii"}
    process = Shell(settings).start("models", "check", path, "--json", encoding="utf-8")
    out, _ = process.communicate(timeout=60)
    assert json.loads(out)[0]["facts"]["outputs"][0]["name"] == "scores-0:😀;1:é;2:c"
