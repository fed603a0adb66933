"""The report as JSON: what is documented is what is written, and it can be read back."""

import dataclasses
import json
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest

from scailable.onnx import Finding, ModelFacts, Profile, Report, Severity, TensorInfo, check
from scailable.onnx.report import ExternalFile
from scailable.onnx.reports.results import Result, Unreadable, as_json, check_one, exit_code, schema
from tests.onnx.models import classifier, save
from tests.onnx.report.results import external, insist_on_schema

SCHEMA: dict[str, Any] = json.loads(schema())
DEFINITIONS = SCHEMA["$defs"]


def test_the_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


@pytest.mark.parametrize("kind", [Report, ModelFacts, Finding, TensorInfo, ExternalFile])
def test_the_schema_has_every_attribute_and_no_other(kind: type) -> None:
    described = DEFINITIONS[kind.__name__]
    names = {field.name for field in dataclasses.fields(kind)}
    if kind is Report:
        names |= {"schema_version", "verdict", "ok", "safe", "counts"}
    assert set(described["properties"]) == names
    assert set(described["required"]) == names


def test_the_schema_knows_every_severity_and_profile() -> None:
    assert DEFINITIONS["Finding"]["properties"]["severity"]["enum"] == [*get_args(Severity)]
    assert DEFINITIONS["Report"]["properties"]["profile"]["enum"] == [*get_args(Profile)]
    assert DEFINITIONS["Report"]["properties"]["counts"]["required"] == [*get_args(Severity)]


def test_every_result_follows_the_schema_and_comes_back(results: list[Result]) -> None:
    documents = json.loads(as_json([result.to_dict() for result in results]))
    insist_on_schema(documents)
    for result, document in zip(results, documents, strict=True):
        insist_on_schema(document)
        if isinstance(result, Report):
            assert Report.from_dict(document) == result
        else:
            assert Unreadable(*(document[name] for name in ("path", "error", "hint"))) == result


@pytest.mark.parametrize(
    "change", [{"verdict": "good"}, {"schema_version": 2}, {"sha256": "x"}, {"findings": [{}]}]
)
def test_the_schema_refuses_what_is_no_report(tmp_path: Path, change: dict[str, Any]) -> None:
    document = check(save(classifier(), tmp_path)).to_dict()
    insist_on_schema(document)
    with pytest.raises(jsonschema_rs.ValidationError):
        insist_on_schema(document | change)


def test_a_report_of_another_version_is_not_read(tmp_path: Path) -> None:
    document = check(save(classifier(), tmp_path)).to_dict()
    with pytest.raises(ValueError, match="schema version 2"):
        Report.from_dict(document | {"schema_version": 2})


def test_what_is_new_in_a_report_does_no_harm(tmp_path: Path) -> None:
    report = check(save(classifier(input_name="x"), tmp_path))
    document = report.to_dict() | {"news": 1}
    document["findings"] = [each | {"news": 1} for each in document["findings"]]
    assert Report.from_dict(document) == report


def test_files_beside_the_model_have_their_digests(tmp_path: Path) -> None:
    report = check(external(tmp_path))
    content = (tmp_path / "w.data").read_bytes()
    assert report.external == (ExternalFile("w.data", len(content), sha256(content).hexdigest()),)
    assert "data     w.data  12 bytes, sha256 " in report.text()


def test_the_place_has_the_offset(tmp_path: Path) -> None:
    path = tmp_path / "cut.onnx"
    path.write_bytes(classifier().SerializeToString()[:-7])
    (finding,) = (each for each in check(path).findings if each.code == "ONNX-FILE-010")
    assert finding.offset == 2
    assert finding.place == "byte 2"
    assert dataclasses.replace(finding, where="graph").place == "graph, byte 2"
    assert dataclasses.replace(finding, offset=None, where="graph").place == "graph"


def test_names_of_files_that_are_no_text_can_be_written() -> None:
    unreadable = check_one("no\udcff.onnx")
    written = as_json(unreadable.to_dict())
    assert written.encode()
    insist_on_schema(json.loads(written))
    assert "no�.onnx" in written


def test_exit_codes(results: list[Result]) -> None:
    fit, warned, unfit, *_, missing, _ = results
    assert isinstance(warned, Report)
    assert warned.verdict == "fit with warnings"
    assert exit_code([]) == 0
    assert exit_code([fit, warned]) == 0
    assert exit_code([fit, warned], strict=True) == 1
    assert exit_code([fit], strict=True) == 0
    assert exit_code([unfit, fit]) == 1
    assert exit_code([missing, unfit, fit]) == 2
