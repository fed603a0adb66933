"""Files that are refused for what they are, before anything looks inside."""

import gzip
import os
import socket
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from scailable.errors import ValidationError
from scailable.onnx import UnreadableFile, check
from tests.onnx.models import classifier, save
from tests.onnx.triggering import marked

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def zipped(member: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, b"content")
    return buffer.getvalue()


MAGIC = [
    ("ONNX-FILE-001", b"", "empty"),
    ("ONNX-FILE-002", LFS, "git lfs pull"),
    ("ONNX-FILE-003", zipped("model.onnx"), "unpack"),
    ("ONNX-FILE-003", zipped("model/data.pkl"), "PyTorch"),
    ("ONNX-FILE-004", gzip.compress(b"x", mtime=0), "gunzip"),
    ("ONNX-FILE-005", b"\n<!DOCTYPE html><html><body>Sign in</body></html>", "download"),
    ("ONNX-FILE-005", b"<?xml version='1.0'?><Error/>", "download"),
    ("ONNX-FILE-006", b"\x1c\0\0\0TFL3" + b"\0" * 64, "tf2onnx"),
    ("ONNX-FILE-012", b"\x89HDF\r\n\x1a\n" + b"\0" * 64, "HDF5"),
]


@pytest.mark.parametrize("profile", ["scailable", "generic"])
@pytest.mark.parametrize(("code", "content", "said"), marked(MAGIC))
def test_other_files_are_named_for_what_they_are(
    tmp_path: Path, code: str, content: bytes, said: str, profile: str
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    report = check(path, profile)  # type: ignore[arg-type]
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.safety) == (code, "error", True)
    assert said in finding.message + finding.fix
    assert (report.sha256, report.facts, report.safe) == (None, None, False)


@pytest.mark.triggers("ONNX-FILE-008")
def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    size = path.stat().st_size
    report = check(path, max_size=size - 1)
    assert [each.code for each in report.findings] == ["ONNX-FILE-008"]
    assert report.sha256 is None
    assert str(size - 1) in report.findings[0].message


def test_a_file_of_exactly_the_limit_is_accepted(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    assert check(path, max_size=path.stat().st_size).ok


@pytest.mark.triggers("ONNX-FILE-009")
def test_a_file_above_two_gib_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with path.open("wb") as file:
        file.write(b"\x08\x08")
        file.truncate(2**31)  # sparse: takes no room on the disk
    assert [each.code for each in check(path).findings] == ["ONNX-FILE-009"]


def a_directory(folder: Path) -> Path:
    return folder


def nothing(folder: Path) -> Path:
    return folder / "missing.onnx"


def a_fifo(folder: Path) -> Path:
    path = folder / "fifo.onnx"
    os.mkfifo(path)
    return path


def a_socket(folder: Path) -> Path:
    path = folder / "s"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    return path


def a_device(folder: Path) -> Path:
    return Path("/dev/zero")


def a_dangling_link(folder: Path) -> Path:
    path = folder / "link.onnx"
    path.symlink_to(folder / "nowhere")
    return path


def a_nul(folder: Path) -> Path:
    return Path(f"{folder}/a\0b.onnx")


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "make", [a_directory, nothing, a_fifo, a_socket, a_device, a_dangling_link, a_nul]
)
def test_what_is_no_regular_file_is_unreadable(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    with pytest.raises(UnreadableFile, match="Cannot read"):
        check(make(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    path.chmod(0)
    with pytest.raises(UnreadableFile):
        check(path)


def test_a_link_to_a_model_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "link.onnx"
    model = save(classifier(), tmp_path)
    path.symlink_to(model)
    with pytest.raises(UnreadableFile, match="symbolic link") as caught:
        check(path)
    assert str(model) in str(caught.value)


def test_an_unknown_profile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="profile 'strict'"):
        check(save(classifier(), tmp_path), "strict")  # type: ignore[arg-type]
