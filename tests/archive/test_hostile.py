"""Archives that would do harm are refused, before a byte of them is unpacked where it can be."""

import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scailable.archive import reading
from scailable.archive.reading import ArchiveRefused, Limits, check_archive
from scailable.archive.unpacking import unpack
from tests.archive.hostile import (
    CENTRAL,
    DAMAGED,
    GOOD,
    HOSTILE,
    more_than_it_counts,
    with_a_second_name,
)

ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_archive_leaves_nothing(name: str, tmp_path: Path) -> None:
    make, words = DAMAGED[name]
    archive = tmp_path / "a.zip"
    archive.write_bytes(make())
    assert check_archive(archive)
    with pytest.raises(ArchiveRefused, match=words):
        unpack(archive, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


def test_a_name_that_only_newer_versions_of_python_read(tmp_path: Path) -> None:
    """From an extra field, since Python 3.12; the name in the directory is harmless."""
    info = zipfile.ZipInfo("harmless")
    info.filename = "../evil"
    assert reading._entry_problem(info) == "leads out of the folder"

    archive = tmp_path / "a.zip"
    archive.write_bytes(with_a_second_name(b"harmless", b"../evil"))
    if sys.version_info >= (3, 12):
        with pytest.raises(ArchiveRefused, match="leads out of the folder"):
            unpack(archive, tmp_path / "out")
    else:
        assert unpack(archive, tmp_path / "out") == [tmp_path / "out" / "harmless"]
    assert not list(tmp_path.rglob("evil"))


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


def test_damage_anywhere_is_told_as_such(tmp_path: Path) -> None:
    """Any bytes make an archive or an ArchiveRefused, nothing else, and never a file outside."""
    chance = random.Random(5)
    archive, inside = tmp_path / "in" / "a.zip", tmp_path / "in"
    inside.mkdir()
    directory = GOOD.index(CENTRAL)
    refused = 0
    for _ in range(600):
        damaged = bytearray(GOOD)
        for _ in range(chance.randrange(1, 4)):
            damaged[chance.randrange(directory, len(GOOD))] = chance.randrange(256)
        archive.write_bytes(damaged)
        try:
            unpack(archive, inside / "out")
            shutil.rmtree(inside / "out")
        except ArchiveRefused:
            refused += 1
        assert list(tmp_path.iterdir()) == [inside]
        assert list(inside.iterdir()) == [archive]
    assert refused > 200


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of one process")
def test_a_directory_that_lies_about_itself_takes_little_memory(tmp_path: Path) -> None:
    """Objects for all entries that fit into the largest directory would be 500 MB."""
    archive = tmp_path / "a.zip"
    archive.write_bytes(more_than_it_counts(1_300_000))
    code = (
        "import sys; from scailable.archive.reading import check_archive;"
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]);"
        "before = peak()\n"
        "try: check_archive(sys.argv[1])\n"
        "except ValueError as error: print((peak() - before) // 1024, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, archive],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    megabytes, told = done.stdout.split(" ", 1)
    assert "1300000 entries" in told
    assert int(megabytes) < 100


@pytest.mark.parametrize("path", ["none.zip", "."])
def test_what_is_no_file_is_told(path: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        check_archive(tmp_path / path)
