"""Every noun against a real cloud: what people read, what scripts read, what is refused."""

import json
import shlex
from pathlib import Path

import pytest

from scailable.cli import ask
from tests.cli.shell import PASSWORD, Shell
from tests.digits import DIGITS
from tests.edge.small_models import times

UNKNOWN = "6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11"


# --- account -------------------------------------------------------------------------------------


def test_register_login_whoami_logout(stranger: Shell) -> None:
    stranger.register()
    assert stranger.ok("whoami", "--json").json["Email"] == stranger.email
    stranger.ok("logout")
    assert "scailable login" in stranger.fails(3, "whoami")
    stranger.ok("login", "--email", stranger.email, "--password-stdin", stdin=PASSWORD + "\n")
    shown = stranger.ok("whoami").out
    assert "Ada" in shown
    assert stranger.environment["SCAILABLE_BASE_URL"] in shown


def test_the_password_may_come_from_the_environment(stranger: Shell) -> None:
    stranger.register()
    stranger.ok("logout")
    stranger.environment["SCAILABLE_PASSWORD"] = PASSWORD
    stranger.ok("login", "--email", stranger.email)
    assert stranger.ok("whoami", "-q").out.strip()


def test_a_wrong_password_is_not_shown_and_keeps_nobody_signed_in(stranger: Shell) -> None:
    stranger.register()
    stranger.ok("logout")
    wrong = "not-The-right-one-7"
    error = stranger.fails(3, "login", "--email", stranger.email, "--password-stdin", stdin=wrong)
    assert wrong not in error
    stranger.fails(3, "whoami")


def test_without_a_terminal_nothing_is_asked(stranger: Shell) -> None:
    assert "--email" in stranger.fails(2, "login")
    assert "--password-stdin" in stranger.fails(2, "login", "--email", "a@example.com")
    words = ["register", "--email", "a@example.com", "--name", "A", "--company", "C"]
    assert "--password-stdin" in stranger.fails(2, *words)
    assert "--accept-eula" in stranger.fails(2, *words, "--password-stdin", stdin=PASSWORD)
    assert "no password on stdin" in stranger.fails(2, *words, "--password-stdin", stdin="")


def test_a_weak_password_is_refused_with_the_field(stranger: Shell) -> None:
    words = ["register", "--email", stranger.email, "--name", "A", "--company", "C"]
    error = stranger.fails(1, *words, "--accept-eula", "--password-stdin", stdin="password1")
    assert "Field Password" in error
    assert "password1" not in error


# --- models --------------------------------------------------------------------------------------


def test_the_life_of_a_model(shell: Shell, model: str, tmp_path: Path) -> None:
    assert "digits" in shell.ok("models", "list").out
    assert shell.ok("models", "list", "-q").out.split() == [model]
    assert [each["UUID"] for each in shell.ok("models", "list", "--json").json] == [model]
    assert shell.ok("models", "get", "digits", "--json").json["Status"] == "ok"
    assert (
        "float32" in shell.ok("models", "get", model).out.lower()
        or "FLOAT" in shell.ok("models", "get", model).out
    )

    shell.ok("models", "update", model, "--documentation", "Ten digits.", "--alias", "d")
    changed = shell.ok("models", "update", "digits", "--alias", "", "--json").json
    assert (changed["Documentation"], changed["Alias"]) == ("Ten digits.", "")
    again = shell.ok("models", "update", model, "--file", DIGITS, "--wait", "--json").json
    assert again["Status"] == "ok"

    target = tmp_path / "copy.onnx"
    assert shell.ok("models", "download", "digits", "-o", target).out.strip() == str(target)
    assert target.stat().st_size > 0
    reply = shell.ok("models", "download", "digits", "-o", tmp_path / "b.onnx", "--json").json
    assert reply["size"] == (tmp_path / "b.onnx").stat().st_size

    assert shell.ok("models", "wait", "digits", "--json").json["Status"] == "ok"
    assert "-y" in shell.fails(2, "models", "delete", "digits")
    shell.ok("models", "delete", "digits", "-y")
    assert shell.ok("models", "list", "--json").json == []
    assert "models upload" in shell.ok("models", "list").err


def test_the_filters_of_the_list(shell: Shell, model: str) -> None:
    def found(*words: str) -> list[str]:
        return shell.ok("models", "list", "-q", *words).out.split()

    assert found("--q", "dig", "--status", "ok", "--width", "1-8") == [model]
    assert found("--q", "cars") == found("--width", "200-") == found("--offset", "1") == []
    shell.ok("catalogues", "create", "Cats")
    assert found("--catalogue", "none") == [model]
    assert found("--catalogue", "Cats") == []
    shell.ok("models", "update", model, "--catalogue", "Cats")
    assert found("--catalogue", "Cats", "--order-by", "-updated_at", "--limit", "1") == [model]


