"""A device of the embedded cloud: everything real, from the upload to the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from scailable import Client
from scailable.cloud.embedded import EmbeddedCloud
from scailable.edge.clock import SystemClock
from scailable.edge.events import Announced, Offline, Online, Result, Running, Tied, TieFailed
from scailable.edge.results import summarize
from scailable.errors import CredentialsError, NotFound
from tests.digits import DIGITS, HELDOUT
from tests.edge import small_models
from tests.edge.conftest import Device
from tests.edge.faulty_cloud import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scailable.types import Model


@pytest.fixture
def client() -> Iterator[Client]:
    with Client.embedded() as client:
        yield client


@pytest.fixture
def camera(client: Client, tmp_path: Path) -> Iterator[Device]:
    """A device that ties itself to a record of this client."""

    def tie(token: str, name: str) -> None:
        client.devices.create(name, registration_token=token)

    device = Device(tmp_path, client.settings.base_url.value, tie)
    try:
        yield device
    finally:
        device.stop()


def upload(client: Client, folder: Path, content: bytes, name: str = "pets") -> Model:
    path = folder / f"{name}.onnx"
    path.write_bytes(content)
    # These models are no images, which the check of the platform's rules would say.
    return client.models.wait(client.models.upload(path, force=True), timeout=60)


def put(device: Device, name: str) -> None:
    np.savez(device.folder / name, np.array([[1, 2]], np.float32))
    (device.folder / name).rename(device.input / name)


def test_from_the_file_to_the_accuracy_on_the_device(client: Client, camera: Device) -> None:
    model = client.models.wait(client.models.upload(DIGITS), timeout=60)
    camera.clock = SystemClock()
    camera.input = HELDOUT
    camera.start(until_done=True)
    tied = camera.wait_for(Tied)
    client.devices.assign(tied.device, model)
    camera.join()
    assert camera.error is None
    assert camera.count == 360

    summary = summarize(camera.output)
    assert summary.labelled == 360
    assert summary.accuracy is not None
    assert summary.accuracy > 0.95
    device = client.devices.get(tied.device)
    assert device.online_status.online
    assert (device.name, device.function_count) == ("bench", 1)
    [assignment] = client.devices.assignments(device)
    assert assignment.state == "running"
    assert assignment.digest == camera.lines()[0]["digest"]
    assert camera.lines()[0]["model"] == str(model.uuid)


def test_an_updated_model_is_swapped_in_and_a_broken_one_is_not(
    client: Client, camera: Device, tmp_path: Path
) -> None:
    camera.options = {"run_seconds": 0.3}
    model = upload(client, tmp_path, small_models.times(2))
    camera.start()
    device = camera.wait_for(Tied).device
    client.devices.assign(device, model)
    camera.wait_for(Running)
    put(camera, "a.npz")
    camera.wait_for(Result)

    (tmp_path / "pets.onnx").write_bytes(small_models.endless())
    client.models.wait(client.models.update(model, file=tmp_path / "pets.onnx", force=True))
    camera.wait_for(Running, count=2)
    # The new model has a.npz to do, and hangs on it.
    camera.wait_for(Running, count=3)
    put(camera, "b.npz")
    camera.wait_for(Result, count=2)
    camera.stop()
    assert [line["outputs"] for line in camera.lines()] == [{"hidden": [[2.0, 4.0]]}] * 2
    [assignment] = client.devices.assignments(device)
    assert assignment.state == "failed"
    assert assignment.message is not None
    assert "no answer within" in assignment.message


def test_a_deleted_device_is_told_so(client: Client, camera: Device) -> None:
    camera.start()
    device = camera.wait_for(Tied).device
    camera.wait_for(Online)
    client.devices.delete(device)
    camera.join()
    assert isinstance(camera.error, CredentialsError)
    with pytest.raises(NotFound):
        client.devices.get(device)


def test_registered_by_hand_with_the_token_as_typed(client: Client, camera: Device) -> None:
    camera.tie = None
    camera.start()
    token = camera.wait_for(Announced).token
    created = client.devices.create("gate", registration_token=f" {token.lower()} ")
    tied = camera.wait_for(Tied)
    assert (tied.device, tied.name) == (str(created.uuid), "gate")
    assert not [event for event in camera.events if isinstance(event, TieFailed)]


def test_the_cloud_is_started_again(tmp_path: Path) -> None:
    folder = tmp_path / "cloud"
    with EmbeddedCloud(folder) as cloud:
        url = cloud.url
        client = Client(base_url=url, token=cloud.local_session().access)
        device = Device(
            tmp_path, url, lambda token, name: client.devices.create(name, registration_token=token)
        )
        device.start()
        try:
            uuid = device.wait_for(Tied).device
            client.devices.assign(uuid, upload(client, tmp_path, small_models.times(2)))
            device.wait_for(Running)
            cloud.stop()
            device.wait_for(Offline)
            put(device, "a.npz")
            device.wait_for(Result)
            with EmbeddedCloud(folder, port=int(url.rpartition(":")[2])) as again:
                assert again.url == url
                device.wait_for(Online, count=2)
                other = upload(client, tmp_path, small_models.times(3), "cars")
                client.devices.assign(uuid, other)
                device.wait_for(Running, digest=digest_of(small_models.times(3)))
                device.wait_for(Result, count=2)
                device.stop()
                client.transport.close()
            assert device.error is None
        finally:
            device.stop()
