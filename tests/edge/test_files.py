"""What the agent reads and writes: inputs, results, identity, and the rules without I/O."""

from __future__ import annotations

import json
import os
import resource
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scailable.edge.backoff import Backoff
from scailable.edge.choose import ModelKey, choose, keep
from scailable.edge.files import write_json
from scailable.edge.identity import Announcement, Identity, IdentityFile
from scailable.edge.inputs import InputFile, InputSource, read_samples
from scailable.edge.mailbox import Mailbox
from scailable.edge.naming import readable
from scailable.edge.results import ResultsFile, read_lines, summarize
from scailable.edge.runner import Tensor
from scailable.edge.state import Assignment, DeviceState
from scailable.errors import ConfigError, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = Tensor("image-", "float32", (1, 1, 2, 2))
MODEL = ModelKey("f", "sha256:1")


def save(path: Path, **arrays: Any) -> InputFile:
    np.savez(path, **arrays)
    [file] = InputSource(path).files()
    return file


@pytest.mark.parametrize(
    ("shape", "count"),
    [((3, 1, 2, 2), 3), ((3, 1, 1, 2, 2), 3), ((1, 1, 2, 2), 1)],
)
def test_samples_with_and_without_the_batch_axis(
    tmp_path: Path, shape: tuple[int, ...], count: int
) -> None:
    values = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    file = save(tmp_path / "a.npz", **{"image-": values, "labels": np.arange(count)})
    samples = read_samples(file, [IMAGE])
    assert len(samples) == count
    tensor = samples.tensors(count - 1)["image-"]
    assert tensor.shape == (1, 1, 2, 2)
    assert tensor.dtype == np.float32
    assert tensor.ravel().tolist() == values.ravel()[-4:].tolist()
    assert samples.label(count - 1) == str(count - 1)


def test_a_size_that_is_not_fixed_takes_any(tmp_path: Path) -> None:
    file = save(tmp_path / "a.npz", any=np.zeros((5, 3, 7), np.float32))
    samples = read_samples(file, [Tensor("x", "float32", (None, 3, None))])
    assert len(samples) == 5
    assert samples.tensors(0)["x"].shape == (1, 3, 7)


def test_a_plain_array_is_the_only_input(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 1, 2, 2), np.uint8))
    [file] = InputSource(tmp_path).files()
    assert len(read_samples(file, [IMAGE])) == 2


def test_two_inputs_by_name(tmp_path: Path) -> None:
    arrays = {"image-": np.zeros((2, 1, 2, 2), np.float32), "mask-": np.ones((2, 2, 2), bool)}
    file = save(tmp_path / "a.npz", **arrays)
    samples = read_samples(file, [IMAGE, Tensor("mask-", "bool", (2, 2))])
    assert samples.tensors(1)["mask-"].shape == (2, 2)
    with pytest.raises(ValidationError, match="no array named 'other-'"):
        read_samples(file, [IMAGE, Tensor("other-", "bool", (2, 2))])


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"image-": np.zeros((3, 1, 2, 3), np.float32)}, "shape"),
        ({"image-": np.zeros((3, 1, 2, 2), np.complex64)}, "complex64"),
        ({"image-": np.zeros((3, 1, 2, 2), np.float32), "labels": np.arange(2)}, "different"),
        ({"image-": np.array([{}, {}], object)}, "pickle"),
        ({}, "nothing"),
    ],
)
def test_inputs_that_do_not_fit(tmp_path: Path, arrays: dict[str, Any], why: str) -> None:
    file = save(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValidationError, match=why):
        read_samples(file, [IMAGE])


def test_a_file_of_another_kind_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(b"hello")
    with pytest.raises(ValidationError, match=r"neither \.npy nor \.npz"):
        read_samples(InputFile("a.npz", path, "sha256:1"), [IMAGE])


def test_half_a_file_is_read_when_it_is_whole(tmp_path: Path) -> None:
    file = save(tmp_path / "a.npz", **{"image-": np.zeros((3, 1, 2, 2), np.float32)})
    content = file.path.read_bytes()
    source = InputSource(tmp_path)
    file.path.write_bytes(content[:-100])
    with pytest.raises(ValidationError, match="cannot be read"):
        read_samples(source.files()[0], [IMAGE])
    file.path.write_bytes(content)
    assert len(read_samples(source.files()[0], [IMAGE])) == 3


