"""Archives from elsewhere: unpacked whole, or not at all, and nowhere else."""

import io
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scailable.archive.packing import plan
from scailable.archive.reading import ArchiveRefused, Limits, check_archive
from scailable.archive.unpacking import unpack
from scailable.archive.zipped import ZipSource
from scailable.errors import ValidationError


def made(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def with_mode(mode: int, name: str = "a", content: bytes = b"/etc/passwd") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = mode << 16
        archive.writestr(info, content)
    return file.getvalue()


def renamed(old: bytes, new: bytes, archive: bytes) -> bytes:
    """The same archive with other bytes for a name, which zipfile would not write."""
    assert len(old) == len(new)
    return archive.replace(old, new)


def overlapping() -> bytes:
    """Two directory entries that share one file, as the bombs of 2019 are made."""
    content = bytearray(made(("a", b"x" * 100), ("b", b"y" * 100), method=zipfile.ZIP_STORED))
    directory = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    # The second entry begins where the first one does.
    content[directory + 42 : directory + 46] = struct.pack("<L", 0)
    return bytes(content)


def flagged(flags: int) -> bytes:
    content = bytearray(made(("a", b"x" * 100), method=zipfile.ZIP_STORED))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + place
        content[at : at + 2] = struct.pack("<H", flags)
    return bytes(content)


def with_directory_of(size: int) -> bytes:
    content = bytearray(made(("a", b"x")))
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = struct.pack("<L", size)
    return bytes(content)


GOOD = made(("model/net.onnx", b"weights" * 100), ("labels.txt", b"cat"))
_BOMB = b"\0" * (128 << 20)

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "up and out": (lambda: made(("../evil", b"x")), "leads out of the folder"),
    "up in the middle": (lambda: made(("a/../../evil", b"x")), "leads out of the folder"),
    "absolute": (lambda: made(("/etc/evil", b"x")), "is absolute"),
    "a drive": (lambda: made(("C:/evil", b"x")), "is absolute"),
    "a backslash": (lambda: renamed(b"aXevil", b"a\\evil", made(("aXevil", b"x"))), "backslash"),
    "a NUL": (lambda: renamed(b"aXevil", b"a\0evil", made(("aXevil", b"x"))), "control characters"),
    "a line break": (lambda: made(("a\nb", b"x")), "control characters"),
    "an empty step": (lambda: made(("a//b", b"x")), "empty step"),
    "a dot": (lambda: made(("./a", b"x")), "empty step"),
    "a long step": (lambda: made(("a" * 300, b"x")), "too long"),
    "a symbolic link": (lambda: with_mode(stat.S_IFLNK | 0o777), "symbolic link"),
    "a device": (lambda: with_mode(stat.S_IFCHR | 0o666), "no regular file"),
    "a pipe": (lambda: with_mode(stat.S_IFIFO | 0o666), "no regular file"),
    "a folder that is a file": (lambda: with_mode(stat.S_IFDIR | 0o755), "no regular file"),
    "twice": (lambda: made(("a", b"x"), ("A", b"y")), "two entries would be one"),
    "a file as a folder": (lambda: made(("a", b"x"), ("a/b", b"y")), "two entries would be one"),
    "encrypted": (lambda: flagged(1), "encrypted"),
    "strongly encrypted": (lambda: flagged(0x41), "encrypted"),
    "another method": (
        lambda: made(("a", b"x" * 100), method=zipfile.ZIP_LZMA),
        "not supported",
    ),
    "overlapping": (overlapping, "inside another one"),
    "a bomb": (lambda: made(("bomb", _BOMB)), "times as many"),
    "a directory beyond the file": (lambda: with_directory_of(1 << 31), "directory|damaged"),
    "no archive": (lambda: b"not a zip" * 100, "no zip archive"),
    "empty": (lambda: b"", "no zip archive"),
    "cut off": (lambda: GOOD[:-10], "no zip archive"),
    "the end alone": (lambda: GOOD[-22:], "damaged|no zip"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused(name: str, tmp_path: Path) -> None:
    make, words = HOSTILE[name]
    archive = tmp_path / "a.zip"
    archive.write_bytes(make())
    with pytest.raises(ArchiveRefused, match=words):
        check_archive(archive)
    with pytest.raises(ArchiveRefused, match=words):
        unpack(archive, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]
    assert not (tmp_path.parent / "evil").exists()


def test_damage_that_shows_only_in_the_content(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    for at in range(30, len(GOOD) // 2, 3):
        damaged = bytearray(GOOD)
        damaged[at] ^= 0x55
        archive.write_bytes(damaged)
        try:
            unpack(archive, tmp_path / "out")
        except ArchiveRefused:
            assert not (tmp_path / "out").exists()
        else:
            # Times and the like may be damaged; the content never.
            assert (tmp_path / "out" / "labels.txt").read_bytes() == b"cat"
            shutil.rmtree(tmp_path / "out")
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_limits(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(GOOD)
    with pytest.raises(ArchiveRefused, match="703 bytes, more than 702"):
        check_archive(archive, Limits(max_size=702))
    assert len(check_archive(archive, Limits(max_size=703))) == 2
    with pytest.raises(ArchiveRefused, match="2 entries, more than 1"):
        check_archive(archive, Limits(max_entries=1))
    with pytest.raises(ArchiveRefused, match="times as many"):
        check_archive(archive, Limits(free_size=10, max_ratio=1))


def test_a_good_archive_is_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(GOOD)
    seen: list[tuple[int, int]] = []
    files = unpack(archive, tmp_path / "out", on_progress=lambda *done: seen.append(done))
    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        "out/model/net.onnx",
        "out/labels.txt",
    ]
    assert files[1].read_bytes() == b"cat"
    assert seen[-1] == (703, 703)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o777 & ~umask
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o666 & ~umask


def test_what_was_packed_comes_back(folder: Path, tmp_path: Path) -> None:
    (folder / "empty").mkdir()
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"".join(ZipSource(plan([folder]), name="a.zip")))
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out" / "model" / "empty").is_dir()
    for name in ("weights.bin", "labels.txt"):
        assert (tmp_path / "out" / "model" / name).read_bytes() == (folder / name).read_bytes()


def test_a_folder_with_something_in_it_stays_as_it_is(tmp_path: Path) -> None:
    archive, target = tmp_path / "a.zip", tmp_path / "out"
    archive.write_bytes(GOOD)
    target.mkdir()
    unpack(archive, target)
    with pytest.raises(ValidationError, match="is there already"):
        unpack(archive, target)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValidationError, match="is there already"):
        unpack(archive, link)
    with pytest.raises(ValidationError, match="cannot be written"):
        unpack(archive, tmp_path / "none" / "out")


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(GOOD)

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(archive, tmp_path / "out", on_progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
