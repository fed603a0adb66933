"""The cloud serves its documents, and opens each operation to whom they say and to nobody else."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scailable.cloud.embedded import EmbeddedCloud
from scailable.runtime.services import SERVICES
from tests.cloud.conftest import document, running
from tests.cloud.fleet import Edge, announce
from tests.cloud.people import Person, enrolled

OPERATIONS = [
    pytest.param(name, method, path, operation, id=f"{name}-{operation['operationId']}")
    for name in SERVICES
    for path, item in document(name)["paths"].items()
    for method, operation in item.items()
]


@pytest.fixture(scope="module")
def cloud() -> Iterator[EmbeddedCloud]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def person(cloud: EmbeddedCloud) -> Iterator[Person]:
    with enrolled(cloud) as somebody:
        yield somebody


@pytest.fixture(scope="module")
def tokens(person: Person) -> Iterator[dict[str, str]]:
    """Valid tokens by security scheme."""
    access = {"X-API-TOKEN": person.access}
    made = person.http.post("/skafos/v2/api_tokens", json={"name": "t"}, headers=access)
    with Edge(person) as edge:
        yield {
            "User": person.access,
            "Refresh": person.refresh,
            "Device": edge.headers["Authorization"].removeprefix("Bearer "),
            "Announcement": announce(person.url)["Secret"],
            "ApiToken": made.json()["token"],
        }


@pytest.mark.parametrize("name", list(SERVICES))
def test_the_served_document_is_the_packaged_one(cloud: EmbeddedCloud, name: str) -> None:
    served = httpx.get(f"{cloud.url}{SERVICES[name].prefix}/openapi.json")
    assert served.json() == document(name)


@pytest.mark.parametrize(("name", "method", "path", "operation"), OPERATIONS)
def test_only_the_named_credentials_open_an_operation(
    person: Person,
    tokens: dict[str, str],
    name: str,
    method: str,
    path: str,
    operation: dict[str, Any],
) -> None:
    opening = {scheme for entry in operation["security"] for scheme in entry}
    service = SERVICES[name]
    if service.user_scheme in opening:
        opening.add("User")
    opening_keys = {f"{service.auth_header}: {scheme}" for scheme in opening}
    keys: dict[str, dict[str, str]] = {
        f"{header}: {scheme}": {header: f"{prefix}{token}"}
        for header, prefix in {(each.auth_header, each.auth_prefix) for each in SERVICES.values()}
        for scheme, token in tokens.items()
    }
    keys["none"] = {}
    url = f"{service.prefix}{_filled(path)}"
    with httpx.Client(base_url=person.url, verify=False) as client:
        refused = {
            key
            for key, headers in keys.items()
            if key not in opening_keys
            and client.request(method, url, headers=headers).status_code == 401
        }
    assert refused == (set(keys) - opening_keys if opening else set())


def _filled(path: str) -> str:
    """A path with an object that does not exist."""
    nobody = str(uuid.uuid4())
    filled = path.replace("{deviceId}", f"%7B{nobody}%7D").replace("{customization}", "metavms")
    while "{" in filled:
        start, end = filled.index("{"), filled.index("}")
        filled = f"{filled[:start]}{nobody}{filled[end + 1 :]}"
    return filled
