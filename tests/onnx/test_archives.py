"""Zip archives that are not safe to unpack; nothing of them is unpacked."""

import io
import os
import stat
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest

from scailable.onnx import check
from scailable.onnx.reading import archive as looking
from scailable.onnx.reading.archive import look_into
from tests.onnx.triggering import marked

HEADER, DIRECTORY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", how) as archive:
        warnings.simplefilter("ignore")  # of duplicate names
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def patched(content: bytes, mark: bytes, at: int, value: bytes) -> bytes:
    """The archive with other bytes at an offset of its last record of that mark."""
    start = content.rindex(mark) + at
    return content[:start] + value + content[start + len(value) :]


def too_many() -> bytes:
    return zipped(*((f"{number}", b"") for number in range(looking.MOST_MEMBERS + 1)))


def long_directory() -> bytes:
    member = zipfile.ZipInfo("a")
    member.comment = b"x" * 65535
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(40):
            member.filename = f"{number}"
            archive.writestr(member, b"")
    return buffer.getvalue()


def linked() -> bytes:
    member = zipfile.ZipInfo("model.onnx")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, "/etc/passwd")
    return buffer.getvalue()


SOUND = zipped(("a", b"1"), ("b", b"2"))
# The one byte of the last name is an extra field now.
NAMELESS = patched(patched(SOUND, DIRECTORY, 28, b"\0\0\1\0"), HEADER, 26, b"\0\0\1\0")
UNSAFE = [
    ("ONNX-ZIP-001", SOUND[:-10], "cannot be read"),
    ("ONNX-ZIP-001", patched(SOUND, END, 12, struct.pack("<I", 2**31)), "cannot be read"),
    ("ONNX-ZIP-001", patched(SOUND, END, 16, struct.pack("<I", 2**31)), "not inside the file"),
    (
        "ONNX-ZIP-001",
        patched(SOUND, DIRECTORY, 42, struct.pack("<I", 2**31)),
        "not inside the file",
    ),
    ("ONNX-ZIP-002", too_many(), f"{looking.MOST_MEMBERS + 1} members"),
    ("ONNX-ZIP-002", long_directory(), "directory"),
    ("ONNX-ZIP-003", zipped(("a", bytes(2**27)), how=zipfile.ZIP_DEFLATED), "134.2 MB"),
    ("ONNX-ZIP-004", zipped(("../a", b"")), "'../a'"),
    ("ONNX-ZIP-004", zipped(("/a", b"")), "'/a'"),
    ("ONNX-ZIP-004", NAMELESS, "''"),
    ("ONNX-ZIP-004", zipped(("a\\..\\..\\b", b"")), ".."),
    ("ONNX-ZIP-004", zipped(("C:a", b"")), "'C:a'"),
    ("ONNX-ZIP-004", zipped(("a\x1b[2Jb", b"")), "\\x1b"),
    ("ONNX-ZIP-004", zipped(("a.onnx", b"")).replace(b"a.onnx", b"a\0onnx"), "\\x00"),
    ("ONNX-ZIP-005", linked(), "symbolic link"),
    ("ONNX-ZIP-006", patched(SOUND, DIRECTORY, 8, b"\1\0"), "password"),
    ("ONNX-ZIP-007", zipped(("a", b"1"), ("./a", b"2")), "'./a'"),
    ("ONNX-ZIP-008", patched(SOUND, DIRECTORY, 42, b"\0\0\0\0"), "shares bytes"),
    ("ONNX-ZIP-008", patched(SOUND, DIRECTORY, 20, struct.pack("<I", 99)), "shares bytes"),
    ("ONNX-ZIP-009", zipped(("inner.zip", SOUND)), "'inner.zip'"),
    ("ONNX-ZIP-009", zipped(("weights.tar.gz", b"")), "'weights.tar.gz'"),
    ("ONNX-ZIP-009", zipped(("weights", SOUND)), "'weights'"),
    ("ONNX-ZIP-010", patched(SOUND, HEADER, 30, b"c"), "another name"),
]


@pytest.mark.parametrize(
    ("code", "content", "said"), marked(UNSAFE), ids=[f"{code}-{said}" for code, _, said in UNSAFE]
)
def test_an_unsafe_archive_is_refused(tmp_path: Path, code: str, content: bytes, said: str) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(content)
    report = check(path)
    codes = {finding.code for finding in report.findings}
    assert {"ONNX-FILE-003", code} <= codes
    assert not report.safe
    messages = [finding.message for finding in report.findings if finding.code == code]
    assert said in messages[0]
    assert all(message.isprintable() for message in messages)


def test_a_sound_archive_is_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(zipped(("folder/", b""), ("folder/a", b"12"), ("b", b"")))
    with path.open("rb") as file:
        file.seek(3)
        archive = look_into(file.fileno(), path.stat().st_size)
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 3
    assert archive == looking.Archive(("folder/a", "b"), 2, ())


def test_everything_that_is_wrong_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(zipped(("/a", b"1"), ("b.zip", b""), ("/a", b"2")))
    codes = [finding.code for finding in check(path).findings]
    assert sorted(codes) == [
        *("ONNX-FILE-003", "ONNX-ZIP-004", "ONNX-ZIP-004", "ONNX-ZIP-007", "ONNX-ZIP-009")
    ]


def test_a_bomb_is_refused_without_the_memory_it_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    content = too_many()
    path.write_bytes(patched(content, END, 12, struct.pack("<I", 2**32 - 2)))
    tracemalloc.start()
    try:
        check(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 * 1024 * 1024
