"""What tests of models and devices do again and again, over plain HTTP."""

import json
from typing import Any

import httpx

from tests.cloud.people import Person
from tests.onnx.models import classifier
from tests.waiting import wait_until

DATA = {
    "Name": "Digits",
    "InputDriver": "vision",
    "InputDriverDetails": {"order": 0},
    "OutputDriver": "labels",
    "OutputDriverDetails": {},
}
NIL = "00000000-0000-0000-0000-000000000000"


def model_file(**details: Any) -> bytes:
    """A small valid model."""
    return bytes(classifier(**details).SerializeToString())


def send(
    person: Person,
    content: bytes | None = None,
    *,
    to: str | None = None,
    filename: str = "model.onnx",
    **data: Any,
) -> httpx.Response:
    """Upload a model, or change the function `to`; `content=None` sends no file then."""
    parts: dict[str, Any] = {"data": (None, json.dumps(data if to else {**DATA, **data}))}
    if content is not None:
        parts["file"] = (filename, content, "application/octet-stream")
    if to is None:
        return person.http.post("/cpt/functions", files=parts)
    return person.http.patch(f"/cpt/function/{to}", files=parts)


def uploaded(person: Person, content: bytes | None = None, **data: Any) -> str:
    """Upload a model; its UUID, at once."""
    reply = send(person, model_file() if content is None else content, **data)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["UUID"])


def settled(person: Person, function: str) -> dict[str, Any]:
    """A function when its conversion has ended."""

    def ended() -> dict[str, Any] | None:
        shown: dict[str, Any] = person.http.get(f"/cpt/function/{function}").json()
        return None if shown["Status"] == "processing" else shown

    found: dict[str, Any] = wait_until(ended, 60)
    return found


def converted(person: Person, content: bytes | None = None, **data: Any) -> dict[str, Any]:
    """Upload a model and wait until it is converted."""
    shown = settled(person, uploaded(person, content, **data))
    assert shown["Status"] == "ok", shown["Code"]
    return shown


def made(person: Person, path: str, body: Any) -> dict[str, Any]:
    """POST that has to succeed."""
    reply = person.http.post(path, json=body)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def device(person: Person, **body: Any) -> str:
    """Add a device; its UUID."""
    return str(made(person, "/dev/devices", {"Name": "Door", **body})["UUID"])


def assign(person: Person, where: str, *functions: str) -> Any:
    """Assign functions to `device/<uuid>` or `group/<uuid>`."""
    return made(person, f"/dev/{where}/functions", [{"FunctionUUID": each} for each in functions])


def announce(url: str, **body: Any) -> dict[str, Any]:
    """A device announces itself."""
    sent = {"Name": "edge-1", "Runtime": "onnxruntime 1.20.1", "Architecture": "x86_64", **body}
    reply = httpx.post(f"{url}/edge/announcements", json=sent)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def collect(url: str, announcement: dict[str, Any]) -> httpx.Response:
    """An announced device asks for its credential."""
    return httpx.post(
        f"{url}/edge/announcements/credential",
        headers={"Authorization": f"Bearer {announcement['Secret']}"},
    )


class Edge:
    """A tied device, talking plain HTTP."""

    def __init__(self, person: Person, **body: Any) -> None:
        announcement = announce(person.url)
        self.uuid = device(person, RegistrationToken=announcement["RegistrationToken"], **body)
        credential = collect(person.url, announcement).json()["Credential"]
        self.headers = {"Authorization": f"Bearer {credential}"}
        # Plain HTTP needs no certificates; loading them would take most of the time.
        self.http = httpx.Client(
            base_url=f"{person.url}/edge", headers=self.headers, timeout=40, verify=False
        )

    def beat(self, *models: dict[str, Any]) -> httpx.Response:
        """Report."""
        body = {"Runtime": "onnxruntime 1.20.1", "Architecture": "aarch64", "Version": "0.1.0"}
        return self.http.post("/heartbeat", json={**body, "Models": list(models)})

    def __enter__(self) -> "Edge":
        return self

    def __exit__(self, *details: object) -> None:
        self.http.close()