def test_a_folder_is_watched(tmp_path: Path) -> None:
    source = InputSource(tmp_path)
    assert source.files() == []
    np.save(tmp_path / "b.npy", np.zeros(2))
    np.save(tmp_path / "a.npy", np.zeros(2))
    (tmp_path / ".hidden.npy").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    (tmp_path / "folder.npz").mkdir()
    os.mkfifo(tmp_path / "pipe.npz")  # whoever opens it waits for a writer
    assert [file.name for file in source.files()] == ["a.npy", "b.npy"]
    (tmp_path / "a.npy").unlink()
    assert [file.name for file in source.files()] == ["b.npy"]


def test_an_input_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"neither \.npz nor \.npy"):
        InputSource(tmp_path / "a.png")


# --- results -------------------------------------------------------------------------------------


def file_called(name: str, path: Path, digest: str = "sha256:2") -> InputFile:
    return InputFile(name, path / name, digest)


def write(path: Path, count: int, folder: Path) -> bytes:
    with closing(ResultsFile(path)) as results:
        for index in range(count):
            results.append(
                time="now",
                model=MODEL,
                file=file_called("a", folder),
                index=index,
                expected="7",
                outputs={"scores": {"label": "7" if index else "1", "score": 0.5}},
                latency_ms=1.0,
            )
    return path.read_bytes()


