"""The whole agent, with real models in real child processes, over a real socket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scailable.edge import Agent
from scailable.edge.events import (
    Announced,
    Downloading,
    Failed,
    InputSkipped,
    Offline,
    Online,
    Restarted,
    Result,
    Running,
    Tied,
    TieFailed,
)
from scailable.edge.results import summarize
from scailable.errors import BadRequest, ConfigError, CredentialsError, JobFailed, PermissionDenied
from tests.digits import DIGITS, HELDOUT
from tests.edge import small_models
from tests.edge.faulty_cloud import FastClock, FaultyCloud, digest_of
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.edge.conftest import Device

ROOT = Path(__file__).parents[2]


def save(folder: Path, name: str, *values: tuple[float, float]) -> None:
    """Put an input file into a folder, as a writer should: under another name first."""
    hidden = folder / f".{name}"
    with hidden.open("wb") as file:
        arrays: dict[str, Any] = {"image-": np.array(values, np.float32)}
        np.savez(file, **arrays)
    hidden.rename(folder / name)


def wait_until_gone(pid: int) -> None:
    """Wait until a process has ended; one that its parent has not looked after counts too."""

    def gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            return True

    wait_until(gone)


def test_held_out_digits(cloud: FaultyCloud, device: Device) -> None:
    model = DIGITS.read_bytes()
    cloud.assign(("digits", model))
    device.input = HELDOUT

    assert device.run() == 360

    summary = summarize(device.output)
    assert (summary.results, summary.errors, summary.labelled) == (360, 0, 360)
    assert summary.accuracy is not None
    assert summary.accuracy > 0.95
    line = device.lines()[0]
    assert line["digest"] == digest_of(model)
    assert line["input"] == "heldout.npz"
    assert set(line["outputs"]["scores"]) == {"label", "score"}
    assert cloud.states()[digest_of(model)] == ("running", None)


def test_from_announcement_to_results(cloud: FaultyCloud, device: Device) -> None:
    device.tie = None
    device.start()
    token = device.wait_for(Announced).token
    assert cloud.announced[0]["Name"] == "bench"
    assert cloud.announced[0]["Runtime"].startswith("onnxruntime ")
    cloud.tie(token)
    device.wait_for(Tied)
    device.wait_for(Online)
    cloud.wait_for(lambda: bool(cloud.heartbeats))
    save(device.input, "a.npz", (0.25, 0.75))
    cloud.assign(("pets", small_models.cat_or_dog()))
    device.wait_for(Running)
    device.wait_for(Downloading)
    device.wait_for(Result)
    save(device.input, "b.npz", (1, 0), (2, 0))
    device.wait_for(Result, count=3)
    device.stop()
    assert device.error is None
    assert device.count == 3
    found = [(line["input"], line["index"], line["outputs"]) for line in device.lines()]
    assert [entry[:2] for entry in found] == [("a.npz", 0), ("b.npz", 0), ("b.npz", 1)]
    assert [entry[2]["scores"]["label"] for entry in found] == ["Dog", "Cat", "Cat"]
    assert found[0][2]["scores"]["score"] == pytest.approx(1 / (1 + np.exp(-0.5)), abs=1e-6)
    assert token not in repr(device.events)


def test_announces_once_and_keeps_its_identity_private(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    device.run()
    device.run()
    assert len(cloud.announced) == 1
    identity = device.data / "identity.json"
    assert identity.stat().st_mode & 0o777 == 0o600
    assert json.loads(identity.read_text())["device"] == cloud.device


def test_restart_while_waiting_shows_the_same_token(cloud: FaultyCloud, device: Device) -> None:
    device.tie = None
    device.start()
    token = device.wait_for(Announced).token
    device.stop()
    device.events.clear()
    device.start()
    assert device.wait_for(Announced).token == token
    assert len(cloud.announced) == 1


def test_announces_again_when_the_token_has_expired(cloud: FaultyCloud, device: Device) -> None:
    device.tie = None
    device.start()
    first = device.wait_for(Announced).token
    cloud.switch(expire_announcements=1)
    second = device.wait_for(Announced, count=2).token
    assert second != first
    cloud.tie(second)
    device.wait_for(Tied)
    assert len({entry["Serial"] for entry in cloud.announced}) == 1


def test_a_failed_tie_leaves_the_token_to_a_person(cloud: FaultyCloud, device: Device) -> None:
    def refuse(token: str, name: str) -> None:
        raise PermissionDenied("This account may not create devices.", status=403)

    device.tie = refuse
    device.start()
    assert "may not create" in device.wait_for(TieFailed).why
    cloud.tie(device.wait_for(Announced).token)
    device.wait_for(Tied)


def test_the_identity_stays_with_its_cloud(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    device.run()
    device.url = "http://127.0.0.1:9"
    with pytest.raises(ConfigError, match="belongs to"):
        device.run()


def test_a_deleted_device_says_so_and_can_begin_anew(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    device.start()
    device.wait_for(Running)
    cloud.delete_device()
    device.join()
    assert isinstance(device.error, CredentialsError)
    assert "announce it anew" in str(device.error)
    assert len(list(device.data.glob("identity-revoked-*.json"))) == 1
    assert not (device.data / "identity.json").exists()
    device.error = None
    device.start()
    device.wait_for(Tied, count=2)
    assert len(cloud.announced) == 2


def test_a_name_that_the_cloud_refuses_ends_it(cloud: FaultyCloud, device: Device) -> None:
    cloud.switch(refuse_names=True)
    with pytest.raises(BadRequest, match="too long"):
        device.run()


def test_two_agents_cannot_share_a_data_folder(cloud: FaultyCloud, device: Device) -> None:
    device.start()
    device.wait_for(Announced)
    with pytest.raises(ConfigError, match="Another agent"):
        device.run()


def test_works_on_while_the_cloud_is_away(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    device.start()
    device.wait_for(Running)
    cloud.switch(away=True)
    device.wait_for(Offline, count=3)
    save(device.input, "a.npz", (1, 2))
    device.wait_for(Result)
    seen, polls = len(cloud.heartbeats), len(cloud.waits)
    cloud.switch(away=False)
    device.wait_for(Online, count=2)
    # It is known to be back at once, not when the first long poll ends.
    assert cloud.waits[polls] == 0
    cloud.wait_for(lambda: len(cloud.heartbeats) > seen)
    cloud.assign(("twice", small_models.times(3)))
    device.wait_for(Running, digest=digest_of(small_models.times(3)))
    device.stop()
    assert device.error is None


def test_starts_with_its_model_while_the_cloud_is_away(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    device.run()
    cloud.switch(away=True)
    save(device.input, "a.npz", (1, 2))
    device.start()
    device.wait_for(Result)
    assert device.lines()[0]["outputs"] == {"hidden": [[2.0, 4.0]]}


def test_a_web_page_in_place_of_the_cloud_is_waited_out(cloud: FaultyCloud, device: Device) -> None:
    cloud.switch(html=True)
    cloud.assign(("twice", small_models.times(2)))
    device.start()
    device.wait_for(Offline, count=2)
    cloud.switch(html=False)
    device.wait_for(Running)


def test_a_cut_download_goes_on_where_it_stopped(cloud: FaultyCloud, device: Device) -> None:
    model = DIGITS.read_bytes()
    cloud.switch(cut_downloads_after=[10_000, 5_000])
    cloud.assign(("digits", model))
    device.start()
    device.wait_for(Running)
    assert cloud.ranges[0] is None
    starts = [int(span[6:-1]) for span in cloud.ranges[1:] if span]
    assert len(cloud.ranges) == 3
    assert starts == [10_000, 15_000]


def test_a_corrupt_download_is_reported_and_fetched_again(
    cloud: FaultyCloud, device: Device
) -> None:
    good, better = small_models.times(2), small_models.times(3)
    save(device.input, "a.npz", (1, 2))
    cloud.assign(("twice", good))
    device.start()
    device.wait_for(Result)
    cloud.switch(corrupt_downloads=4)
    cloud.assign(("twice", better))
    cloud.wait_for(lambda: cloud.was_told(digest_of(better), "refused"))
    assert "digest" in device.wait_for(Failed).why
    device.wait_for(Running, digest=digest_of(better))
    device.wait_for(Result, count=2)
    assert len(cloud.ranges) == 6
    assert [line["outputs"]["hidden"] for line in device.lines()] == [[[2.0, 4.0]], [[3.0, 6.0]]]


def test_what_is_not_what_was_assigned_never_runs(cloud: FaultyCloud, device: Device) -> None:
    [function] = cloud.assign(("twice", small_models.times(2)))
    assigned = digest_of(small_models.times(2))
    with cloud.changed:
        cloud.models[function] = small_models.times(9)
    device.start()
    assert "another version" in device.wait_for(Failed).why
    cloud.wait_for(lambda: cloud.was_told(assigned, "refused"))
    assert not list((device.data / "models").glob("*.onnx"))


def test_a_wrong_size_never_runs(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)), size=10)
    device.start()
    assert "larger than the 10 bytes" in device.wait_for(Failed).why
    assert not list((device.data / "models").glob("*.onnx"))


def test_a_model_that_is_shorter_than_assigned_is_refused(
    cloud: FaultyCloud, device: Device
) -> None:
    content = small_models.times(2)
    cloud.assign(("twice", content), size=len(content) + 10)
    device.start()
    assert f"ended after {len(content)} of" in device.wait_for(Failed).why
    assert "ends before" in device.wait_for(Failed, count=2).why
    assert not list((device.data / "models").glob("*.onnx"))


def test_a_digest_that_is_none_is_refused(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    with cloud.changed:
        cloud.assignments[0]["Digest"] = "sha256:../../../../evil"
    device.start()
    assert "no sha256 digest" in device.wait_for(Failed).why
    cloud.wait_for(lambda: cloud.was_told(None, "refused"))


@pytest.mark.parametrize("bad", [small_models.no_model(), small_models.endless_to_load()])
def test_the_last_good_model_stays_when_the_new_one_does_not_load(
    cloud: FaultyCloud, device: Device, bad: bytes
) -> None:
    device.options = {"load_seconds": 3.0}
    good = small_models.times(2)
    cloud.assign(("pets", good))
    device.start()
    device.wait_for(Running)
    cloud.assign(("pets", bad))
    assert "cannot be loaded" in device.wait_for(Failed).why
    save(device.input, "a.npz", (1, 2))
    device.wait_for(Result)
    assert device.lines()[0]["digest"] == digest_of(good)
    cloud.wait_for(lambda: cloud.states().get(digest_of(bad), ("",))[0] == "failed")
    message = cloud.states()[digest_of(bad)][1]
    assert message
    assert "cannot be loaded" in message


def test_the_last_good_model_returns_when_the_new_one_hangs_at_work(
    cloud: FaultyCloud, device: Device
) -> None:
    device.options = {"run_seconds": 0.3}
    good, bad = small_models.times(2), small_models.endless()
    cloud.assign(("pets", good))
    device.start()
    device.wait_for(Running)
    cloud.assign(("pets", bad))
    device.wait_for(Running, digest=digest_of(bad))
    save(device.input, "a.npz", (1, 2))
    device.wait_for(Restarted)
    assert "no answer within 0.3 s" in device.wait_for(Failed).why
    device.wait_for(Result)
    assert [line["digest"] for line in device.lines()] == [digest_of(good)]
    cloud.wait_for(lambda: cloud.states().get(digest_of(bad), ("",))[0] == "failed")
    # Assigned once more, it gets another chance.
    cloud.assign(("pets", bad))
    device.wait_for(Running, count=2, digest=digest_of(bad))


def test_a_killed_worker_is_started_again(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    device.start()
    os.kill(device.wait_for(Running).pid, signal.SIGKILL)
    save(device.input, "a.npz", (1, 2), (3, 4))
    assert "SIGKILL" in device.wait_for(Restarted).why
    device.wait_for(Result, count=2)
    assert [line["index"] for line in device.lines()] == [0, 1]


def test_a_model_is_not_given_the_tokens_of_the_user(
    cloud: FaultyCloud, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCAILABLE_TOKEN", "a-secret")
    cloud.assign(("twice", small_models.times(2)))
    device.start()
    child = device.wait_for(Running).pid
    environment = Path(f"/proc/{child}/environ").read_bytes()
    assert b"PATH=" in environment
    assert b"a-secret" not in environment


def test_several_models_each_have_every_input(cloud: FaultyCloud, device: Device) -> None:
    save(device.input, "a.npz", (1, 2))
    functions = cloud.assign(("two", small_models.times(2)), ("three", small_models.times(3)))
    assert device.run() == 2
    results = {line["model"]: line["outputs"]["hidden"] for line in device.lines()}
    assert results == dict(zip(functions, [[[2.0, 4.0]], [[3.0, 6.0]]], strict=True))


def test_models_that_are_not_needed_any_more_are_deleted(
    cloud: FaultyCloud, device: Device
) -> None:
    device.start()
    contents = [small_models.times(factor) for factor in (2, 3, 4)]
    for content in contents:
        cloud.assign(("twice", content))
        device.wait_for(Running, digest=digest_of(content))
    polls = len(cloud.requests)
    cloud.wait_for(lambda: cloud.requests[polls:].count("GET /assignments") > 1)
    kept = {f"sha256:{path.stem}" for path in (device.data / "models").glob("*.onnx")}
    assert kept == {digest_of(content) for content in contents[1:]}


def test_no_assignment_no_model(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    device.start()
    child = device.wait_for(Running).pid
    cloud.assign()
    wait_until_gone(child)
    device.stop()
    assert device.error is None


def test_until_done_gives_up_when_no_model_can_run(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("pets", small_models.no_model()))
    with pytest.raises(JobFailed, match="No assigned model"):
        device.run()
    assert cloud.states()[digest_of(small_models.no_model())][0] == "failed"


def test_until_done_gives_up_when_no_input_fits(cloud: FaultyCloud, device: Device) -> None:
    np.save(device.input / "a.npy", np.zeros((3, 5), np.float32))
    cloud.assign(("twice", small_models.times(2)))
    with pytest.raises(JobFailed, match="shape"):
        device.run()
    assert device.wait_for(InputSkipped).name == "a.npy"


def test_a_half_line_is_repaired_and_its_input_run_again(
    cloud: FaultyCloud, device: Device
) -> None:
    save(device.input, "a.npz", (1, 2), (3, 4), (5, 6))
    cloud.assign(("twice", small_models.times(2)))
    assert device.run() == 3
    whole = device.lines()
    content = device.output.read_bytes()
    device.output.write_bytes(content[:-20])
    assert device.run() == 1
    assert [line["outputs"] for line in device.lines()] == [line["outputs"] for line in whole]
    assert device.run() == 0


SCRIPT = """
import signal, sys
from scailable.edge import Agent
agent = Agent("bench", sys.argv[1], sys.argv[2], data=sys.argv[3], base_url=sys.argv[4],
              on_event=lambda event: print(
                  type(event).__name__, getattr(event, "pid", ""), flush=True))
