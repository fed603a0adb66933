"""The report as people read it."""

import dataclasses
import re
from pathlib import Path

from scailable.onnx import Finding, Report, check
from scailable.onnx.reports.results import Result
from scailable.onnx.reports.text import MOST_OF_A_RULE, summary
from tests.onnx.models import classifier, save

ESCAPE = re.compile("\x1b\\[[0-9;]*m")


def finding(number: int, severity: str = "error", fix: str = "") -> Finding:
    return Finding(
        code="ONNX-TENSOR-001",
        severity=severity,  # type: ignore[arg-type]
        message=f"message {number} " + "that is rather long " * 8,
        where=f"tensor w{number}",
        fix=fix,
        source="here",
        safety=True,
        offset=number,
    )


def report(*findings: Finding) -> Report:
    return Report(
        path="model.onnx", profile="generic", size=9, sha256=None, facts=None, findings=findings
    )


def test_verdict_and_counts_come_first() -> None:
    assert report().text() == "model.onnx: fit (profile generic)\nfile     9 bytes"
    lines = report(finding(1), finding(2), finding(3, "warning")).text().splitlines()
    assert lines[0] == "model.onnx: not fit — 2 errors, 1 warning (profile generic)"
    assert lines[1] == "error    ONNX-TENSOR-001  tensor w1, byte 1"


def test_lines_are_as_wide_as_the_terminal() -> None:
    fix = "scailable models fix model.onnx --inline -o one-file.onnx --and-a-word " * 2
    text = report(finding(1, fix=fix)).text(width=60)
    assert max(map(len, text.splitlines())) <= 60
    words = " ".join(text.split())
    assert " ".join(finding(1).message.split()) in words
    assert " ".join(fix.split()) in words
    assert "\n              " in text  # the fix hangs under its first word


def test_commands_name_the_file() -> None:
    fix = "set it: scailable models fix FILE -o NEW; not the FILE of others"
    shown = dataclasses.replace(report(finding(1, fix=fix)), path="my $m.onnx").text()
    assert "scailable models fix 'my $m.onnx' -o NEW; not the FILE of others" in shown


def test_a_word_is_never_cut() -> None:
    fix = "x" * 90
    assert fix in report(finding(1, fix=fix)).text(width=50)


def test_colors_are_only_added(results: list[Result]) -> None:
    for result in results:
        if isinstance(result, Report):
            plain, colored = result.text(), result.text(color=True)
            assert "\x1b" not in plain
            assert "\x1b" in colored
            assert ESCAPE.sub("", colored) == plain


def test_severities_have_colors_of_their_own() -> None:
    text = report(finding(1), finding(2, "warning"), finding(3, "info")).text(color=True)
    colors = [line.split("m", 1)[0] for line in text.splitlines() if "ONNX-TENSOR-001" in line]
    assert len({*colors[:3]}) == 3


def test_nothing_in_a_file_steers_the_terminal(results: list[Result]) -> None:
    for result in results:
        for line in result.text().splitlines():
            assert line.isprintable()


def test_many_findings_of_a_rule_are_counted() -> None:
    many = [finding(number) for number in range(MOST_OF_A_RULE + 5)]
    text = report(*many).text()
    assert text.count("error    ONNX-TENSOR-001") == MOST_OF_A_RULE
    assert "… and 5 more of ONNX-TENSOR-001" in text
    assert "15 errors" in text


def test_the_code_leads_to_more(tmp_path: Path) -> None:
    text = check(save(classifier(input_name="x"), tmp_path)).text()
    assert text.endswith("scailable models check --explain ONNX-INPUT-002")


def test_many_files_are_summed_up(results: list[Result]) -> None:
    assert summary(results) == ("8 files: 1 fit, 1 fit with warnings, 4 not fit, 2 cannot be read")
