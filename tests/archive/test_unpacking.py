"""Archives from elsewhere: unpacked whole, or not at all."""

import io
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scailable.archive.packing import plan
from scailable.archive.reading import check_archive
from scailable.archive.unpacking import unpack
from scailable.archive.zipped import ZipSource
from scailable.errors import ValidationError
from tests.archive.hostile import GOOD, made
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]


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


def test_ctrl_c_of_a_process_leaves_nothing(tmp_path: Path) -> None:
    archive, waits = tmp_path / "a.zip", tmp_path / "waits"
    archive.write_bytes(GOOD)
    code = (
        "import pathlib, signal, sys, time; from scailable.archive.unpacking import unpack;"
        # A shell may have started us in the background, where it has Ctrl-C ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "wait = lambda done, total: (pathlib.Path(sys.argv[3]).touch(), time.sleep(60));"
        "unpack(sys.argv[1], sys.argv[2], on_progress=wait)"
    )
    command = [sys.executable, "-c", code, *map(str, (archive, tmp_path / "out", waits))]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        wait_until(waits.exists)
        assert any(path.name.startswith(".unpacking-") for path in tmp_path.iterdir())
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "waits"]


@pytest.mark.parametrize("error", [ValueError, RuntimeError, OSError])
def test_an_error_of_the_progress_callback_is_the_callers(
    error: type[Exception], tmp_path: Path
) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(GOOD)

    def fail(done: int, total: int) -> None:
        raise error("of the caller")

    with pytest.raises(error, match="of the caller") as caught:
        unpack(archive, tmp_path / "out", on_progress=fail)
    assert type(caught.value) is error
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("size", [100_000, 3 << 20])
def test_no_room(size: int, tmp_path: Path) -> None:
    """Less than a buffer is written when the file is closed, more than that at once."""
    archive = tmp_path / "a.zip"
    archive.write_bytes(made(("a", bytes(size))))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(ValidationError, match="cannot be written: File too large"):
            unpack(archive, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize(("value", "file", "folder"), [(0, 0o644, 0o755), (0o077, 0o600, 0o700)])
def test_modes_are_those_of_new_files_not_of_the_archive(
    value: int, file: int, folder: int, tmp_path: Path
) -> None:
    archive = tmp_path / "a.zip"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        info = zipfile.ZipInfo("bin/run.sh")
        info.external_attr = (stat.S_IFREG | 0o6777) << 16
        opened.writestr(info, b"#!/bin/sh")
    archive.write_bytes(content.getvalue())
    with umask(value):
        (path,) = unpack(archive, tmp_path / "out")
    assert stat.S_IMODE(path.stat().st_mode) == file
    assert {stat.S_IMODE(at.stat().st_mode) for at in (path.parent, tmp_path / "out")} == {folder}


def test_a_folder_with_a_long_name(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(GOOD)
    assert len(unpack(archive, tmp_path / ("a" * 255))) == 2


def commented(comment: bytes) -> bytes:
    content = io.BytesIO(GOOD)
    with zipfile.ZipFile(content, "a") as archive:
        archive.comment = comment
    return content.getvalue()


def with_records_for_large_files() -> bytes:
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w") as archive,
        archive.open("labels.txt", "w", force_zip64=True) as file,
    ):
        file.write(b"cat")
    return content.getvalue()


ODD = {
    "behind a program": b"#!/bin/sh\nexit 1\n" + GOOD,
    "with a comment": commented(b"made by hand"),
    "with the longest comment": commented(b"c" * 65_535),
    "with records for large files": with_records_for_large_files(),
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_odd_but_harmless(content: bytes, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(content)
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out" / "labels.txt").read_bytes() == b"cat"


def test_an_archive_with_the_records_for_large_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "a.zip"
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    archive.write_bytes(made(("a", b"x"), ("b", b"y")))
    assert b"PK\6\7" in archive.read_bytes()
    assert check_archive(archive) == ["a", "b"]


@pytest.mark.skipif(shutil.which("zip") is None, reason="the program zip is not installed")
def test_an_archive_of_the_program_zip(folder: Path, tmp_path: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a b.txt").write_text("x")
    command = ["zip", "-q", "-r", "a.zip", folder.name]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)
    assert same(folder, unpack_to(tmp_path / "a.zip", tmp_path / "out") / folder.name)


def unpack_to(archive: Path, folder: Path) -> Path:
    unpack(archive, folder)
    return folder


def same(first: Path, second: Path) -> bool:
    """Whether two folders hold the same names and bytes."""
    content = [
        {
            path.relative_to(top).as_posix(): path.read_bytes() if path.is_file() else None
            for path in top.rglob("*")
        }
        for top in (first, second)
    ]
    return content[0] == content[1]


def test_round_trips(tmp_path: Path) -> None:
    """Trees by chance, whose names are of all kinds."""
    chance = random.Random(3)
    letters = "aB1 .-_äé漢🚀\u202f\u200d~$#'\""
    for number in range(25):
        top = tmp_path / f"{number}" / "top"
        top.mkdir(parents=True)
        for count in range(chance.randrange(1, 10)):
            steps = [
                "".join(chance.choices(letters, k=chance.randrange(1, 9))) + f"{count}"
                for _ in range(chance.randrange(1, 5))
            ]
            place = top.joinpath(*steps)
            place.parent.mkdir(parents=True, exist_ok=True)
            if chance.random() < 0.2:
                place.mkdir()
            else:
                place.write_bytes(chance.randbytes(chance.choice([0, 1, 5000, 2_000_000])))
        (top / "one file at least").touch()
        source = ZipSource(plan(top), name="a.zip")
        archive = tmp_path / f"{number}" / "a.zip"
        with archive.open("wb") as file:
            file.writelines(source)
        assert archive.stat().st_size == source.size
        assert same(top, unpack_to(archive, tmp_path / f"{number}" / "out") / "top")