def test_progress_on_request(shell: Shell) -> None:
    error = shell.ok("models", "upload", DIGITS, "--progress").err
    assert "Uploading  100 %" in error
    assert "models wait" in error
    assert "Uploading" not in shell.ok("models", "upload", DIGITS).err


def test_a_model_with_errors_is_shown_and_not_sent(shell: Shell, tmp_path: Path) -> None:
    page = tmp_path / "model.onnx"
    page.write_text("<!DOCTYPE html><html></html>")
    error = shell.fails(1, "models", "upload", page)
    assert "not fit" in error
    assert "was not uploaded" in error
    assert "safety rule" in shell.fails(1, "models", "upload", page, "--force")
    assert "not fit" in shell.fails(1, "models", "upload", page, "--json")
    assert shell.ok("models", "list", "--json").json == []


def test_a_new_file_may_be_forced_too(shell: Shell, model: str, tmp_path: Path) -> None:
    unfit = tmp_path / "unfit.onnx"
    unfit.write_bytes(times(2))
    assert "ONNX-INPUT-" in shell.fails(1, "models", "update", model, "--file", unfit)
    forced = shell.ok("models", "update", model, "--file", unfit, "--force", "--wait", "--json")
    assert [each["Name"] for each in forced.json["NamedOutput"]] == ["hidden"]


def test_a_failed_conversion_is_exit_code_1_with_the_reason(shell: Shell, tmp_path: Path) -> None:
    page = tmp_path / "model.onnx"
    page.write_text("<!DOCTYPE html><html></html>")
    assert "Server: " in shell.fails(1, "models", "upload", page, "--no-check", "--wait")


# --- devices, groups, catalogues, licenses -------------------------------------------------------


def test_the_life_of_a_device(shell: Shell, model: str) -> None:
    device = shell.ok("devices", "create", "camera-7", "--serial", "SN-7", "-q").out.strip()
    assert "camera-7" in shell.ok("devices", "list").out
    assert shell.ok("devices", "get", "camera-7", "--json").json["UUID"] == device
    assert (
        shell.ok("devices", "update", "camera-7", "--serial", "", "--json").json["Serial"] is None
    )
    assert shell.ok("devices", "update", device, "--name", "gate").out.count("gate") == 1

    assert shell.ok("devices", "assign", "gate", "digits", "-q").out.split() == [model]
    [assignment] = shell.ok("devices", "assignments", "gate", "--json").json
    assert assignment["Name"] == "digits"
    assert shell.ok("devices", "list", "--model", "digits", "-q").out.split() == [device]
    shell.ok("devices", "unassign", "gate", "digits")
    assert "devices assign gate MODEL" in shell.ok("devices", "assignments", "gate").err

    assert shell.ok("devices", "statistics", "--json").json["Total"] == 1
    assert shell.ok("devices", "statistics", "-q").out == "1\n"
    assert "-y" in shell.fails(2, "devices", "delete", "gate")
    shell.ok("devices", "delete", "gate", "-y")
    assert "devices create" in shell.ok("devices", "list").err


def test_the_life_of_a_group(shell: Shell, model: str) -> None:
    for name in ("one", "two"):
        shell.ok("devices", "create", name)
    assert (
        shell.ok("groups", "create", "Lobby", "--device", "one", "--json").json["DeviceCount"] == 1
    )
    assert shell.ok("groups", "add", "Lobby", "one", "two", "--json").json["DeviceCount"] == 2
    assert shell.ok("groups", "assign", "Lobby", "digits", "--json").json["Added"] == 2
    shell.ok("groups", "remove", "Lobby", "one")
    assert len(shell.ok("devices", "list", "--group", "Lobby", "--json").json) == 1
    assert shell.ok("groups", "rename", "Lobby", "Hall", "--json").json["Name"] == "Hall"
    assert "Hall" in shell.ok("groups", "list", "--q", "all").out
    assert "Hall" in shell.ok("groups", "get", "Hall").out
    shell.ok("groups", "delete", "Hall", "-y")
    assert shell.ok("groups", "list", "--json").json == []


