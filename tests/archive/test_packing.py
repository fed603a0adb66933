"""What goes into an archive, and what has no place there."""

import os
import random
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scailable.archive.names import clashes
from scailable.archive.packing import plan
from scailable.errors import ValidationError


def names(*inputs: Path | str, keep_paths: bool = False) -> list[str]:
    return [entry.name for entry in plan(inputs, keep_paths=keep_paths).entries]


def test_files_and_folders_go_in_under_their_own_names(folder: Path, tmp_path: Path) -> None:
    single = tmp_path / "notes.txt"
    single.write_text("n")
    assert names(folder, single) == ["model/labels.txt", "model/weights.bin", "notes.txt"]
    assert names(str(single)) == ["notes.txt"]
    for one in (single, str(single)):
        assert [entry.name for entry in plan(one).entries] == ["notes.txt"]


def test_the_order_is_that_of_the_names(tmp_path: Path) -> None:
    for name in ("b", "a", "C", "ä", "a-b", "a.b"):
        (tmp_path / name).write_text(name)
    inputs = [tmp_path / name for name in ("ä", "C", "a.b", "b", "a-b", "a")]
    assert names(*inputs) == sorted(["b", "a", "C", "ä", "a-b", "a.b"])
    assert names(*inputs) == names(*reversed(inputs))


def test_empty_folders_are_kept(folder: Path) -> None:
    (folder / "cache" / "deep").mkdir(parents=True)
    assert names(folder) == ["model/cache/deep/", "model/labels.txt", "model/weights.bin"]


def test_the_current_folder_has_its_own_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert names(".") == ["model/labels.txt", "model/weights.bin"]
    monkeypatch.chdir(folder.parent)
    (folder / "sub").mkdir()
    assert names("model/sub/..") == ["model/labels.txt", "model/sub/", "model/weights.bin"]


def test_paths_can_be_kept_as_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert names("model/labels.txt", keep_paths=True) == ["model/labels.txt"]
    assert names("./model", keep_paths=True) == ["model/labels.txt", "model/weights.bin"]
    absolute = names(folder / "labels.txt", keep_paths=True)
    assert absolute == [(folder / "labels.txt").as_posix().lstrip("/")]
    monkeypatch.chdir(folder)
    with pytest.raises(ValidationError, match="leads out of the folder"):
        plan(["../model/labels.txt"], keep_paths=True)
    assert names(".", keep_paths=True) == ["labels.txt", "weights.bin"]


def test_names_of_other_systems_and_of_younger_letters(folder: Path) -> None:
    """What macOS writes between time and PM, joined pictures, a letter no Python knows yet."""
    for name in ("at 9.41\u202fPM.png", "\U0001f469\u200d\U0001f680", "\U0001fbff", "a\u3000b"):
        (folder / name).touch()
    assert len(names(folder)) == 6


@pytest.mark.parametrize("nothing", ["", "/"])
@pytest.mark.parametrize("keep_paths", [False, True])
def test_what_has_no_name_is_not_the_current_folder(
    nothing: str, keep_paths: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(ValidationError, match=f"'{nothing}' names nothing to put in"):
        plan([nothing], keep_paths=keep_paths)


def test_folders_deeper_than_python_can_follow(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for _ in range(1100):
        os.mkdir("d")  # noqa: PTH102 - with chdir alone: the whole path would be too long
        os.chdir("d")
    with pytest.raises(ValidationError, match="more than 100 steps; rename it"):
        plan([folder])
    os.chdir(folder)
    subprocess.run(["rm", "-r", "d"], check=True)


def broken(folder: Path) -> None:
    (folder / "gone").symlink_to(folder / "nowhere")


def linked(folder: Path) -> None:
    (folder / "link.bin").symlink_to(folder / "weights.bin")


def loop(folder: Path) -> None:
    (folder / "again").symlink_to(folder)


def fifo(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def bound(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))


def backslash(folder: Path) -> None:
    (folder / "a\\b").write_text("x")


def control(folder: Path) -> None:
    (folder / "a\nb").write_text("x")


def no_unicode(folder: Path) -> None:
    (Path(os.fsdecode(bytes(folder) + b"/\xff"))).write_text("x")


def same_by_case(folder: Path) -> None:
    (folder / "LABELS.txt").write_text("x")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (broken, "it is a symbolic link"),
        (linked, "it is a symbolic link; give what it leads to"),
        (loop, "it is a symbolic link"),
        (fifo, "neither a file nor a folder"),
        (bound, "neither a file nor a folder"),
        (backslash, "has a backslash"),
        (control, "has control characters"),
        (no_unicode, "is not valid Unicode"),
        (same_by_case, "two files would be one"),
    ],
)
def test_what_has_no_place_in_an_archive(
    prepare: Callable[[Path], None], words: str, folder: Path
) -> None:
    prepare(folder)
    with pytest.raises(ValidationError, match=words):
        plan([folder])


