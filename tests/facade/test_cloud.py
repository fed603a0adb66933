"""Every verb of the facade, sync and async, against a real cloud over HTTP."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from scailable import (
    APIStatusError,
    Conflict,
    CredentialsError,
    IntegrityError,
    JobFailed,
    ModelRefused,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unprocessable,
    ValidationError,
)
from scailable.onnx import UnreadableFile
from scailable.runtime.call import CHUNK
from scailable.types import Device, Model, User
from tests.digits import DIGITS
from tests.facade.home import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scailable.cloud.embedded import EmbeddedCloud
    from tests.runtime.server import Server

NOBODY = UUID("6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11")


# --- account -------------------------------------------------------------------------------------


def test_register_signs_in_and_keeps_the_session(
    connect: Callable[..., Any], cloud: EmbeddedCloud, own_settings: Path
) -> None:
    first = connect(base_url=cloud.url)
    email = f"lin-{uuid4()}@example.com"
    user = first.account.register(
        email, PASSWORD, "Lin", "Lanterns", job_title="Engineer", newsletter=True
    )
    assert isinstance(user, User)
    assert (user.name, user.organisation.name, user.job_title) == ("Lin", "Lanterns", "Engineer")
    assert user.newsletter_opt_in is True
    assert connect(base_url=cloud.url).account.me() == user
    assert PASSWORD not in (own_settings / "credentials.json").read_text()
    with pytest.raises(APIStatusError) as taken:
        first.account.register(email, PASSWORD, "Lin", "Lanterns")
    assert taken.value.status in (409, 422)
    assert first.account.me() == user


def test_sign_in_and_out(stranger: Any) -> None:
    user = stranger.account.me()
    assert stranger.account.sign_out() is True
    assert stranger.account.sign_out() is False
    with pytest.raises(CredentialsError):
        stranger.account.me()
    with pytest.raises(Unauthenticated):
        stranger.account.sign_in(user.email, "not the password")
    assert stranger.account.sign_in(user.email, PASSWORD) == user


def test_account_update_sends_only_what_is_given(stranger: Any) -> None:
    stranger.account.update(phone_number="+31 20 123", job_title="Cook")
    changed = stranger.account.update(job_title=None)
    assert (changed.phone_number, changed.job_title, changed.name) == ("+31 20 123", None, "Eve")
    with pytest.raises(ValidationError, match="nothing to update"):
        stranger.account.update()


def test_passwords(stranger: Any) -> None:
    weak = stranger.account.password_strength("password")
    assert (weak.strong, weak.score) == (False, 0)
    assert stranger.account.password_strength("nine-Calm-herons-52").strong
    email = stranger.account.me().email
    stranger.account.change_password(PASSWORD, "nine-Calm-herons-52")
    assert stranger.account.sign_in(email, "nine-Calm-herons-52").email == email
    with pytest.raises(Unauthenticated):
        stranger.account.sign_in(email, PASSWORD)
    assert stranger.account.forgot_password(email) is None


# --- models --------------------------------------------------------------------------------------


def test_upload_wait_get_and_download(stranger: Any, tmp_path: Path) -> None:
    sent: list[tuple[int, int]] = []
    size = DIGITS.stat().st_size
    model = stranger.models.upload(
        DIGITS,
        documentation="Ten digits.",
        alias="d",
        output_driver="json",
        output_driver_details={"postProcessing": None},
        source_name="UCI",
        source_url="https://example.com/uci",
        input_driver_details={"means": [0.5], "order": 1},
        on_progress=lambda *progress: sent.append(progress),
    )
    assert isinstance(model, Model)
    assert sent[-1] == (size, size)
    states: list[str] = []
    ready = stranger.models.wait(model, timeout=60, on_update=lambda m: states.append(m.status))
    assert states[-1] == ready.status == "ok"
    assert stranger.models.get(str(model.uuid)).uuid == model.uuid
    assert (ready.name, ready.documentation, ready.alias) == ("digits", "Ten digits.", "d")
    assert ready.input_driver_details.to_dict() == {
        "channels": 1,
        "height": 8,
        "width": 8,
        "order": 1,
        "means": [0.5],
        "vars": [16],
    }
    assert ready.output_driver_details.to_dict() == {"postProcessing": None}
    assert (ready.source.name, ready.source.url) == ("UCI", "https://example.com/uci")

    received: list[tuple[int, int | None]] = []
    copy = stranger.models.download(
        model, tmp_path / "copy.onnx", on_progress=lambda *progress: received.append(progress)
    )
    assert copy.read_bytes() == DIGITS.read_bytes()
    assert received[-1] == (size, size)
    converted = stranger.models.download(model, tmp_path, device="cpu")
    assert converted == tmp_path / "digits.onnx"


def test_download_never_replaces_what_it_was_not_told_to(
    client: Any, home: dict[str, Any], tmp_path: Path
) -> None:
    mine = tmp_path / "digits.onnx"
    mine.write_bytes(b"my own")
    with pytest.raises(ValidationError, match="there already"):
        client.models.download(home["model"], tmp_path)
    assert mine.read_bytes() == b"my own"
    assert client.models.download(home["model"], mine).read_bytes() == DIGITS.read_bytes()
    before = mine.stat().st_mtime_ns
    assert client.models.download(home["model"], tmp_path) == mine
    assert mine.stat().st_mtime_ns == before
    with pytest.raises(ValidationError, match="device=hailo") as missing:
        client.models.download(home["model"], tmp_path, device="hailo")
    assert "application/x-onnx; device=cpu" in str(missing.value)


def test_upload_refuses_a_model_with_errors(stranger: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.onnx"
    page.write_text("<!doctype html><title>Sign in</title>")
    for force in (False, True):
        with pytest.raises(ModelRefused) as refused:
            stranger.models.upload(page, force=force)
        assert refused.value.report.errors
        assert str(page) in str(refused.value)
    large = tmp_path / "large.onnx"
    large.write_bytes(DIGITS.read_bytes() + bytes(4_000_000))
    with pytest.raises(ModelRefused, match="more than the 4000000"):
        stranger.models.upload(large)
    with pytest.raises(TooLarge):
        stranger.models.upload(large, check=False)
    with pytest.raises(UnreadableFile):
        stranger.models.upload(tmp_path / "missing.onnx")
    assert stranger.models.list().to_list() == []


def test_wait_tells_why_a_conversion_failed(stranger: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(DIGITS.read_bytes()[:-200])
    model = stranger.models.upload(broken, "broken", check=False)
    assert model.input_driver_details.to_dict() == {}
    with pytest.raises(JobFailed) as failed:
        stranger.models.wait(model, timeout=60)
    assert failed.value.reason
    assert failed.value.last.status == "error"
    device = stranger.devices.create("gate")
    with pytest.raises(Unprocessable):
        stranger.devices.assign(device, model)


def test_a_file_that_changes_while_it_is_sent_is_not_uploaded(
    stranger: Any, tmp_path: Path
) -> None:
    changing = tmp_path / "changing.onnx"
    # Larger than one piece, so that there is a moment between the first and the last.
    changing.write_bytes(DIGITS.read_bytes() + bytes(3 * CHUNK))

    def write(sent: int, total: int) -> None:
        with changing.open("r+b") as file:
            file.write(b"X")

    with pytest.raises(IntegrityError, match="was changed"):
        stranger.models.upload(changing, check=False, on_progress=write)
    assert stranger.models.list().to_list() == []


def test_a_file_that_is_replaced_while_it_is_checked_is_not_uploaded(
    stranger: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scailable import onnx

    path = tmp_path / "model.onnx"
    path.write_bytes(DIGITS.read_bytes())
    real = onnx.check

    def replace_then_check(name: Any, **options: Any) -> Any:
        other = tmp_path / "other.onnx"
        other.write_bytes(DIGITS.read_bytes())
        other.replace(path)
        return real(name, **options)

    monkeypatch.setattr(onnx, "check", replace_then_check)
    with pytest.raises(IntegrityError, match="was changed"):
        stranger.models.upload(path)
    assert stranger.models.list().to_list() == []


def test_what_on_progress_raises_breaks_off_the_upload(stranger: Any) -> None:
    class Enough(Exception):
        pass

    def stop(sent: int, total: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        stranger.models.upload(DIGITS, on_progress=stop)
    assert stranger.models.list().to_list() == []


def test_update_sends_only_what_is_given(client: Any, home: dict[str, Any]) -> None:
    model = home["model"]
    client.models.update(model, documentation="Ten.", source_name="UCI")
    changed = client.models.update(model, name="renamed", source_name=None)
    assert (changed.name, changed.documentation, changed.source.name) == ("renamed", "Ten.", None)
    assert changed.input_driver_details == model.input_driver_details
    assert changed.status == "ok"
    with pytest.raises(ValidationError, match="nothing to update"):
        client.models.update(model)


def test_update_with_a_new_file(stranger: Any, tmp_path: Path) -> None:
    model = stranger.models.upload(DIGITS, documentation="Ten.")
    newer = tmp_path / "newer.onnx"
    newer.write_bytes(DIGITS.read_bytes())
    changed = stranger.models.wait(stranger.models.update(model, file=newer), timeout=60)
    assert (changed.uuid, changed.name, changed.documentation) == (model.uuid, "digits", "Ten.")
    assert changed.downloads[0].sha256 == hashlib.sha256(DIGITS.read_bytes()).hexdigest()
    sizes = changed.input_driver_details.to_dict()
    stale = {**sizes, "height": 4, "means": [0.5]}
    stranger.models.update(model, input_driver_details=stale)
    changed = stranger.models.update(model, file=newer)
    assert changed.input_driver_details.to_dict() == {**sizes, "means": [0.5]}
    changed = stranger.models.update(model, file=newer, input_driver_details=stale)
    assert changed.input_driver_details.to_dict() == stale
    newer.write_bytes(b"")
    with pytest.raises(ModelRefused):
        stranger.models.update(model, file=newer, name="other")
    assert stranger.models.get(model).name == "digits"


def test_list_filters(client: Any, home: dict[str, Any]) -> None:
    model, catalogue = home["model"], home["catalogue"]
    client.models.update(model, catalogues=[catalogue], source_name="UCI", source_url="https://u")

    def names(**filters: Any) -> list[str]:
        return [found.name for found in client.models.list(**filters)]

    for fitting in (
        {"q": "dig"},
        {"status": "ok"},
        {"catalogue": catalogue},
        {"ids": [model]},
        {"source_name": "UCI", "source_url": "https://u"},
        {"width": 8, "height": (None, 8)},
        {"width": (8, 16)},
        {"width": "8-"},
        {"runtime_arch": "cpu"},
        {"input": "image"},
        {"output": "scores"},
        {"order_by": ["-updated_at", "name"]},
    ):
        assert names(**fitting) == ["digits"], fitting
    for other in (
        {"q": "zebra"},
        {"status": "error"},
        {"catalogue": UUID(int=0)},
        {"ids": [NOBODY]},
        {"source_name": "ICU"},
        {"width": (9, None)},
        {"height": 7},
        {"runtime_arch": "hailo"},
        {"input": "mask"},
        {"output": "mask"},
        {"licensed_catalogues": [NOBODY]},
    ):
        assert names(**other) == [], other


def test_delete_statistics_and_the_rest(client: Any, home: dict[str, Any]) -> None:
    assert client.models.statistics().total == 1
    assert client.models.configuration().max_upload_size == 4_000_000
    assert "ok" in {o.name: o.values for o in client.models.options()}["Status"]
    client.models.update(home["model"], source_name="UCI")
    assert [source.name for source in client.models.sources()] == ["UCI"]
    other = client.models.upload(DIGITS, "other")
    assert client.models.delete(other) is None
    with pytest.raises(NotFound) as missing:
        client.models.get(other)
    assert missing.value.request_id


def test_edge_impulse(stranger: Any, edge_impulse: Server) -> None:
    model = stranger.models.link_edge_impulse("Bottles", "ei_secret", 4711)
    ready = stranger.models.wait(model, timeout=60)
    assert (ready.name, ready.status) == ("Bottles", "ok")
    assert any(seen.path == "/4711" for seen in edge_impulse.seen)
    again = stranger.models.wait(stranger.models.refresh_link(ready), timeout=60)
    assert again.uuid == ready.uuid
    assert "ei_secret" not in repr(again)


# --- catalogues ----------------------------------------------------------------------------------


def test_catalogues(client: Any, home: dict[str, Any]) -> None:
    doors = client.catalogues.create("Doors")
    assert sorted(found.name for found in client.catalogues.list()) == ["Demo", "Doors"]
    assert client.catalogues.get(doors.uuid) == doors
    assert client.catalogues.rename(doors, "Gates").name == "Gates"
    client.models.update(home["model"], catalogues=[doors])
    with pytest.raises(Conflict):
        client.catalogues.delete(doors)
    client.models.update(home["model"], catalogues=[])
    client.catalogues.delete(doors)
    assert client.catalogues.list().total == 1


# --- devices, groups, licenses -------------------------------------------------------------------


def test_devices(client: Any, home: dict[str, Any]) -> None:
    device = client.devices.create("lift", runtime="cpu", serial="S1", type="box")
    assert isinstance(device, Device)
    assert (device.runtime, device.serial, device.type_) == ("cpu", "S1", "box")
    assert device.online_status.online is False
    changed = client.devices.update(device, serial=None, name="lift 2")
    assert (changed.name, changed.runtime, changed.serial) == ("lift 2", "cpu", None)
    with pytest.raises(ValidationError):
        client.devices.update(device)
    assert [found.name for found in client.devices.list(q="lift")] == ["lift 2"]
    assert [found.name for found in client.devices.list(order_by="-name")] == ["lift 2", "gate"]
    assert client.devices.statistics().total == 2
    client.devices.delete(device)
    with pytest.raises(NotFound):
        client.devices.get(device)


def test_assign_several_in_one_call(client: Any, home: dict[str, Any]) -> None:
    model, device = home["model"], home["device"]
    second = client.models.wait(client.models.upload(DIGITS, "second"), timeout=60)
    assignments = client.devices.assign(device, model, second)
    assert {a.name for a in assignments} == {"digits", "second"}
    assert len(client.devices.assignments(device)) == 2
    assert [found.uuid for found in client.devices.list(model=second)] == [device.uuid]
    client.devices.unassign(device, second)
    (left,) = client.devices.assignments(device)
    client.devices.unassign(device, left)
    assert client.devices.assignments(device) == []
    with pytest.raises(NotFound):
        client.devices.unassign(device, second)
    with pytest.raises(ValidationError, match="No model"):
        client.devices.assign(device)
    with pytest.raises(APIStatusError):
        client.devices.assign(device, model, NOBODY)
    assert client.devices.assignments(device) == []


def test_groups(client: Any, home: dict[str, Any]) -> None:
    model, device = home["model"], home["device"]
    lobby = client.groups.create("Lobby", [device])
    assert lobby.device_count == 1
    assert client.groups.rename(lobby, "Hall").name == "Hall"
    second = client.devices.create("second")
    assert client.groups.add(lobby, device, second.uuid).device_count == 2
    assert {found.name for found in client.devices.list(group=lobby)} == {"gate", "second"}
    with pytest.raises(ValidationError, match="No model"):
        client.groups.assign(lobby)
    done = client.groups.assign(lobby, model)
    assert (done.device_count, done.added) == (2, 2)
    assert client.groups.remove(lobby, second) is None
    assert client.groups.get(lobby).device_count == 1
    assert [found.name for found in client.groups.list(q="Hall", order_by="name")] == ["Hall"]
    client.groups.delete(lobby)
    with pytest.raises(NotFound):
        client.groups.get(lobby)
    assert client.devices.get(device).name == "gate"


def test_licenses(client: Any, home: dict[str, Any]) -> None:
    (license,) = client.licenses.list(limit=10)
    assert license.device_uuid == home["device"].uuid
    assert client.licenses.get(home["device"].licenses[0]) == license


def test_another_organisation_sees_nothing(stranger: Any, home: dict[str, Any]) -> None:
    assert stranger.models.list().total == 0
    for get, thing in (
        (stranger.models.get, home["model"]),
        (stranger.devices.get, home["device"]),
        (stranger.groups.get, home["group"]),
        (stranger.catalogues.get, home["catalogue"]),
        (stranger.licenses.get, home["device"].licenses[0]),
    ):
        with pytest.raises(NotFound):
            get(thing)


# --- other depths --------------------------------------------------------------------------------


def test_with_response(client: Any, home: dict[str, Any]) -> None:
    response = client.models.with_response.get(home["model"])
    assert response.status == 200
    assert response.parsed.name == "digits"
    assert response.headers["content-type"].startswith("application/json")
    assert client.account.with_response.me().parsed == client.account.me()
    renamed = client.groups.with_response.rename(home["group"], "Lobby")
    assert (renamed.status, renamed.parsed.name) == (200, "Lobby")


def test_a_request_needs_nobody_signed_in(
    connect: Callable[..., Any], cloud: EmbeddedCloud
) -> None:
    nobody = connect(base_url=cloud.url)
    assert json.loads(nobody.request("GET", "/cpt/status").content) == {"Connected": True}
    with pytest.raises(Unauthenticated, match="scailable login"):
        nobody.request("GET", "/cpt/functions")


def test_request(client: Any, home: dict[str, Any]) -> None:
    reply = client.request("get", "/cpt/functions", params={"Limit": 1, "q": None})
    assert reply.status == 200
    assert b'"digits"' in reply.content
    made = client.request("POST", "/dev/groups", json={"Name": "Raw", "Devices": []})
    assert b'"Raw"' in made.content
    with pytest.raises(NotFound):
        client.request("GET", f"/cpt/function/{NOBODY}")
    with pytest.raises(ValidationError, match="below no service"):
        client.request("GET", "https://example.com/cpt/functions")


def test_paging_over_http(client: Any, home: dict[str, Any]) -> None:
    for number in range(6):
        client.devices.create(f"d{number}")
    page = client.devices.list(order_by="name", page_size=3)
    assert [device.name for device in page] == ["d0", "d1", "d2", "d3", "d4", "d5", "gate"]
    assert page.total == 7
    assert [len(items) for items in page.pages()] == [3, 3, 1]
    part = client.devices.list(order_by="name", offset=2, limit=4, page_size=3)
    assert [device.name for device in part.to_list()] == ["d2", "d3", "d4", "d5"]