signal.signal(signal.SIGTERM, lambda *_: agent.stop())
print("results", agent.run(), flush=True)
"""


def spawn(device: Device, cloud: FaultyCloud) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, device.input, device.output, device.data, cloud.url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """Read lines until one begins with this word; returns the rest of that line."""
    assert process.stdout is not None
    limit = threading.Timer(30, process.kill)
    limit.start()
    for line in process.stdout:
        if line.split()[0] == word:
            limit.cancel()
            return line.partition(" ")[2].strip()
    raise AssertionError(f"the process ended without {word!r}")


def test_sigterm_and_sigkill(cloud: FaultyCloud, device: Device) -> None:
    cloud.assign(("twice", small_models.times(2)))
    device.run()  # tied from here on
    save(device.input, "a.npz", *[(number, 0) for number in range(2000)])

    with spawn(device, cloud) as killed:
        child = int(read_until(killed, "Running"))
        read_until(killed, "Result")
        killed.kill()
    wait_until_gone(child)
    with spawn(device, cloud) as stopped:
        read_until(stopped, "Result")
        stopped.terminate()
        assert stopped.stdout is not None
        assert stopped.stdout.read().splitlines()[-1].startswith("results ")
        assert stopped.wait(10) == 0

    device.run()
    assert sorted(line["index"] for line in device.lines()) == list(range(2000))


def test_needs_an_input_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no input"):
        Agent("bench", tmp_path / "none.npz", tmp_path / "out", data=tmp_path, clock=FastClock())