def test_results_cut_anywhere_are_continued(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    whole = write(path, 2, tmp_path)
    first = whole.index(b"\n") + 1
    file = file_called("a", tmp_path)
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        results = ResultsFile(path)
        assert results.done(MODEL, file) == (set() if cut < first else {0})
        assert path.read_bytes() == (b"" if cut < first else whole[:first])
        results.close()


def test_a_full_disk_is_named_and_costs_only_the_line_it_cut(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    whole = write(path, 2, tmp_path)
    first = whole.index(b"\n") + 1
    path.unlink()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (first + 10, before[1]))
    try:
        with pytest.raises(OSError, match=r"results\.jsonl"):
            write(path, 2, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == whole[: first + 10]
    results = ResultsFile(path)
    results.close()
    assert path.read_bytes() == whole[:first]


def test_results_of_another_model_or_input_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    write(path, 2, tmp_path)
    results = ResultsFile(path)
    assert results.done(MODEL, file_called("a", tmp_path)) == {0, 1}
    assert results.done(ModelKey("f", "sha256:9"), file_called("a", tmp_path)) == set()
    assert results.done(MODEL, file_called("a", tmp_path, "sha256:9")) == set()
    results.close()
    assert summarize(path).accuracy == 0.5


@pytest.mark.parametrize("content", [b"my notes", b'{"other": 1}\n', b"{"])
def test_a_file_that_is_no_results_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    if content == b"{":  # may be the beginning of a result
        ResultsFile(path).close()
        return
    with pytest.raises(ConfigError, match="not results"):
        ResultsFile(path)
    assert path.read_bytes() == content


def test_a_line_that_is_no_result_is_named(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    whole = write(path, 1, tmp_path)
    path.write_bytes(whole + b"nonsense\n")
    with pytest.raises(ConfigError, match="Line 2"):
        list(read_lines(path))


def test_an_error_is_a_result_without_outputs(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    results = ResultsFile(path)
    results.append(
        time="now", model=MODEL, file=file_called("a", tmp_path), index=0, error="it did not fit"
    )
    results.close()
    assert summarize(path).errors == 1
    assert json.loads(path.read_text())["error"] == "it did not fit"


def test_scores_of_several_outputs_keep_their_names() -> None:
    outputs = {"scores-0:a": [0.5], "scores-0:b": [[0.25, None]], "bboxes-x": [[1, 2]]}
    assert readable(outputs) == {
        "scores-0:a": {"label": "a", "score": 0.5},
        "scores-0:b": {"label": "b", "score": 0.25},
        "bboxes": [[1, 2]],
    }


# --- identity and state --------------------------------------------------------------------------


def test_an_identity_survives_and_stays_secret(tmp_path: Path) -> None:
    file = IdentityFile(tmp_path)
    fresh = file.load("http://a", "bench")
    waiting = fresh.announced(Announcement("u", "TOKEN", "SECRET", "later", 2))
    file.save(waiting)
    assert file.load("http://a", "bench") == waiting
    tied = waiting.tied("device", "bench", "CREDENTIAL")
    file.save(tied)
    kept = file.load("http://a", "bench")
    assert kept == tied
    assert kept.announcement is None
    assert kept.serial == fresh.serial
    for secret in ("TOKEN", "SECRET", "CREDENTIAL"):
        assert secret not in repr([waiting, tied])
    assert file.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"base_url": 1, "extra": 2}', "\x00"])
def test_a_damaged_identity_is_named_and_kept(tmp_path: Path, content: str) -> None:
    file = IdentityFile(tmp_path)
    file.path.write_text(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        file.load("http://a", "bench")
    assert file.path.read_text() == content


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]
    assert json.loads(path.read_text()) == {"a": 1}


def test_state_is_kept_and_damage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "current.json"
    assignment = Assignment("f", "pets", "sha256:1", 5, "then", "then")
    state = DeviceState(path, lambda: None)
    state.assign([assignment])
    state.ran(assignment.key, [])
    again = DeviceState(path, lambda: None)
    assert again.assigned == (assignment,)
    assert again.good == (assignment.key,)
    assert not again.confirmed
    path.write_text("{")
    with pytest.raises(ConfigError, match="Move the file away"):
        DeviceState(path, lambda: None)


def test_only_a_model_assigned_anew_gets_another_chance(tmp_path: Path) -> None:
    state = DeviceState(tmp_path / "current.json", lambda: None)
    first = Assignment("f", "pets", "sha256:1", 5, "then", "then")
    other = Assignment("g", "cars", "sha256:2", 5, "then", "then")
    state.assign([first])
    state.note(first.key, "failed", "broken")
    state.assign([first, other])
    assert state.failed(first.key)
    state.assign([Assignment("f", "pets", "sha256:1", 5, "now", "then"), other])
    assert not state.failed(first.key)


def test_identity_of_another_cloud_is_not_shown_to_this_one(tmp_path: Path) -> None:
    file = IdentityFile(tmp_path)
    file.save(Identity("http://a", "bench", "1").tied("device", "bench", "CREDENTIAL"))
    with pytest.raises(ConfigError, match="belongs to http://a"):
        file.load("http://b", "bench")


# --- decisions -----------------------------------------------------------------------------------

A1, A2, A3, B1 = (ModelKey(name[0], name[1]) for name in ("a1", "a2", "a3", "b1"))


@pytest.mark.parametrize(
    ("assigned", "good", "usable", "chosen"),
    [
        ([], [A1], {A1}, []),
        ([A1], [], {A1}, [A1]),
        ([A1], [], set(), []),
        ([A2], [A1], {A1}, [A1]),
        ([A2], [A1], {A1, A2}, [A2]),
        ([A3], [A1, A2], {A1, A2}, [A2]),
        ([B1], [A1, A2], {A1, A2}, [A2]),
        ([B1, A2], [A1], {B1, A1}, [B1, A1]),
        ([B1, A2], [A1], {A2}, [A2]),
        ([A1, A2], [A1], {A1}, [A1]),
    ],
)
def test_choose(
    assigned: list[ModelKey], good: list[ModelKey], usable: set[ModelKey], chosen: list[ModelKey]
) -> None:
    assert choose(assigned, good, usable.__contains__) == chosen


def test_keep_forgets_functions_that_are_gone() -> None:
    assert keep([B1], [B1], [A1, A2, B1]) == [B1]
    assert keep([A3], [A3], [A1, A2, A3]) == [A2, A3]
    assert keep([B1], [A2, B1], [A1, A2, B1]) == [A1, A2, B1]
    assert keep([B1], [], [A1, A2]) == [A2]


def test_backoff_grows_to_its_limit_and_starts_again() -> None:
    backoff = Backoff(first=1, longest=10, draw=lambda: 1.0)
    assert [backoff.next() for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    assert backoff.next(asked=30) == 30
    assert backoff.next(asked=1e9) == 300
    backoff.reset()
    assert backoff.next() == 1
    assert Backoff(draw=lambda: 0.0).next() == 0.5
    for _ in range(5000):
        backoff.next()


def test_mail_wakes_the_thread_that_waits() -> None:
    mailbox = Mailbox()
    threading.Timer(0.05, mailbox.wake).start()
    mailbox.wait(30)
    assert mailbox.empty
    mailbox.wake()
    mailbox.wake()
    mailbox.wait(30)
    assert mailbox.empty
    assert not mailbox.stopped
