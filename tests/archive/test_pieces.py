"""The pieces in which an archive is sent, and what other programs make of the whole."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from scailable.archive.packing import Plan, plan
from scailable.archive.zipped import ZipSource


def test_small_files_go_out_together(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("x" * 100)
    (one,) = plan(tmp_path / "one.txt").entries
    source = ZipSource(
        Plan(tuple(replace(one, name=f"{number:05}") for number in range(5000))), name="m.zip"
    )
    sizes = [len(piece) for piece in source]
    assert sum(sizes) == source.size
    # All but the last, which has the directory.
    assert all(64 << 10 <= size < 65 << 10 for size in sizes[:-1])


def test_folders_go_out_together(tmp_path: Path) -> None:
    (tmp_path / "top" / "empty").mkdir(parents=True)
    (tmp_path / "top" / "file").touch()
    folder = next(entry for entry in plan(tmp_path / "top").entries if entry.is_folder)
    source = ZipSource(
        Plan(tuple(replace(folder, name=f"{number:05}/") for number in range(5000))), name="m.zip"
    )
    sizes = [len(piece) for piece in source]
    assert sum(sizes) == source.size
    assert all(64 << 10 <= size < 65 << 10 for size in sizes[:-1])


def test_a_large_file_goes_out_in_blocks(tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(5 << 20)
    sizes = [len(piece) for piece in ZipSource(plan(large), name="m.zip")]
    assert min(sizes) > 0
    assert max(sizes) < 257 << 10
    assert len(sizes) == 21  # blocks of 256 KiB, and the directory


@pytest.mark.skipif(shutil.which("jar") is None, reason="the program jar is not installed")
def test_java_reads_it(folder: Path, tmp_path: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "nothing").touch()
    with (tmp_path / "model.zip").open("wb") as file:
        file.writelines(ZipSource(plan(folder), name="model.zip"))
    done = subprocess.run(
        ["jar", "--list", "--file", tmp_path / "model.zip"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == [
        "model/empty/",
        "model/labels.txt",
        "model/nothing",
        "model/weights.bin",
    ]
