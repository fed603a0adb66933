"""The report as SARIF 2.1.0: what the standard asks for, and what GitHub asks for beyond it."""

import dataclasses
import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from scailable.onnx import Finding, Report
from scailable.onnx.reports import sarif
from scailable.onnx.reports.results import Result, as_json, exit_code
from scailable.onnx.rules import RULES


@pytest.fixture
def log(results: list[Result], folder: Path) -> Any:
    made = sarif.sarif_log(results, "scailable", exit_code(results), folder=folder)
    return json.loads(as_json(made))


def test_the_frame(log: Any) -> None:
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("scailable", version("scailable"))
    (invocation,) = run["invocations"]
    assert invocation["exitCode"] == 2
    assert invocation["executionSuccessful"] is False


def test_rules_are_described(log: Any) -> None:
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(
        code for code, rule in RULES.items() if rule.scailable
    )
    for rule in rules:
        for key in ("shortDescription", "fullDescription", "help"):
            assert rule[key]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert re.match(r"https?://\S+$", rule.get("helpUri", "https://none"))
        assert len(rule["properties"]["tags"]) <= 10
    assert any("helpUri" in rule for rule in rules)


def test_results_can_be_shown_by_github(log: Any, folder: Path) -> None:
    (run,) = log["runs"]
    fingerprints = set()
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        for edge in ("startLine", "startColumn", "endLine", "endColumn"):
            assert physical["region"][edge] == 1
        uri = physical["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9%._~-]+", uri)
        assert (folder / unquote(uri)).is_file()
        artifact = run["artifacts"][physical["artifactLocation"]["index"]]
        assert artifact["location"]["uri"] == uri
        mark = result["partialFingerprints"]["primaryLocationLineHash"]
        assert re.fullmatch(r"[0-9a-f]{16}:\d+", mark)
        fingerprints.add((uri, result["ruleId"], mark))
    assert len(fingerprints) == len(run["results"])


def test_every_finding_is_a_result(log: Any, results: list[Result]) -> None:
    found = [
        (finding.code, finding.offset)
        for result in results
        if isinstance(result, Report)
        for finding in result.findings
    ]
    told = [
        (
            result["ruleId"],
            result["locations"][0]["physicalLocation"]["region"].get("byteOffset"),
        )
        for result in log["runs"][0]["results"]
    ]
    assert told == found
    assert any(offset is not None for _, offset in told)


def test_files_that_cannot_be_read_are_notifications(log: Any) -> None:
    notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert [note["level"] for note in notes] == ["error", "error"]
    assert "No such file" in notes[0]["message"]["text"]
    assert "directory" in notes[1]["message"]["text"]
    address = notes[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert address == "missing.onnx"


def test_places_are_logical_locations(log: Any) -> None:
    locations = [
        logical
        for result in log["runs"][0]["results"]
        for logical in result["locations"][0].get("logicalLocations", [])
    ]
    assert {"fullyQualifiedName": "input data", "kind": "input", "name": "data"} in locations


def test_words_of_a_model_are_no_links_and_do_not_steer(log: Any) -> None:
    texts = [result["message"]["text"] for result in log["runs"][0]["results"]]
    assert any("data\\x1b[2J]\\(x)" in text for text in texts)
    assert all(text.isprintable() and "](" not in text for text in texts)


def test_the_same_findings_have_the_same_fingerprints() -> None:
    def marks(*findings: Finding) -> list[str]:
        made = sarif.sarif_log([of(*findings)], "generic", 1)
        return [
            each["partialFingerprints"]["primaryLocationLineHash"]
            for each in made["runs"][0]["results"]
        ]

    first = marks(finding("w1", 10), finding("w2", 20))
    assert marks(finding("w1", 11), finding("w2", 99)) == first
    assert len({*marks(finding("w1", 1), finding("w1", 2), finding("w2", 3))}) == 3


def finding(where: str, offset: int, severity: str = "error") -> Finding:
    level: Any = severity
    return Finding("ONNX-TENSOR-001", level, f"at {offset}", where, "", "", True, offset)


def of(*findings: Finding) -> Result:
    return Report(
        path="m.onnx", profile="generic", size=1, sha256=None, facts=None, findings=findings
    )


def test_more_results_than_github_takes_are_left_out_from_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    many = [finding("a", 1, "info"), finding("b", 2), finding("c", 3, "warning")]
    (run,) = sarif.sarif_log([of(*many)], "generic", 1)["runs"]
    assert [each["level"] for each in run["results"]] == ["error", "warning"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "1 of 3 results are left out."


def test_a_report_of_another_version_may_have_rules_of_its_own() -> None:
    new = dataclasses.replace(finding("w", 1), code="ONNX-NEW-001")
    (result,) = sarif.sarif_log([of(new)], "generic", 1)["runs"][0]["results"]
    assert (result["ruleId"], result["ruleIndex"]) == ("ONNX-NEW-001", -1)


def test_a_file_elsewhere_has_an_absolute_address(tmp_path: Path) -> None:
    inside = tmp_path / "a"
    assert sarif.uri(str(tmp_path / "b c.onnx"), inside) == (tmp_path / "b c.onnx").as_uri()
    assert sarif.uri(str(inside / "x:y\udcff.onnx"), inside) == "x%3Ay%FF.onnx"