def test_all_problems_are_told_at_once(folder: Path, tmp_path: Path) -> None:
    linked(folder)
    fifo(folder)
    with pytest.raises(ValidationError) as caught:
        plan([folder, folder / "labels.txt", folder / "labels.txt", tmp_path / "none"])
    told = caught.value.message
    for words in ("none: No such file", "link.bin: it is a symbolic", "pipe: it is neither"):
        assert words in told
    # What cannot be read comes first, what is only named wrongly last.
    assert told.index("No such file") < told.index("symbolic link") < told.index("would be one")
    with pytest.raises(ValidationError, match="and 5 more"):
        plan([tmp_path / f"missing{number}" for number in range(15)])


def test_a_message_does_nothing_to_a_terminal(folder: Path) -> None:
    (folder / "\x1b[2Jcleared").touch()
    (Path(os.fsdecode(bytes(folder) + b"/\xff"))).touch()
    with pytest.raises(ValidationError) as caught:
        plan([folder])
    assert "\\x1b[2Jcleared" in str(caught.value)
    assert "\x1b" not in str(caught.value)
    str(caught.value).encode()


@contextmanager
def another_user() -> Iterator[None]:
    """Root may read everything."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_read() -> None:
    # Not `tmp_path`: its parents are closed for another user.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "secret.bin").touch(0)
        (folder / "closed").mkdir(0)
        with another_user(), pytest.raises(ValidationError) as caught:
            plan([folder])
        (folder / "closed").chmod(0o700)
    assert "secret.bin: it may not be read" in caught.value.message
    assert "closed: Permission denied" in caught.value.message


def test_an_order_of_names_does_not_matter_for_what_clashes() -> None:
    """Against the plain way: each name with each other one."""
    chance = random.Random(8)
    for _ in range(300):
        given = [
            "/".join(
                chance.choices(["a", "B", "b", "b.", "b!", "ß", "ss"], k=chance.randrange(1, 4))
            )
            + chance.choice(["", "", "/"])
            for _ in range(chance.randrange(1, 7))
        ]
        keys = [name.casefold() for name in given]
        wanted = any(
            not first.endswith("/") and (first == second or second.startswith(f"{first}/"))
            for place, first in enumerate(keys)
            for other, second in enumerate(keys)
            if place != other
        )
        assert bool(clashes(given)) == wanted, given


@pytest.mark.parametrize("inputs", [[], ["empty"]])
def test_nothing_makes_no_archive(
    inputs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValidationError, match="there is no file"):
        plan(inputs)


def test_a_file_twice_and_a_file_that_is_also_a_folder(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="two files would be one"):
        plan([folder / "labels.txt", folder / "labels.txt"])
    other = tmp_path / "other" / "model"
    other.parent.mkdir()
    other.write_text("a file of the same name as the folder")
    with pytest.raises(ValidationError, match="two files would be one"):
        plan([folder, other])
