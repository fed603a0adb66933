"""One file of an archive, without the others."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scailable.archive.packing import plan
from scailable.archive.reading import ArchiveRefused, Limits
from scailable.archive.unpacking import unpack_one
from scailable.archive.zipped import ZipSource
from scailable.errors import ValidationError
from tests.archive.hostile import DAMAGED, GOOD, HOSTILE, made

ROOT = Path(__file__).parents[2]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    path.write_bytes(GOOD)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_one_file_is_written_and_no_other(archive: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = unpack_one(
        archive,
        "model/net.onnx",
        tmp_path / "mine.onnx",
        on_progress=lambda *done: seen.append(done),
    )
    assert path == tmp_path / "mine.onnx"
    assert path.read_bytes() == b"weights" * 100
    assert seen == [(700, 700)]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644 & ~umask
    assert names(tmp_path) == ["a.zip", "mine.onnx"]


def test_a_file_of_that_name_is_replaced_at_the_end(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "labels.txt"
    target.write_text("before")

    def look(done: int, total: int) -> None:
        assert target.read_text() == "before"

    unpack_one(archive, "labels.txt", target, on_progress=look)
    assert target.read_text() == "cat"


@pytest.mark.parametrize("name", ["net.onnx", "model", "model/", "MODEL/net.onnx", ""])
def test_what_is_not_in_it_is_told_with_what_is(name: str, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="has no file") as caught:
        unpack_one(archive, name, tmp_path / "out")
    assert caught.value.hint == "It has model/net.onnx, labels.txt."
    assert names(tmp_path) == ["a.zip"]


def test_the_first_names_of_many_are_told(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    archive.write_bytes(made(("folder/", b""), *((f"{number}", b"") for number in range(25))))
    with pytest.raises(ValidationError) as caught:
        unpack_one(archive, "folder/", tmp_path / "out")
    assert caught.value.hint == "It has 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 15 more."
    archive.write_bytes(made(("folder/", b"")))
    with pytest.raises(ValidationError, match="It has none"):
        unpack_one(archive, "folder/", tmp_path / "out")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_archive_gives_no_file(hostile: str, tmp_path: Path) -> None:
    make, words = HOSTILE[hostile]
    (tmp_path / "a.zip").write_bytes(make())
    (tmp_path / "out").write_text("before")
    with pytest.raises(ArchiveRefused, match=words):
        unpack_one(tmp_path / "a.zip", "a", tmp_path / "out")
    assert names(tmp_path) == ["a.zip", "out"]
    assert (tmp_path / "out").read_text() == "before"


@pytest.mark.parametrize("damaged", DAMAGED)
def test_a_damaged_file_leaves_what_was_there(damaged: str, tmp_path: Path) -> None:
    make, words = DAMAGED[damaged]
    content = make()
    archive, target = tmp_path / "a.zip", tmp_path / "out"
    archive.write_bytes(content)
    target.write_text("before")
    for name in ("a", "model/net.onnx", "labels.txt"):
        try:
            unpack_one(archive, name, target)
        except ArchiveRefused as error:
            assert words in error.message
            break
        except ValidationError:
            continue  # it has no file of that name
        target.write_text("before")
    else:
        pytest.fail("no damage was noticed")
    assert target.read_text() == "before"
    assert names(tmp_path) == ["a.zip", "out"]


def test_ctrl_c_and_an_error_of_the_caller_leave_nothing(archive: Path, tmp_path: Path) -> None:
    for error in (KeyboardInterrupt, OSError):

        def stop(done: int, total: int, error: type[BaseException] = error) -> None:
            raise error

        with pytest.raises(error):
            unpack_one(archive, "labels.txt", tmp_path / "out", on_progress=stop)
        assert names(tmp_path) == ["a.zip"]


def test_where_it_cannot_be_written(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for place in ("folder", "none/out", "a.zip/out", "n" * 300):
        with pytest.raises(ValidationError, match="cannot be written"):
            unpack_one(archive, "labels.txt", tmp_path / place)
        assert names(tmp_path) == ["a.zip", "folder"]
    assert not names(tmp_path / "folder")


def test_the_limits_are_for_the_whole_archive(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="703 bytes, more than 702"):
        unpack_one(archive, "labels.txt", tmp_path / "out", limits=Limits(max_size=702))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of one process")
def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(200 << 20)
    with (tmp_path / "a.zip").open("wb") as file:
        file.writelines(ZipSource(plan(large), name="a.zip"))
    code = (
        "import sys; from scailable.archive.unpacking import unpack_one;"
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]);"
        "before = peak(); path = unpack_one(sys.argv[1], 'large.bin', sys.argv[2]);"
        "print(path.stat().st_size, (peak() - before) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a.zip", tmp_path / "out"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    size, megabytes = map(int, done.stdout.split())
    assert size == 200 << 20
    assert megabytes < 15
