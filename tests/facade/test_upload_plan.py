"""The decisions of an upload."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from scailable import IntegrityError, ModelRefused, ValidationError
from scailable.onnx import Finding, Report
from scailable.resources.artefacts import choose, file_name
from scailable.resources.upload_plan import confirm_kept, insist_on_fit, open_model

UUID_ = UUID("6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11")


def report(*errors: tuple[str, bool], sha256: str | None = "a" * 64) -> Report:
    findings = tuple(
        Finding(code, "error", f"message of {code}", "", f"fix of {code}", "", safety)
        for code, safety in errors
    )
    return Report(
        path="m.onnx", profile="scailable", size=1, sha256=sha256, facts=None, findings=findings
    )


def model(*mime_types: str, name: str = "digits", sha256: str = "a" * 64) -> Any:
    downloads = [SimpleNamespace(mime_type=kind, sha256=sha256) for kind in mime_types]
    return SimpleNamespace(uuid=UUID_, name=name, status="processing", downloads=downloads)


def test_a_change_shows_even_right_after_the_file_was_written(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    for _ in range(10):
        path.write_bytes(b"before")
        with open_model(path) as file:
            path.write_bytes(b"after!")
            with pytest.raises(IntegrityError, match=r"m\.onnx was changed"):
                list(file.source)


def test_a_file_that_stays_as_it_is_passes(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"content")
    sent: list[tuple[int, int]] = []
    with open_model(path, lambda *progress: sent.append(progress)) as file:
        assert b"".join(file.source) == b"".join(file.source) == b"content"
    assert sent == [(7, 7), (7, 7)]


def test_fit_models_pass_and_errors_can_be_forced_unless_safety_is_concerned() -> None:
    insist_on_fit(report(), force=False)
    insist_on_fit(report(("A", False)), force=True)
    with pytest.raises(ModelRefused, match="an error and was not uploaded: A message of A") as one:
        insist_on_fit(report(("A", False)), force=False)
    assert one.value.report.errors[0].code == "A"
    with pytest.raises(ModelRefused, match="2 errors") as forced:
        insist_on_fit(report(("A", False), ("S", True)), force=True)
    assert "S is a safety rule" in str(forced.value).splitlines()[-1]


def test_the_digest_of_the_service_is_compared_where_there_is_one() -> None:
    kept = "application/x-onnx; source=original"
    confirm_kept(model(kept), report())
    confirm_kept(model(kept, sha256="b" * 64), None)
    confirm_kept(model("application/x-onnx; device=cpu", sha256="b" * 64), report())
    confirm_kept(model(kept, sha256="b" * 64), report(sha256=None))
    with pytest.raises(IntegrityError, match=str(UUID_)):
        confirm_kept(model(kept, sha256="b" * 64), report())


@pytest.mark.parametrize(
    ("wish", "chosen"),
    [
        ({}, 1),
        ({"mime_type": "application/x-onnx"}, 0),
        ({"mime_type": "Application/X-ONNX;device=hailo"}, 2),
        ({"mime_type": "application/x-onnx", "device": "hailo"}, 2),
        ({"device": "hailo"}, 2),
    ],
)
def test_choosing_a_download(wish: dict[str, str], chosen: int) -> None:
    there = model(
        "application/x-onnx; device=cpu",
        "application/zip; source=original",
        'application/x-onnx; device="hailo"',
    )
    wishes = {"mime_type": None, "device": None, **wish}
    assert choose(there, **wishes) is there.downloads[chosen]


def test_there_is_no_such_download() -> None:
    with pytest.raises(ValidationError, match="its status is 'processing'"):
        choose(model(), mime_type=None, device=None)
    with pytest.raises(ValidationError, match="There is 'application/zip'"):
        choose(model("application/zip"), mime_type="application/x-onnx", device=None)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("digits", "digits.onnx"),
        ("digits.ONNX", "digits.ONNX"),
        ("../../etc/passwd", "_.._etc_passwd.onnx"),
        ("a\x00b/c\\d:e", "a_b_c_d_e.onnx"),
        ("..", f"{UUID_}.onnx"),
        ("e" * 300, "e" * 200 + ".onnx"),
        ("漢" * 300, "漢" * 66 + ".onnx"),
    ],
)
def test_names_of_files_stay_in_their_folder(name: str, file: str) -> None:
    there = model("application/x-onnx; source=original", name=name)
    assert file_name(there, there.downloads[0]) == file
    assert Path(file).name == file
