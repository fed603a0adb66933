"""Unpacking into a folder that is there and empty: it stays the same folder."""

import os
import stat
from pathlib import Path

import pytest

from scailable.archive.reading import ArchiveRefused
from scailable.archive.unpacking import unpack
from scailable.errors import ValidationError
from tests.archive.hostile import DAMAGED, GOOD, made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir(0o700)
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    path.write_bytes(GOOD)
    return path


def test_it_keeps_its_place_and_its_mode(archive: Path, target: Path) -> None:
    before = target.stat()
    files = unpack(archive, target)
    assert (target.stat().st_ino, stat.S_IMODE(target.stat().st_mode)) == (before.st_ino, 0o700)
    assert files == [target / "model" / "net.onnx", target / "labels.txt"]
    assert names(target) == ["labels.txt", "model"]
    assert names(target.parent) == ["a.zip", "out"]


def test_the_current_folder(archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(target)
    unpack("../a.zip", ".")
    assert sorted(os.listdir()) == ["labels.txt", "model"]  # noqa: PTH208 - of the process
    with pytest.raises(ValidationError, match="is there already"):
        unpack("../a.zip", ".")


def test_nothing_is_written_above_it(archive: Path, target: Path) -> None:
    """Whoever may write the folder, such as a mounted disk, may not write the one above."""
    seen: set[str] = set()
    unpack(archive, target, on_progress=lambda *_: seen.update(names(target.parent)))
    assert seen == {"a.zip", "out"}


def test_it_is_empty_again_when_that_fails(tmp_path: Path, target: Path) -> None:
    archive = tmp_path / "a.zip"
    make, words = DAMAGED["another checksum"]
    archive.write_bytes(make())
    with pytest.raises(ArchiveRefused, match=words):
        unpack(archive, target)
    assert not names(target)

    archive.write_bytes(GOOD)

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(archive, target, on_progress=interrupt)
    assert not names(target)


def test_what_came_into_it_meanwhile_is_not_touched(archive: Path, target: Path) -> None:
    def other(done: int, total: int) -> None:
        (target / "labels.txt").write_text("of somebody else")

    with pytest.raises(ValidationError, match="is there already"):
        unpack(archive, target, on_progress=other)
    assert names(target) == ["labels.txt"]
    assert (target / "labels.txt").read_text() == "of somebody else"


def test_what_was_moved_goes_back_when_a_move_fails(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is made at the system's call, the third of five."""
    archive = tmp_path / "a.zip"
    archive.write_bytes(made(*((f"{number}", b"x") for number in range(5))))
    rename, count = os.rename, [0]

    def failing(source: Path, destination: Path) -> None:
        if Path(destination).parent == target:
            count[0] += 1
            if count[0] == 3:
                raise KeyboardInterrupt
        rename(source, destination)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(KeyboardInterrupt):
        unpack(archive, target)
    assert count[0] == 3
    assert not names(target)
