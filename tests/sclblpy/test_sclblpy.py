"""The functions of sclblpy 0.1.10: same names, arguments, defaults and results."""

from __future__ import annotations

import inspect
import logging
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

import scailable.sclblpy as sp
from scailable import Client, CredentialsError, NotFound, ScailableError, Unprocessable
from tests.digits import DIGITS
from tests.facade.home import PASSWORD
from tests.runtime.server import reply
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scailable.cloud.embedded import EmbeddedCloud
    from tests.facade.home import Home
    from tests.runtime.server import Server

NOBODY = "6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11"
REQUIRED = inspect.Parameter.empty

_MODEL = {"name": REQUIRED, "documentation": REQUIRED, "input_driver": REQUIRED}
_MORE: dict[str, Any] = {
    "input_driver_details": {},
    "output_driver_details": {},
    "alias": "",
    "path": "",
    "source_name": None,
    "source_url": None,
}
_UUID = {"uuid": REQUIRED}

# As the published package has them.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "register_": {
        "name": REQUIRED,
        "company": REQUIRED,
        "email": REQUIRED,
        "password": REQUIRED,
        "job_title": None,
        "phone_number": None,
        "newsletter_opt_in": True,
        "accept_eula": True,
    },
    "log_in": {"email": REQUIRED, "password": REQUIRED},
    "get_user_details": {},
    "set_new_password": {"current_password": REQUIRED, "new_password": REQUIRED},
    "password_reset": {"email": REQUIRED},
    "log_out": {},
    "upload_model": {**_MODEL, "output_driver": "", **_MORE},
    "update_model": {**_UUID, **_MODEL, "output_driver": REQUIRED, **_MORE},
    "delete_model": _UUID,
    "get_model": _UUID,
    "get_all_models": {},
    "models_statistics": {},
    "add_catalogue": {"name": REQUIRED},
    "update_catalogue": {**_UUID, "name": REQUIRED},
    "delete_catalogue": _UUID,
    "get_catalogue": _UUID,
    "get_all_catalogues": {},
    "config_parameters": {},
    "add_device": {
        "name": REQUIRED,
        "registration_token": None,
        "runtime": None,
        "serial": None,
        "type": None,
    },
    "update_device": {**_UUID, "name": REQUIRED, "runtime": "", "serial": "", "type": ""},
    "delete_device": _UUID,
    "assign_model_to_device": {**_UUID, "function_uuid": REQUIRED},
    "get_device": _UUID,
    "get_all_devices": {},
    "devices_statistics": {},
    "add_devices_to_group": {**_UUID, "devices": REQUIRED},
    "delete_device_from_group": {"uuid_device": REQUIRED, "uuid_group": REQUIRED},
    "get_groups": {},
    "delete_group": _UUID,
}

# What a call gives when nobody is signed in, when the service refuses, when there is no answer.
FAILURES: dict[str, tuple[Any, Any, Any]] = {
    "get_user_details": (None, {}, {}),
    "set_new_password": (False, None, False),
    "upload_model": (False, None, False),
    "update_model": (False, False, False),
    "delete_model": (None, False, False),
    "get_model": (None, {}, {}),
    "get_all_models": (None, [], []),
    "models_statistics": (None, {}, {}),
    "add_catalogue": (None, None, False),
    "update_catalogue": (None, None, False),
    "delete_catalogue": (None, False, False),
    "get_catalogue": (None, {}, {}),
    "get_all_catalogues": (None, {}, {}),
    "config_parameters": (None, {}, {}),
    "add_device": (None, False, False),
    "update_device": (False, None, False),
    "delete_device": (None, False, False),
    "assign_model_to_device": (False, None, False),
    "get_device": (None, {}, {}),
    "get_all_devices": (None, {}, {}),
    "devices_statistics": (None, {}, {}),
    "add_devices_to_group": (None, None, False),
    "delete_device_from_group": (None, False, False),
    "get_groups": (None, {}, {}),
    "delete_group": (None, False, False),
}


@pytest.fixture(autouse=True)
def own_client() -> Iterator[None]:
    yield
    sp.use(None)
    sp.raise_errors = False


def call(name: str) -> Any:
    """Call a function with arguments that fit."""
    values: dict[str, Any] = {"path": str(DIGITS), "devices": [NOBODY]}
    arguments = {
        argument: values.get(argument, NOBODY)
        for argument, default in ARGUMENTS[name].items()
        if default is REQUIRED or argument == "path"
    }
    return getattr(sp, name)(**arguments)


