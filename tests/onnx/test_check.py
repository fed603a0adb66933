"""Checking whole files: the report, the child process and its limits."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from onnx import ModelProto, helper

from scailable.errors import MissingExtraError, ScailableError
from scailable.onnx import Limits, Report, TensorInfo, check
from tests.onnx.models import FLOAT, classifier, function_bomb, image, model, save, value

MIB = 1 << 20


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def test_a_fit_model(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    report = check(path)
    assert (report.verdict, report.ok, report.safe, report.findings) == ("fit", True, True, ())
    assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert report.size == path.stat().st_size
    facts = report.facts
    assert facts is not None
    assert (facts.opset, facts.ir_version) == (17, 8)
    assert facts.inputs == (TensorInfo("image-", "float32", (1, 3, 8, 8)),)
    assert facts.outputs == (TensorInfo("scores-0:Cat;1:Dog;2:Owl", "float32", (1, 3)),)
    assert facts.operators == {"GlobalAveragePool": 1, "Flatten": 1}


def test_warnings_do_not_make_a_model_unfit(tmp_path: Path) -> None:
    report = check(save(classifier(input_name="data", opset=11), tmp_path))
    assert (report.verdict, report.ok) == ("fit with warnings", True)
    assert codes(report) == ["ONNX-INPUT-002", "ONNX-OPSET-003"]


def test_a_report_survives_json(tmp_path: Path) -> None:
    report = check(save(classifier(input_name="data", shape=("n", 3, 8, 8)), tmp_path))
    assert report.findings
    again = Report.from_dict(json.loads(json.dumps(report.to_dict())))
    assert again == report


def test_a_refused_report_survives_json(tmp_path: Path) -> None:
    path = tmp_path / "empty.onnx"
    path.touch()
    report = check(path)
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def test_the_text_has_a_line_for_each_finding_and_its_fix(tmp_path: Path) -> None:
    report = check(save(classifier(input_name="data"), tmp_path))
    lines = report.text().splitlines()
    assert "model.onnx: fit with warnings — " in lines[0]
    assert lines[0].endswith("(profile scailable)")
    assert lines[1] == "warning  ONNX-INPUT-002  input data"
    assert lines[3].startswith("         fix: ")
    assert "input    data  float32[1,3,8,8]" in lines
    assert any(line.startswith("opset    17; IR 8") for line in lines)


def test_the_text_cannot_steer_a_terminal(tmp_path: Path) -> None:
    made = classifier(input_name="image-\x1b]0;owned\x07\x9b2J\u202e")
    path = save(made, tmp_path, "m\x1b[31m.onnx")
    text = check(path).text()
    assert not [ch for ch in text if not ch.isprintable() and ch != "\n"]
    assert "\\x1b]0;owned\\x07" in text


def test_large_weights_do_not_change_the_verdict(tmp_path: Path) -> None:
    path = save(classifier(size=MIB), tmp_path)
    started = time.monotonic()
    report = check(path)
    assert report.verdict == "fit"
    assert time.monotonic() - started < 10  # in practice half a second; this machine is shared


@pytest.mark.triggers("ONNX-CHECK-002")
def test_the_shape_of_a_reshape_is_still_known_to_the_inference(tmp_path: Path) -> None:
    made = model(
        [image()],
        [value("scores-0:Cat", (1, 1))],
        [helper.make_node("Reshape", ["image-", "shape"], ["scores-0:Cat"])],
        initializers=[helper.make_tensor("shape", 7, [2], [1, 192])],
    )
    assert codes(check(save(made, tmp_path), "generic")) == ["ONNX-CHECK-002"]


def test_inference_errors_can_be_forced(tmp_path: Path) -> None:
    made = model(
        [image()],
        [value("scores-0:Cat", (1, 1))],
        [helper.make_node("Flatten", ["image-"], ["scores-0:Cat"])],
    )
    report = check(save(made, tmp_path))
    assert codes(report) == ["ONNX-CHECK-002"]
    assert report.safe


@pytest.mark.triggers("ONNX-CHECK-001")
def test_a_model_that_the_checker_refuses(tmp_path: Path) -> None:
    made = classifier()
    made.graph.name = ""
    report = check(save(made, tmp_path), "generic")
    assert codes(report) == ["ONNX-CHECK-001", "ONNX-GRAPH-010"]
    assert not report.safe
    assert "name" in report.findings[0].message


def squeezed(opset: int) -> ModelProto:
    """Squeeze with its axes as an input, the form since opset 13."""
    return model(
        [image()],
        [value("scores-0:A;1:B;2:C", (1, 3))],
        [
            helper.make_node("GlobalAveragePool", ["image-"], ["pooled"]),
            helper.make_node("Squeeze", ["pooled", "axes"], ["scores-0:A;1:B;2:C"]),
        ],
        initializers=[helper.make_tensor("axes", 7, [2], [2, 3])],
        opset=opset,
        producer_name="sclblonnx",
    )


@pytest.mark.triggers("ONNX-OPSET-008")
def test_a_wrong_opset_stamp_is_named_as_the_cause(tmp_path: Path) -> None:
    report = check(save(squeezed(12), tmp_path), "generic")
    assert codes(report) == ["ONNX-CHECK-001", "ONNX-OPSET-008"]
    stamp = report.findings[1]
    assert "stamped opset 12" in stamp.message
    assert "opset 13" in stamp.message
    assert "sclblonnx" in stamp.message
    assert "--opset-stamp 13" in stamp.fix


def test_the_fix_for_a_wrong_stamp_works(tmp_path: Path) -> None:
    assert check(save(squeezed(13), tmp_path)).verdict == "fit"


def test_a_form_older_than_the_stamp_is_found_too(tmp_path: Path) -> None:
    made = model(
        [image()],
        [value("scores-0:A;1:B;2:C", (1, 3))],
        [
            helper.make_node("GlobalAveragePool", ["image-"], ["pooled"]),
            helper.make_node("Squeeze", ["pooled"], ["scores-0:A;1:B;2:C"], axes=[2, 3]),
        ],
        opset=17,
    )
    report = check(save(made, tmp_path), "generic")
    assert "opset 12" in {each.code: each.message for each in report.findings}["ONNX-OPSET-008"]


@pytest.mark.triggers("ONNX-FILE-011")
def test_the_file_is_checked_as_it_was_opened(tmp_path: Path) -> None:
    """A file that grows while it is checked is told: the digest would not be that of the file."""
    path = save(classifier(), tmp_path)
    size = path.stat().st_size

    def grow(done: int, total: int) -> None:
        if done == size:
            with path.open("ab") as file:
                file.write(b"x")

    report = check(path, on_progress=grow)
    assert "ONNX-FILE-011" in codes(report)
    changed = next(each for each in report.findings if each.code == "ONNX-FILE-011")
    assert changed.message == f"{size + 1} bytes were read of a file of {size}"


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.triggers("ONNX-CHECK-003")
def test_a_child_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = save(function_bomb(19, payload=60_000), tmp_path)
    started = time.monotonic()
    report = check(path, "generic", limits=Limits(seconds=3, memory=4096 * MIB))
    assert time.monotonic() - started < 10
    assert codes(report) == ["ONNX-CHECK-003"]
    assert "3 seconds" in report.findings[0].message
    assert not report.safe
    assert report.facts is not None, "what was found before the stop still counts"
    assert report.sha256 is not None


@pytest.mark.triggers("ONNX-CHECK-004")
def test_a_child_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    small = [
        helper.make_tensor(f"w{i}", FLOAT, [15_000], bytes(60_000), raw=True) for i in range(99)
    ]
    path = save(model([image()], [image(name="y")], initializers=small), tmp_path)
    report = check(path, "generic", limits=Limits(seconds=30, memory=100 * MIB))
    assert "ONNX-CHECK-004" in codes(report)
    assert "100 MiB" in report.findings[0].message
    assert not report.safe


CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


def broken_onnx(folder: Path, source: str) -> str:
    """A folder with an onnx package that does `source` when it is imported."""
    package = folder / "packages" / "onnx"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(source, "utf-8")
    return str(package.parent)


@pytest.mark.triggers("ONNX-CHECK-005")
def test_a_crash_of_the_child_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(classifier(), tmp_path)
    monkeypatch.syspath_prepend(broken_onnx(tmp_path, CRASH))
    report = check(path)
    assert codes(report) == ["ONNX-CHECK-005"]
    assert "signal 11" in report.findings[0].message
    assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_missing_onnx_package_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(classifier(), tmp_path)
    missing = "raise ModuleNotFoundError('no onnx', name='onnx')"
    monkeypatch.syspath_prepend(broken_onnx(tmp_path, missing))
    with pytest.raises(MissingExtraError, match=r"pip install 'scailable\[onnx\]'"):
        check(path)


def test_a_broken_onnx_package_is_not_blamed_on_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(classifier(), tmp_path)
    monkeypatch.syspath_prepend(broken_onnx(tmp_path, "import no_such_library"))
    with pytest.raises(MissingExtraError, match="no_such_library"):
        check(path)


def test_a_child_that_does_not_start_is_not_blamed_on_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(classifier(), tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ScailableError, match="did not start"):
        check(path)


def test_the_child_sees_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(classifier(), tmp_path)
    seen = tmp_path / "seen"
    spy = f"import os\nopen({str(seen)!r}, 'w').write(repr(dict(os.environ)))\nraise ImportError"
    monkeypatch.setenv("SCAILABLE_TOKEN", "very-secret")
    monkeypatch.syspath_prepend(broken_onnx(tmp_path, spy))
    with pytest.raises(MissingExtraError):
        check(path)
    assert "PATH" in seen.read_text("utf-8")
    assert "very-secret" not in seen.read_text("utf-8")


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(work))
    path = save(function_bomb(19, payload=60_000), tmp_path)
    before = sorted(tmp_path.iterdir())
    check(path, limits=Limits(seconds=0.8, memory=4096 * MIB))
    assert sorted(tmp_path.iterdir()) == before
    assert list(work.iterdir()) == []


def test_the_parent_does_not_import_onnx(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    code = (
        "import sys; from scailable.onnx import check; "
        "assert check(sys.argv[1]).ok; "
        "assert not {'onnx', 'numpy', 'google.protobuf'} & set(sys.modules), 'heavy'"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, env=environment, timeout=60)


def test_checks_run_side_by_side(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    paths = [save(classifier(size=4096 * n), tmp_path, f"{n}.onnx") for n in range(1, 5)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(check, paths))
    for path, report in zip(paths, reports, strict=True):
        assert report.ok
        assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_folder_named_like_a_module_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model may lie in a folder full of other people's files: none of them is run."""
    (tmp_path / "onnx.py").write_text(CRASH, "utf-8")
    path = save(classifier(), tmp_path)
    monkeypatch.chdir(tmp_path)
    assert check(path.name).ok
