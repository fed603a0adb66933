"""Every operation of every document under generated requests.

An owner calls each operation on their own objects, and a stranger on another organisation's: the
service never fails, answers as its document says, and shows the stranger nothing.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from scailable.cloud.embedded import EmbeddedCloud
from scailable.runtime.services import SERVICES
from tests.cloud.conftest import document, running
from tests.cloud.fleet import Edge, announce, made, uploaded
from tests.cloud.people import Person, again
from tests.cloud.skafos.conftest import Maker

MARKER = "Zx7Marker"
EXAMPLES = 4
_numbers = itertools.count()
CAMERA = "{7b0fbc58-3b35-4b0b-9d43-6d9a6bb0cafe}"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)

SCHEMAS = {name: schemathesis.openapi.from_dict(document(name)) for name in SERVICES}
OPERATIONS = {
    (name, operation.definition.raw["operationId"]): operation
    for name, schema in SCHEMAS.items()
    for found in schema.get_all_operations()
    if isinstance(found, Ok)
    for operation in (found.ok(),)
}


class Estate:
    """Objects of one organisation, all with a marker in their names."""

    def __init__(self, person: Person, marker: str) -> None:
        self.person = person
        self.fill(marker)
        self.untouched = self.everything()

    def fill(self, marker: str) -> None:
        """Make the objects."""
        person = self.person
        self.catalogue = made(person, "/cpt/catalogues", {"Name": f"{marker} c"})["UUID"]
        self.function = uploaded(
            person,
            marker.encode(),
            Name=f"{marker} f",
            Alias=marker,
            Documentation=marker,
            SourceName=marker,
            Catalogues=[self.catalogue],
        )
        self.edge = Edge(person, Name=f"{marker} d", Serial=marker)
        device = person.http.get(f"/dev/device/{self.edge.uuid}").json()
        self.license = device["Licenses"][0]
        self.group = made(
            person, "/dev/groups", {"Name": f"{marker} g", "Devices": [self.edge.uuid]}
        )["UUID"]
        self.site = made(
            person,
            "/dev/ai/register",
            {
                "ServerId": self.group,
                "SystemId": self.catalogue,
                "Source": {
                    "LicenseKey": self.license["LicenseKey"],
                    "ServerName": marker,
                    "Devices": [{"NxID": CAMERA, "Name": f"{marker} camera"}],
                },
            },
        )["SystemId"]

        self.versions = self._archive(f"{marker} {next(_numbers)}")

    def _archive(self, name: str) -> str:
        """Make an app with a model, a version, an upload; the path of its versions."""
        maker = Maker(self.person.url, self.person.access, self.person.organisation)
        self.app = maker.made(f"{maker.organization}/apps", name=name)["id"]
        models = f"{maker.organization}/apps/{self.app}/models"
        self.skafos_model = maker.made(models, name=name, description=name)["id"]
        maker.versions = f"{models}/{self.skafos_model}/model_versions"
        self.version = maker.upload(description=name)["id"]
        self.upload = maker.begin(description=name)["model_version_id"]
        self.token = maker.made("/v2/api_tokens", name=name)["id"]
        maker.http.close()
        return f"/skafos{maker.versions}"

    def path_parameters(self, path: str) -> dict[str, str]:
        """Values for the parameters of a path that name these objects."""
        kind = path.strip("/").partition("/")[0]
        uuid = {
            "catalogue": self.catalogue,
            "device": self.edge.uuid,
            "group": self.group,
            "user": self.person.uuid,
            "license": self.license["UUID"],
        }.get(kind, self.function)
        values = {
            "uuid": uuid,
            "deviceUuid": self.edge.uuid,
            "groupUuid": self.group,
            "functionUuid": self.function,
            "cloudSystemId": self.site,
            "deviceId": CAMERA,
            "customization": "metavms",
            "organization": self.person.organisation,
            "app": self.app,
            "model": self.skafos_model,
            "version": self.version,
            "upload": self.upload,
            "token": self.token,
        }
        return {name: value for name, value in values.items() if f"{{{name}}}" in path}

    def everything(self) -> list[Any]:
        """What the organisation has, without what changes by itself."""
        paths = (
            *("/cpt/catalogues", "/dev/devices", "/dev/groups", "/auth/licenses"),
            *(f"/dev/device/{self.edge.uuid}", f"/auth/user/{self.person.uuid}"),
        )
        cameras = self.person.http.get(f"/dev/system/{self.site}/devices").json()
        pipelines = [(camera["NxID"], camera["Name"], camera["nxAI"]) for camera in cameras]
        function = self.person.http.get(f"/cpt/function/{self.function}").json()
        kept = {key: function[key] for key in ("Name", "Alias", "Catalogues", "DeviceCount")}
        versions = self.person.http.get(
            self.versions, headers={SERVICES["skafos"].auth_header: self.person.access}
        ).json()
        return [kept, pipelines, versions, *(self.person.http.get(path).json() for path in paths)]


@pytest.fixture(scope="module")
def cloud() -> Iterator[EmbeddedCloud]:
    limits: dict[str, Any] = dict.fromkeys(
        ("registrations", "password_mails", "announcements"), 10_000
    )
    with running(edge_impulse_url="http://127.0.0.1:9/{project}", **limits) as started:
        yield started


@pytest.fixture(scope="module")
def victim(cloud: EmbeddedCloud) -> Iterator[Estate]:
    """The organisation whose objects the stranger asks for."""
    yield from _estate(cloud, MARKER)


@pytest.fixture(scope="module")
def owner(cloud: EmbeddedCloud) -> Iterator[Estate]:
    """The organisation whose user calls operations on its own objects."""
    yield from _estate(cloud, "own")


@pytest.fixture(scope="module")
def stranger(cloud: EmbeddedCloud) -> Iterator[Estate]:
    """The organisation whose user asks for the victim's objects."""
    yield from _estate(cloud, "other")