def test_the_life_of_a_catalogue(shell: Shell) -> None:
    shell.ok("catalogues", "create", "Cats")
    assert "Cats" in shell.ok("catalogues", "list").out
    assert shell.ok("catalogues", "rename", "Cats", "Dogs", "--json").json["Name"] == "Dogs"
    assert shell.ok("catalogues", "get", "Dogs", "--json").json["Name"] == "Dogs"
    shell.ok("models", "upload", DIGITS, "--catalogue", "Dogs", "--wait")
    assert "Server: " in shell.fails(1, "catalogues", "delete", "Dogs", "-y")
    shell.ok("models", "delete", "digits", "-y")
    shell.ok("catalogues", "delete", "Dogs", "-y")
    assert "no catalogues" in shell.ok("catalogues", "list").err


def test_licenses(shell: Shell) -> None:
    shell.ok("devices", "create", "camera-7")
    [license_] = shell.ok("licenses", "list", "--json").json
    assert license_["UUID"] in shell.ok("licenses", "list").out
    assert license_["LicenseKey"] in shell.ok("licenses", "get", license_["UUID"]).out
    assert "is not a valid UUID" in shell.fails(2, "licenses", "get", "mine")


# --- wrong input ---------------------------------------------------------------------------------

ON_AN_OBJECT = [
    ["models", "get", "?"],
    ["models", "update", "?", "--name", "x"],
    ["models", "delete", "?", "-y"],
    ["models", "wait", "?"],
    ["models", "download", "?"],
    ["models", "list", "--catalogue", "?"],
    ["catalogues", "get", "?"],
    ["catalogues", "rename", "?", "x"],
    ["catalogues", "delete", "?", "-y"],
    ["devices", "get", "?"],
    ["devices", "update", "?", "--name", "x"],
    ["devices", "delete", "?", "-y"],
    ["devices", "assign", "?", UNKNOWN],
    ["devices", "assignments", "?"],
    ["devices", "unassign", "?", UNKNOWN],
    ["groups", "get", "?"],
    ["groups", "rename", "?", "x"],
    ["groups", "delete", "?", "-y"],
    ["groups", "add", "?", UNKNOWN],
    ["groups", "remove", "?", UNKNOWN],
    ["groups", "assign", "?", UNKNOWN],
]
OTHERS = [
    ["whoami"],
    ["models", "list"],
    ["models", "upload", str(DIGITS)],
    ["catalogues", "list"],
    ["catalogues", "create", "x"],
    ["devices", "list"],
    ["devices", "create", "x"],
    ["devices", "statistics"],
    ["groups", "list"],
    ["groups", "create", "x"],
    ["licenses", "list"],
    ["licenses", "get", UNKNOWN],
]


def with_object(words: list[str], name: str) -> list[str]:
    return [name if word == "?" else word for word in words]


def test_unknown_names_and_uuids(shell: Shell) -> None:
    for words in ON_AN_OBJECT:
        assert "There is no " in shell.fails(1, *with_object(words, "nothing")), words
        if words[1] != "list":  # a filter for a catalogue that is not there finds nothing
            error = shell.fails(1, *with_object(words, UNKNOWN))
            assert "Server: " in error, words
            assert "Request id: " in error, words
    assert "Server: " in shell.fails(1, "licenses", "get", UNKNOWN)


def test_nobody_signed_in(stranger: Shell) -> None:
    for words in [with_object(words, UNKNOWN) for words in ON_AN_OBJECT] + OTHERS:
        error = stranger.fails(3, *words)
        assert "Nobody is signed in" in error, words
        assert "scailable login" in error, words


def test_a_session_that_ended_elsewhere(shell: Shell, tmp_path: Path) -> None:
    kept = tmp_path / "config" / "credentials.json"
    tokens = kept.read_bytes()
    shell.ok("logout")
    kept.write_bytes(tokens)
    assert "scailable login" in shell.fails(3, "models", "list")


def test_a_cloud_that_is_not_there(offline: Shell) -> None:
    error = offline.fails(4, "login", "--email", "a@b.c", "--password-stdin", stdin=PASSWORD)
    assert "127.0.0.1:9" in error
    assert "scailable cloud serve" in error


def test_a_token_of_nobody(stranger: Shell) -> None:
    stranger.environment["SCAILABLE_TOKEN"] = "no-token-at-all"
    error = stranger.fails(3, "models", "list")
    assert "no-token-at-all" not in error
    assert "SCAILABLE_TOKEN" in error.splitlines()[-1]


def test_an_empty_name_is_most_often_a_mistake(shell: Shell, model: str) -> None:
    for words in (["upload", DIGITS], ["update", model]):
        assert "name is empty" in shell.fails(2, "models", *words, "--name", "")
    device = shell.ok("devices", "create", "bench", "-q").out.strip()
    assert "name is empty" in shell.fails(2, "devices", "update", device, "--name", "")
    assert len(shell.ok("models", "list", "-q").out.splitlines()) == 1


