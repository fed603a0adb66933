"""`scailable skafos` against a real cloud: what people read, what scripts read, what goes wrong."""

import shlex
import signal
import zipfile
from pathlib import Path

import pytest

from scailable.cli.base import State
from scailable.cli.skafos import resuming
from tests.cli.shell import Shell
from tests.cli.test_processes import DEADLINE, line_with, started
from tests.digits import DIGITS

UNKNOWN = "6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11"
_LARGE = 400 << 20


@pytest.fixture
def faces(shell: Shell) -> Shell:
    """A command line that means the model `faces` of the app `doors`."""
    shell.ok("skafos", "apps", "create", "doors")
    shell.ok("skafos", "models", "create", "faces", "--app", "doors")
    shell.environment |= {"SKAFOS_APP_NAME": "doors", "SKAFOS_MODEL_NAME": "faces"}
    return shell


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file whose upload takes a while; it takes no room on the disk."""
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(_LARGE)
    return path


def test_the_life_of_a_version(faces: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "labels.txt").write_text("cat\n")
    (folder / "net.onnx").write_bytes(DIGITS.read_bytes())
    told = faces.ok("skafos", "upload", folder, "--description", "First try.")
    assert "First try." in told.out
    assert "has begun" in told.err
    second = faces.ok("skafos", "upload", DIGITS, "--json").json
    assert (second["version"], second["model"]["app"]["name"]) == (2, "doors")

    assert faces.ok("skafos", "list", "-q").out.split() == ["2", "1"]
    assert "First try." in faces.ok("skafos", "list").out
    assert faces.ok("skafos", "get", "1", "--json").json["filename"] == "faces.zip"
    assert faces.ok("skafos", "get").out.split()[:2] == ["Version", "2"]

    saved = Path(faces.ok("skafos", "fetch", "1", "-o", tmp_path / "one.zip").out.strip())
    with zipfile.ZipFile(saved) as archive:
        assert archive.namelist() == ["model/labels.txt", "model/net.onnx"]
    out = tmp_path / "out"
    faces.ok("skafos", "fetch", second["id"], "--unzip", "--output", out)
    assert (out / DIGITS.name).read_bytes() == DIGITS.read_bytes()
    assert "is there already" in faces.fails(2, "skafos", "fetch", "--unzip", "-o", out)
    lost = tmp_path / "not" / "there"
    refused = faces.fails(2, "skafos", "fetch", "--unzip", "-o", lost)
    assert f"there is no folder {lost.parent}" in refused

    assert "Version 2 is deployed to dev." in faces.ok("skafos", "deploy").out
    assert faces.ok("skafos", "deploy", "1", "--environment", "prod", "-q").out.strip() == "1"
    shown = faces.ok("skafos", "environments").out.splitlines()
    assert [line.split()[:2] for line in shown[1:]] == [["dev", "2"], ["prod", "1"]]
    assert "doors" in faces.ok("skafos", "summary").out
    [found] = faces.ok("skafos", "summary", "--json").json
    assert (found["app_name"], found["model_name"]) == ("doors", "faces")

    assert "deployed to prod" in faces.fails(1, "skafos", "delete", "1", "-y")
    faces.ok("skafos", "delete", "1", "-y", "--force")
    assert faces.ok("skafos", "list", "-q").out.split() == ["2"]
    assert "still holds models" in faces.fails(1, "skafos", "apps", "delete", "doors", "-y")
    faces.ok("skafos", "models", "delete", "faces", "-y", "--force")
    faces.ok("skafos", "apps", "delete", "doors", "-y")
    assert faces.ok("skafos", "apps", "list", "-q").out == ""


def test_a_version_goes_on_to_the_devices(faces: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("net.onnx", "other.onnx"):
        (folder / name).write_bytes(DIGITS.read_bytes())
    version = faces.ok("skafos", "upload", folder, "--json").json
    told = faces.fails(2, "models", "upload", "--from-version", "latest")
    assert "model/net.onnx, model/other.onnx" in told
    words = ["--from-version", "1", "--member", "net.onnx", "--name", "net"]
    model = faces.ok("models", "upload", *words, "--wait", "--json").json
    assert (model["Name"], model["Status"]) == ("net", "ok")
    assert model["Source"] == {"Name": "Skafos: doors/faces 1", "Url": f"urn:uuid:{version['id']}"}
    faces.ok("skafos", "deploy")
    faces.ok("devices", "create", "gate")
    faces.ok("devices", "assign", "gate", "net")
    dev, prod = faces.ok("skafos", "environments", "--json").json
    assert (dev["device_count"], prod["device_count"]) == (1, 0)
    assert "either FILE or" in faces.fails(2, "models", "upload")
    assert "either FILE or" in faces.fails(2, "models", "upload", DIGITS, "--from-version", "1")
    for option in ("--skafos-app", "--skafos-model", "--member"):
        told = faces.fails(2, "models", "upload", DIGITS, option, "doors")
        assert "with --from-version only" in told


def test_an_api_token_opens_skafos_and_nothing_else(faces: Shell, tmp_path: Path) -> None:
    made = faces.ok("skafos", "tokens", "create", "nightly")
    token = made.out.strip()
    assert "not shown again" in made.err
    program = Shell(
        {
            **faces.environment,
            "SCAILABLE_CONFIG_DIR": str(tmp_path / "empty"),
            "SKAFOS_API_TOKEN": token,
        }
    )
    program.ok("skafos", "upload", DIGITS)
    assert "scailable login" in program.fails(3, "models", "list")
    assert "sign in for that" in program.fails(1, "skafos", "tokens", "create", "more")
    [listed] = faces.ok("skafos", "tokens", "list", "--json").json
    assert listed["name"] == "nightly"
    assert listed["last_used_at"] is not None
    assert token not in faces.ok("skafos", "tokens", "list").out
    # Somebody may give the token in place of its id; it is not shown even then.
    for words in (["-y"], []):
        assert token not in faces.fails(2, "skafos", "tokens", "delete", token, *words)
    faces.ok("skafos", "tokens", "delete", listed["id"], "-y")
    told = program.fails(3, "skafos", "list")
    assert "SKAFOS_API_TOKEN" in told
    assert token not in told


def test_where_comes_from_the_profile_as_well(faces: Shell) -> None:
    for name in ("SKAFOS_APP_NAME", "SKAFOS_MODEL_NAME"):
        del faces.environment[name]
    told = faces.fails(2, "skafos", "list")
    assert "which app" in told
    assert "SKAFOS_APP_NAME" in told
    config = Path(faces.environment["SCAILABLE_CONFIG_DIR"], "config.toml")
    config.write_text('[profiles.default.skafos]\napp = "doors"\nmodel = "faces"\n')
    assert faces.ok("skafos", "upload", DIGITS, "-q").out.strip() == "1"
    config.write_text('[profiles.default.skafos]\nap = "doors"\n')
    assert "profiles.default.skafos.ap" in faces.fails(2, "skafos", "list")


def test_what_is_missing_is_named(faces: Shell, tmp_path: Path) -> None:
    for options, words in (
        (["--organization", "Nobody"], "no organization Nobody"),
        (["--app", "nothing"], "no app nothing"),
        (["--model", "nothing"], "no model nothing"),
    ):
        assert words in faces.fails(1, "skafos", "list", *options)
        assert words in faces.fails(1, "skafos", "upload", DIGITS, *options)
    assert "has no version yet" in faces.fails(1, "skafos", "get")
    assert "has no version 7" in faces.fails(1, "skafos", "fetch", "7")
    assert "no environment staging" in _deployed(faces, "staging")
    assert "has no version 0" in faces.fails(1, "skafos", "deploy", "0")
    for verb in ("get", "fetch", "deploy"):
        assert "not a version" in faces.fails(2, "skafos", verb, "first")
        assert "has no version ²" in faces.fails(1, "skafos", verb, "²")
    assert "empty name" in faces.fails(2, "skafos", "list", "--app", "")
    assert "no organization Nobody" in faces.fails(
        2, "skafos", "summary", "--organization", "Nobody"
    )
    told = faces.fails(2, "skafos", "upload", tmp_path / "none", "/dev/null")
    assert "No such file" in told
    assert "neither a file nor a folder" in told
    assert "no model version" in faces.fails(1, "skafos", "upload", DIGITS, "--resume", UNKNOWN)
    assert faces.ok("skafos", "list", "--pending", "-q").out == ""


def test_options_that_exclude_each_other(faces: Shell) -> None:
    words = ["skafos", "upload", DIGITS, "--resume", UNKNOWN]
    assert "its description already" in faces.fails(2, *words, "--description", "More.")


def test_parts_of_lists(shell: Shell) -> None:
    for name in ("doors", "bays", "gates"):
        shell.ok("skafos", "apps", "create", name)
        shell.ok("skafos", "models", "create", name, "--app", "doors")
    for words in (["apps", "list"], ["models", "list", "--app", "doors"]):
        every = shell.ok("skafos", *words, "-q").out.split()
        assert len(every) == 3
        assert shell.ok("skafos", *words, "--limit", 1, "--offset", 1, "-q").out.split() == [
            every[1]
        ]


@pytest.mark.parametrize(
    "verb",
    ["upload", "list", "get", "fetch", "deploy", "environments", "delete"],
)
def test_help_names_the_variables(verb: str, offline: Shell) -> None:
    told = offline.ok("skafos", verb, "--help").out
    for noun in ("ORG", "APP", "MODEL"):
        assert f"SKAFOS_{noun}_NAME" in told


def test_the_command_that_resumes_needs_nothing_beside_it() -> None:
    state = State(profile="plant", base_url="http://127.0.0.1:8008")
    where = {"organization": None, "app": "two doors", "model": None}
    words = shlex.split(resuming(state, ("-net.onnx", "my model"), where, UNKNOWN))
    assert words == [
        *("scailable", "skafos", "upload", "./-net.onnx", "my model", "--app=two doors"),
        *("--profile=plant", "--base-url=http://127.0.0.1:8008", "--resume", UNKNOWN),
    ]


def _deployed(faces: Shell, environment: str) -> str:
    faces.ok("skafos", "upload", DIGITS)
    told = faces.fails(1, "skafos", "deploy", "--environment", environment)
    faces.ok("skafos", "delete", "latest", "-y")
    return told


@pytest.mark.timeout(180)
@pytest.mark.xdist_group("large-uploads")
def test_ctrl_c_leaves_nothing(faces: Shell, large: Path) -> None:
    with started(faces, "skafos", "upload", large, "--progress") as process:
        line_with(process.stderr, "Uploading")
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=DEADLINE)
    assert (process.returncode, out) == (130, "")
    assert error.splitlines()[-1] == "Stopped."
    assert faces.ok("skafos", "list", "-q").out == ""
    assert faces.ok("skafos", "list", "--pending", "-q").out == ""


@pytest.mark.timeout(180)
@pytest.mark.xdist_group("large-uploads")
def test_a_killed_upload_is_resumed(faces: Shell, large: Path) -> None:
    with started(faces, "skafos", "upload", large, "--progress") as process:
        line_with(process.stderr, "Uploading")
        process.kill()
        process.communicate(timeout=DEADLINE)
    assert faces.ok("skafos", "list", "-q").out == ""
    [upload] = faces.ok("skafos", "list", "--pending", "-q").out.split()
    shown = faces.ok("skafos", "upload", large, "--resume", upload, "--json").json
    assert (shown["id"], shown["version"]) == (upload, 1)
    assert shown["size"] > _LARGE
    assert faces.ok("skafos", "list", "--pending", "-q").out == ""


@pytest.mark.timeout(180)
@pytest.mark.xdist_group("large-uploads")
def test_a_cloud_that_goes_away_says_how_to_go_on(
    offline: Shell, large: Path, tmp_path: Path
) -> None:
    words = ["cloud", "serve", "--port", "0", "--data", tmp_path / "cloud"]
    with started(offline, *words) as cloud:
        url = line_with(cloud.stdout, "ready").split()[-1]
        offline.environment["SCAILABLE_BASE_URL"] = url
        offline.register()
        offline.ok("skafos", "apps", "create", "doors")
        offline.ok("skafos", "models", "create", "faces", "--app", "doors")
        place = ["--app", "doors", "--model", "faces"]
        with started(offline, "skafos", "upload", large, *place, "--progress") as process:
            line_with(process.stderr, "Uploading")
            cloud.kill()
            cloud.communicate(timeout=DEADLINE)
            _, error = process.communicate(timeout=DEADLINE)
    assert process.returncode == 4, error
    command = error.splitlines()[-1].strip()
    assert command.startswith("Go on with: scailable skafos upload ")
    assert "--app=doors --model=faces --resume " in command
    words[3] = url.rsplit(":", 1)[-1]
    with started(offline, *words) as cloud:
        line_with(cloud.stdout, "ready")
        assert offline.ok(*command.split()[4:], "-q").out.strip() == "1"
        cloud.send_signal(signal.SIGINT)
        cloud.communicate(timeout=DEADLINE)
    assert list((tmp_path / "cloud" / "blobs" / "incoming").iterdir()) == []