def _estate(cloud: EmbeddedCloud, marker: str) -> Iterator[Estate]:
    with Person.register(cloud.url, Company=f"{marker} Ltd", Name=marker) as person:
        estate = Estate(person, marker)
        yield estate
        estate.edge.http.close()


@contextmanager
def signed_in(cloud: EmbeddedCloud, estate: Estate) -> Iterator[Estate]:
    """The estate with its user in a new session: calls under test end sessions."""
    with again(cloud, estate.person) as renewed:
        estate.person = renewed
        yield estate


def credentials(service: str, operation: Any, estate: Estate) -> Mapping[str, str]:
    """The headers that the security of an operation asks for."""
    schemes = {name for entry in operation.definition.raw["security"] for name in entry}
    if not schemes:
        return {}
    if "Device" in schemes:
        return estate.edge.headers
    place = SERVICES[service]
    token: dict[str, Callable[[], str]] = {
        place.user_scheme: lambda: estate.person.access,
        "Refresh": lambda: estate.person.refresh,
        "Announcement": lambda: announce(estate.person.url)["Secret"],
    }
    return {place.auth_header: f"{place.auth_prefix}{token[schemes.pop()]()}"}


def fuzz(operation: Any, estate: Estate, objects: Estate) -> list[str]:
    """Generated requests with the credentials of one estate on the objects of another."""
    service = next(name for name, schema in SCHEMAS.items() if schema is operation.schema)
    base_url = estate.person.url + SERVICES[service].prefix
    headers = credentials(service, operation, estate)
    fixed = objects.path_parameters(operation.path)
    answers: list[str] = []

    def call(case: Any) -> None:
        response = case.call(base_url=base_url, headers=headers, timeout=60)
        answers.append(f"{response.headers} {response.content.decode(errors='replace')}")
        case.validate_response(response, checks=CHECKS)

    for mode in MODES:
        run = hypothesis.given(
            case=operation.as_strategy(generation_mode=mode, path_parameters=fixed)
        )(call)
        settled = hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        )(run)
        try:
            settled()
        except (hypothesis.errors.Unsatisfiable, hypothesis.errors.InvalidArgument) as error:
            # Where every value is allowed, there is no wrong request to generate.
            assert mode is schemathesis.GenerationMode.NEGATIVE, error
    return answers


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("service", "name"), list(OPERATIONS))
def test_a_stranger_gets_nothing(
    cloud: EmbeddedCloud, victim: Estate, stranger: Estate, service: str, name: str
) -> None:
    with signed_in(cloud, victim), signed_in(cloud, stranger):
        answers = fuzz(OPERATIONS[service, name], stranger, victim)
        assert answers
        for answer in answers:
            assert MARKER not in answer
        assert victim.everything() == victim.untouched


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("service", "name"), list(OPERATIONS))
def test_an_owner_is_answered_as_the_document_says(
    cloud: EmbeddedCloud, owner: Estate, service: str, name: str
) -> None:
    operation = OPERATIONS[service, name]
    with signed_in(cloud, owner):
        assert fuzz(operation, owner, owner)
        if operation.method.upper() == "DELETE":
            owner.edge.http.close()
            owner.fill("own")