def test_next_steps_can_be_typed_whatever_the_name(shell: Shell) -> None:
    name = "two words; $HOME"
    device = shell.ok("devices", "create", name, "-q").out.strip()
    words = shlex.split(shell.ok("devices", "assignments", name).err.rpartition(": ")[2])
    assert words == ["scailable", "devices", "assign", name, "MODEL"]
    assert device
    sent = shell.ok("models", "upload", DIGITS, "--name", name)
    uuid = shell.ok("models", "get", name, "-q").out.strip()
    assert sent.err.strip().endswith(f"scailable models wait {uuid}")


def test_files_that_are_not_there(shell: Shell, tmp_path: Path) -> None:
    missing = tmp_path / "none.onnx"
    assert "none.onnx" in shell.fails(2, "models", "upload", missing)
    assert "none.onnx" in shell.fails(2, "models", "upload", missing, "--no-check")
    shell.ok("models", "upload", DIGITS, "--wait")
    assert "none.onnx" in shell.fails(2, "models", "update", "digits", "--file", missing)
    error = shell.fails(2, "models", "download", "digits", "-o", tmp_path / "no" / "x.onnx")
    assert str(tmp_path / "no") in error


def test_driver_details_must_be_a_json_object(shell: Shell, tmp_path: Path) -> None:
    details = tmp_path / "details.json"
    words = ["models", "upload", DIGITS, "--input-driver-details"]
    assert "not JSON" in shell.fails(2, *words, "{channels: 1}")
    assert "not a JSON object" in shell.fails(2, *words, "[1]")
    assert "cannot read" in shell.fails(2, *words, f"@{details}")
    details.write_text(json.dumps({"channels": 1, "height": 8, "width": 8, "order": 0}))
    model = shell.ok(*words, f"@{details}", "--json").json
    assert model["InputDriverDetails"]["height"] == 8


def test_values_the_server_refuses(shell: Shell) -> None:
    assert "Server: " in shell.fails(1, "models", "list", "--order-by", "colour")
    assert "Server: " in shell.fails(1, "models", "list", "--width", "wide")
    assert "Server: " in shell.fails(1, "devices", "create", "x", "--registration-token", "NONE")
    assert "Nothing to change" in shell.fails(2, "models", "update", UNKNOWN)
    assert "Nothing to change" in shell.fails(2, "devices", "update", UNKNOWN)
    assert "--limit" in shell.fails(2, "models", "list", "--limit", "0")


def test_a_name_that_several_have_lists_them(shell: Shell) -> None:
    uuids = [shell.ok("devices", "create", "twin", "-q").out.strip() for _ in range(2)]
    error = shell.fails(1, "devices", "get", "twin")
    assert "2 devices are named 'twin'" in error
    assert all(uuid in error for uuid in uuids)
    shell.ok("devices", "get", uuids[0])


def test_a_damaged_profile_file_is_named(stranger: Shell, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("profiles = {")
    assert "config.toml" in stranger.fails(2, "whoami")


def test_a_profile_keeps_its_own_session(shell: Shell) -> None:
    shell.ok("whoami")
    shell.fails(3, "whoami", "--profile", "other")


def test_base_url_as_an_option_is_named_for_the_next_commands(stranger: Shell) -> None:
    url = stranger.environment.pop("SCAILABLE_BASE_URL")
    outcome = stranger.ok(
        *("register", "--email", stranger.email, "--name", "A", "--company", "C"),
        *("--accept-eula", "--password-stdin", "--base-url", url),
        stdin=PASSWORD,
    )
    assert f"export SCAILABLE_BASE_URL={url}" in outcome.err
    stranger.ok("whoami", "--base-url", url)


def test_an_answer_of_no_changes_nothing(
    shell: Shell, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "interactive", lambda: True)
    error = shell.fails(1, "models", "delete", "digits", stdin="n\n")
    assert "Delete the model digits" in error
    assert "Nothing was changed." in error
    assert shell.ok("models", "get", "digits", "-q").out.strip() == model
    assert "input ended" in shell.fails(2, "models", "delete", "digits", stdin="")
    shell.ok("models", "delete", "digits", stdin="y\n")
    shell.fails(1, "models", "get", model)


def test_register_asks_for_what_is_missing(
    stranger: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "interactive", lambda: True)
    answers = [stranger.email, "Ada", "Analytical", PASSWORD, PASSWORD, "y"]
    outcome = stranger.ok("register", stdin="\n".join(answers) + "\n")
    assert "E-mail" in outcome.err
    assert PASSWORD not in outcome.out + outcome.err
    assert stranger.ok("whoami", "--json").json["Organisation"]["Name"] == "Analytical"
