"""An archive that is made while it is read."""

import hashlib
import io
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from scailable.archive.packing import Plan, plan
from scailable.archive.reading import check_archive
from scailable.archive.zipped import ZipSource, archive_size
from scailable.errors import IntegrityError, ValidationError

ROOT = Path(__file__).parents[2]


def source_of(*inputs: Path) -> ZipSource:
    return ZipSource(plan(inputs), name="model.zip")


def test_what_comes_out_is_what_went_in(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "nothing.bin").touch()
    source = source_of(folder)
    content = b"".join(source)
    assert len(content) == source.size
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(archive.namelist())
        assert archive.read("model/weights.bin") == (folder / "weights.bin").read_bytes()
        assert archive.getinfo("model/empty/").is_dir()
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        modes = {info.external_attr >> 16 for info in archive.infolist()}
        assert modes == {0o100644, 0o040755}


@pytest.mark.skipif(shutil.which("unzip") is None, reason="the program unzip is not installed")
def test_other_programs_read_it(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(b"".join(source_of(folder)))
    subprocess.run(["unzip", "-q", path, "-d", tmp_path / "out"], check=True, timeout=60)
    for name in ("weights.bin", "labels.txt"):
        assert (tmp_path / "out" / "model" / name).read_bytes() == (folder / name).read_bytes()


def test_the_same_files_give_the_same_bytes(folder: Path) -> None:
    source = source_of(folder)
    first, second = b"".join(source), b"".join(source)
    assert first == second
    os.utime(folder / "labels.txt", (1, 1))
    (folder / "labels.txt").chmod(0o600)
    assert b"".join(source_of(folder)) == first
    code = (
        "import sys, hashlib; from scailable.archive.packing import plan;"
        "from scailable.archive.zipped import ZipSource;"
        "print(hashlib.sha256(b''.join(ZipSource(plan(sys.argv[1:]), name='m'))).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, folder], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == hashlib.sha256(first).hexdigest()


def test_the_size_is_known_before(tmp_path: Path) -> None:
    chance = random.Random(11)
    for number in range(30):
        top = tmp_path / f"{number}"
        for _ in range(chance.randrange(1, 12)):
            steps = [chance.choice("aäb漢c") * chance.randrange(1, 20) for _ in range(3)]
            place = top.joinpath(*steps[: chance.randrange(1, 4)])
            if place.exists() or any(parent.is_file() for parent in place.parents):
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(chance.randbytes(chance.choice([0, 1, 100, 300_000])))
        source = source_of(top)
        assert source.size == sum(len(chunk) for chunk in source)


@pytest.mark.parametrize("limit", [100, 3000, 20_000])
def test_the_size_with_the_records_for_large_archives(
    limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """zipfile's own decisions, at limits that small files reach."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 5)
    top = tmp_path / "top"
    top.mkdir()
    for number, size in enumerate([0, 90, 96, 99, 101, 2900, 3100, 25_000]):
        (top / f"{number}").write_bytes(bytes(size))
        source = source_of(top)
        content = b"".join(source)
        assert len(content) == source.size
        assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == number + 1


def test_the_size_at_limits_by_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(12)
    top = tmp_path / "top"
    top.mkdir()
    for number in range(12):
        (top / f"{number}").write_bytes(bytes(chance.randrange(2000)))
    (top / "empty").mkdir()
    source = source_of(top)
    sizes = set()
    for _ in range(150):
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", chance.randrange(1, 20_000))
        monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", chance.randrange(1, 25))
        source = source_of(top)
        assert source.size == sum(len(chunk) for chunk in source)
        sizes.add(source.size)
    assert len(sizes) > 5


def test_more_entries_than_a_plain_archive_can_count(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("the same file again and again")
    (one,) = plan([tmp_path / "one.txt"]).entries
    planned = Plan(tuple(replace(one, name=f"{number:05}") for number in range(65_540)))
    source = ZipSource(planned, name="many.zip")
    with (tmp_path / "many.zip").open("wb") as file:
        file.writelines(source)
        assert file.tell() == source.size
    with zipfile.ZipFile(tmp_path / "many.zip") as archive:
        assert len(archive.namelist()) == 65_540
    assert len(check_archive(tmp_path / "many.zip")) == 65_540


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of one process")
@pytest.mark.timeout(300)
def test_memory_and_size_beyond_four_gigabytes(tmp_path: Path) -> None:
    """In a process of its own, on a file that takes no room."""
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate((4 << 30) + 5)
    (tmp_path / "small.txt").write_text("behind it")
    code = (
        "import sys; from scailable.archive.packing import plan;"
        "from scailable.archive.zipped import ZipSource;"
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]);"
        "source = ZipSource(plan(sys.argv[1:]), name='m'); before = peak();"
        "size = sum(map(len, source)); print(size == source.size, (peak() - before) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, large, tmp_path / "small.txt"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    exact, megabytes = done.stdout.split()
    assert exact == "True"
    assert int(megabytes) < 10


def appended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shortened(path: Path) -> None:
    os.truncate(path, 700_000)


def rewritten(path: Path) -> None:
    """Other bytes of the same number."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"other")
    # As time would: the clock of a file system may tick slower than this test runs.
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000))


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replaced(path: Path) -> None:
    other = path.with_name("other")
    shutil.copy2(path, other)  # of the same size and time
    other.replace(path)


@pytest.mark.parametrize(
    ("change", "while_read"),
    [
        (appended, False),
        (appended, True),
        (shortened, False),
        (shortened, True),
        (rewritten, False),
        (rewritten, True),
        # What is open stays as it is, so these show only before.
        (replaced, False),
        (a_pipe, False),
    ],
)
def test_a_file_that_changes_is_noticed(
    change: Callable[[Path], None], while_read: bool, folder: Path
) -> None:
    path = folder / "weights.bin"
    chunks = iter(source_of(path))
    if while_read:
        next(chunks)
    change(path)
    with pytest.raises(IntegrityError, match=r"weights\.bin was changed .*nothing was uploaded"):
        list(chunks)


def test_an_empty_file_that_grows_is_noticed(folder: Path) -> None:
    """Of which nothing is read, so that only its opening can tell."""
    path = folder / "empty.bin"
    path.touch()
    source = source_of(path)
    appended(path)
    with pytest.raises(IntegrityError, match=r"empty\.bin was changed"):
        list(source)


def test_a_file_that_is_gone(folder: Path) -> None:
    source = source_of(folder)
    (folder / "weights.bin").unlink()
    with pytest.raises(ValidationError, match=r"weights\.bin cannot be read: No such file"):
        list(source)


def test_a_link_in_place_of_a_file_is_not_followed(folder: Path, tmp_path: Path) -> None:
    path = folder / "weights.bin"
    source = source_of(path)
    secret = tmp_path / "secret"
    secret.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(ValidationError, match="cannot be read"):
        list(source)


def open_below(folder: Path) -> list[str]:
    """The files below a folder that this process has open."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # what listed them is among them, and closed by now
            found.append(os.readlink(link))  # noqa: PTH115 - a pipe's is no path
    return [name for name in found if name.startswith(f"{folder}/")]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_pass_that_is_broken_off_does_no_harm(folder: Path) -> None:
    source = source_of(folder)
    chunks = iter(source)
    assert not open_below(folder)
    while not open_below(folder):
        next(chunks)
    del chunks
    assert not open_below(folder)
    assert len(b"".join(source)) == archive_size(plan([folder]))
