"""A new file appears whole or not at all, and never in the place of the source."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scailable.errors import ValidationError
from scailable.onnx import check, fix
from scailable.onnx.fixing import new_file as module
from scailable.onnx.fixing.new_file import new_file
from tests.onnx.models import classifier, save

DEADLINE = 60
NAMED = "from scailable.onnx.fixing import new_file; new_file._NAMELESS = 0; "
MAIN = "import sys; from scailable.cli.main import main; sys.exit(main())"


def source(folder: Path, *, size: int = 0) -> Path:
    return save(classifier(shape=("n", 3, 8, 8), size=size), folder)


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With files without a name, and on a system that has none."""
    if request.param == "named":
        monkeypatch.setattr(module, "_NAMELESS", 0)
    elif not module._NAMELESS:
        pytest.skip("this system has no files without a name")
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_a_file_that_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "new"
    before = os.umask(0o027)
    try:
        with new_file(target) as file:
            os.write(file.descriptor, b"whole")
            assert file.path.read_bytes() == b"whole"
            assert not target.exists()
            file.keep(replace=False)
    finally:
        os.umask(before)
    assert target.read_bytes() == b"whole"
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.usefixtures("way")
def test_a_file_that_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), new_file(tmp_path / "new") as file:
        os.write(file.descriptor, b"half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("way")
def test_what_comes_into_being_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "new"
    with new_file(target) as file:
        target.write_text("precious")
        with pytest.raises(ValidationError, match="meanwhile"):
            file.keep(replace=False)
    assert target.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.usefixtures("way")
def test_another_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "new"
    target.write_text("old")
    with new_file(target) as file:
        os.write(file.descriptor, b"new")
        file.keep(replace=True)
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def no_links(*arguments: object, **options: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_NAMELESS", 0)
    monkeypatch.setattr(os, "link", no_links)
    target = tmp_path / "new"
    with new_file(target) as file:
        os.write(file.descriptor, b"whole")
        file.keep(replace=False)
    assert target.read_text() == "whole"
    with new_file(target) as file, pytest.raises(ValidationError, match="meanwhile"):
        file.keep(replace=False)
    assert list(tmp_path.iterdir()) == [target]


def same_file(path: Path) -> Path:
    return path


def other_spelling(path: Path) -> Path:
    return path.parent / "." / path.name


def hard_link(path: Path) -> Path:
    link = path.with_name("link.onnx")
    link.hardlink_to(path)
    return link


def symbolic_link(path: Path) -> Path:
    link = path.with_name("link.onnx")
    link.symlink_to(path)
    return link


def through_a_folder(path: Path) -> Path:
    link = path.with_name("folder")
    link.symlink_to(path.parent)
    return link / path.name


@pytest.mark.parametrize(
    "spelling", [same_file, other_spelling, hard_link, symbolic_link, through_a_folder]
)
@pytest.mark.parametrize("force", [True, False])
def test_the_source_is_never_replaced(
    tmp_path: Path, spelling: Callable[[Path], Path], force: bool
) -> None:
    path = source(tmp_path)
    before = path.read_bytes()
    with pytest.raises(ValidationError, match="source itself"):
        fix(path, spelling(path), force=force)
    assert path.read_bytes() == before


@pytest.mark.parametrize("force", [True, False])
def test_what_is_no_regular_file_is_never_replaced(tmp_path: Path, force: bool) -> None:
    path = source(tmp_path)
    folder, link, pipe = tmp_path / "folder", tmp_path / "link", tmp_path / "pipe"
    folder.mkdir()
    link.symlink_to(tmp_path / "nowhere")
    os.mkfifo(pipe)
    for target in (folder, link, pipe):
        with pytest.raises(ValidationError, match="no regular file"):
            fix(path, target, force=force)
    assert link.is_symlink()


def test_another_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = source(tmp_path)
    new = tmp_path / "new.onnx"
    new.write_text("precious")
    with pytest.raises(ValidationError, match="there already"):
        fix(path, new)
    assert new.read_text() == "precious"
    assert fix(path, new, force=True).output == str(new)
    assert check(new).ok


def test_folders_that_are_not_there(tmp_path: Path) -> None:
    path = source(tmp_path)
    long = tmp_path / ("n" * 300)
    for target in (tmp_path / "nowhere" / "new.onnx", path / "new.onnx", tmp_path / "a\0b", long):
        with pytest.raises(ValidationError):
            fix(path, target)


def descriptors(process: int) -> Iterator[Path]:
    """The open files of a process."""
    try:
        yield from Path(f"/proc/{process}/fd").iterdir()
    except OSError:
        return


def is_being_written(process: int, folder: Path) -> bool:
    """Whether a process holds a file in the folder that has content and is not the source."""
    for descriptor in descriptors(process):
        try:
            there, size = str(descriptor.readlink()), descriptor.stat().st_size
        except OSError:
            continue
        if there.startswith(str(folder)) and not there.endswith("model.onnx") and size:
            return True
    return False


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc to see open files")
@pytest.mark.parametrize("start", ["", NAMED], ids=["nameless", "named"])
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_command_that_is_ended_leaves_the_source_and_no_new_file(
    tmp_path: Path, start: str, ending: signal.Signals
) -> None:
    path = source(tmp_path, size=48 << 20)
    before = path.read_bytes()
    target = tmp_path / "new.onnx"
    words = ["models", "fix", str(path), "-o", str(target)]
    process = subprocess.Popen(
        [sys.executable, "-c", start + MAIN, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    late = threading.Timer(DEADLINE, process.kill)
    late.start()
    try:
        while process.poll() is None and not is_being_written(process.pid, tmp_path):
            pass
        assert process.poll() is None, "it was over before it could be ended"
        process.send_signal(ending)
        assert process.wait() != 0
    finally:
        late.cancel()
        process.kill()
        process.wait()
    assert path.read_bytes() == before
    assert not target.exists()
    if not start or ending == signal.SIGINT:
        assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    path = source(tmp_path, size=4 << 20)

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = subprocess.run(
        [sys.executable, "-c", MAIN, "models", "fix", str(path), "-o", str(tmp_path / "new.onnx")],
        capture_output=True,
        text=True,
        preexec_fn=little_room,
        timeout=DEADLINE,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The new model cannot be written: File too large.")
    assert "Make room" in done.stderr
    assert list(tmp_path.iterdir()) == [path]