def test_names_order_and_defaults_are_those_of_the_published_package() -> None:
    assert len(ARGUMENTS) == 29
    for name, arguments in ARGUMENTS.items():
        parameters = inspect.signature(getattr(sp, name)).parameters
        found = {parameter.name: parameter.default for parameter in parameters.values()}
        assert list(found.items()) == list(arguments.items()), name


def test_the_tutorial_runs_unchanged(
    cloud: EmbeddedCloud, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCAILABLE_BASE_URL", cloud.url)
    email = f"tutor-{uuid4()}@example.com"
    assert sp.register_("Tutor", "Tutorials", email, PASSWORD) is True
    assert sp.log_in(email, PASSWORD) is True

    assert (
        sp.upload_model(
            "my model",
            "docs",
            "input driver",
            "output driver",
            input_driver_details={},
            path=str(DIGITS),
            alias="a",
        )
        is True
    )

    def uploaded() -> dict[str, Any]:
        (found,) = [m for m in sp.get_all_models() if m["Name"] == "my model"]
        return found

    wait_until(lambda: uploaded()["Status"] != "processing", 60)
    model = uploaded()
    assert model["Status"] == "ok"
    details = sp.get_model(model["UUID"])
    assert details["InputDriver"] == "input driver"
    assert details["InputDriverDetails"] == {}
    assert details["NamedInput"][0]["Shape"] == [1, 1, 8, 8]

    assert sp.add_device("my device") is True
    (device,) = [d for d in sp.get_all_devices() if d["Name"] == "my device"]
    assert sp.assign_model_to_device(device["UUID"], model["UUID"]) is True
    shown = sp.get_device(device["UUID"])
    assert shown["Functions"][0]["FunctionUUID"] == model["UUID"]
    assert shown["OnlineStatus"]["Online"] is False

    assert sp.models_statistics()["Total"] == sp.devices_statistics()["Total"] == 1
    assert sp.config_parameters()["MaxUploadSize"] == 4_000_000
    assert sp.get_user_details()["Email"] == email
    assert sp.set_new_password(PASSWORD, "nine-Calm-herons-52") is True
    assert sp.log_in(email, "nine-Calm-herons-52") is True
    assert sp.password_reset(email) is True
    assert sp.log_out() is True
    assert sp.get_user_details() is None
    assert isinstance(sp.last_error(), CredentialsError)
    assert capfd.readouterr().out == ""


def test_the_rest(ada: Home, home: dict[str, Any]) -> None:
    sp.use(ada.client)
    model, device, group = (str(home[name].uuid) for name in ("model", "device", "group"))
    assert sp.add_catalogue("Doors") is True
    (catalogue,) = [c["UUID"] for c in sp.get_all_catalogues() if c["Name"] == "Doors"]
    assert sp.update_catalogue(catalogue, "Gates") is True
    assert sp.get_catalogue(catalogue)["Name"] == "Gates"
    assert sp.delete_catalogue(catalogue) is True

    assert sp.add_devices_to_group(group, [device]) is True
    assert [g["DeviceCount"] for g in sp.get_groups()] == [1]
    assert sp.delete_device_from_group(device, group) is True
    assert sp.delete_group(group) is True

    assert sp.update_device(device, "gate", serial="S1") is True
    assert sp.get_device(device)["Serial"] == "S1"
    # The published package empties what is left out.
    assert sp.update_device(device, "gate") is True
    assert not sp.get_device(device)["Serial"]
    assert sp.delete_device(device) is True

    assert sp.update_model(model, "newer", "docs", "vision", "", path=str(DIGITS)) is True
    assert sp.get_model(model)["Name"] == "newer"
    ada.client.models.wait(model, timeout=60)
    assert sp.upload_model("", "", "vision", path=str(DIGITS)) is True
    (second,) = [m for m in sp.get_all_models() if m["UUID"] != model]
    assert (second["Name"], second["Documentation"]) == ("digits", "-- EMPTY --")
    assert sp.delete_model(second["UUID"]) is True


def test_lists_give_all_pages(server: Server) -> None:
    headers = {"X-Pagination-Records": "3"}
    server.then(
        reply([{"Name": "a"}, {"Name": "b"}], headers=headers),
        reply([{"Name": "c"}], headers=headers),
    )
    with Client(base_url=server.url, token="t") as client:
        sp.use(client)
        assert [model["Name"] for model in sp.get_all_models()] == ["a", "b", "c"]
    assert [seen.path for seen in server.seen] == [
        "/cpt/functions",
        "/cpt/functions?Offset=2&Limit=1000",
    ]


@pytest.mark.parametrize("name", FAILURES)
def test_failures_give_what_the_published_package_gives(
    name: str, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    assert FAILURES.keys() | {"register_", "log_in", "log_out", "password_reset"} == set(ARGUMENTS)
    signed_out, refused, broken = FAILURES[name]
    with Client(base_url=server.url) as nobody:
        sp.use(nobody)
        assert call(name) == signed_out
        assert isinstance(sp.last_error(), CredentialsError)
    # The subject of the token says whose it is.
    token = f"e30.{_SUBJECT}.e30"
    server.default = reply({"Message": "Not like that."}, status=422)
    with Client(base_url=server.url, token=token) as client:
        sp.use(client)
        caplog.clear()
        assert call(name) == refused
        assert isinstance(sp.last_error(), Unprocessable)
        assert "Not like that." in caplog.text
        assert name in caplog.text
        server.default = reply(body=b"<html>proxy</html>")
        assert call(name) == broken
        assert isinstance(sp.last_error(), ScailableError)


_SUBJECT = "eyJzdWIiOiAiNmJkNGQyYjEtNWYwZS00ZDZiLThhM2UtMGQzZjViMWY3YzExIn0="  # {"sub": NOBODY}


def test_signing_in_fails_with_false(server: Server) -> None:
    server.default = reply({"Message": "Wrong password."}, status=401)
    with Client(base_url=server.url) as client:
        sp.use(client)
        assert sp.log_in("", "") is False
        assert server.seen == []
        assert sp.log_in("ada@example.com", "secret-word") is False
        assert "secret-word" not in str(sp.last_error())
        assert sp.register_("Ada", "A", "ada@example.com", "secret-word") is False
        assert sp.log_out() is None
        server.default = reply({"Message": "No."}, status=422)
        assert sp.password_reset("ada@example.com") is None


def test_a_file_that_is_none_is_not_sent(ada: Home, home: dict[str, Any], tmp_path: Path) -> None:
    sp.use(ada.client)
    text = tmp_path / "model.txt"
    text.write_text("no model")
    for path in ("", str(text), str(tmp_path / "missing.onnx")):
        assert sp.upload_model("x", "", "vision", path=path) is False
        assert sp.update_model(str(home["model"].uuid), "x", "", "vision", "", path=path) is False
    assert [model["Name"] for model in sp.get_all_models()] == ["digits"]


def test_raise_errors_and_last_error(ada: Home) -> None:
    sp.use(ada.client)
    assert sp.get_model(NOBODY) == {}
    assert isinstance(sp.last_error(), NotFound)
    seen: list[Exception | None] = []
    thread = threading.Thread(target=lambda: seen.append(sp.last_error()))
    thread.start()
    thread.join()
    assert seen == [None]
    assert sp.config_parameters()
    assert sp.last_error() is None
    sp.raise_errors = True
    with pytest.raises(NotFound):
        sp.get_model(NOBODY)


def test_an_ended_session_never_prompts(own_settings: Path) -> None:
    code = "import scailable.sclblpy as sp; print(sp.get_all_models(), sp.upload_model('', '', ''))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "SCAILABLE_BASE_URL": "http://127.0.0.1:1"},
    )
    assert done.stdout == "None False\n"
    assert "Nobody is signed in" in done.stderr
    assert "Traceback" not in done.stderr


def test_errors_are_logged_below_the_librarys_logger(
    ada: Home, caplog: pytest.LogCaptureFixture
) -> None:
    sp.use(ada.client)
    with caplog.at_level(logging.ERROR, logger="scailable"):
        sp.get_device(NOBODY)
    (record,) = caplog.records
    assert record.name == "scailable.sclblpy"
    assert "get_device failed" in record.getMessage()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_makes_its_own_client(
    cloud: EmbeddedCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCAILABLE_BASE_URL", cloud.url)
    code = (
        "import os, scailable.sclblpy as sp\n"
        "first = sp._current()\n"
        "assert sp._current() is first\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if sp._current() is not first else 1)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
