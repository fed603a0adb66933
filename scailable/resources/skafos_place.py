"""Which organization, app and model a call to Skafos means. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from uuid import UUID

from scailable.errors import ValidationError

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TypeAlias

    from scailable import types
    from scailable.config import SkafosSettings

    OrganizationRef: TypeAlias = types.SkafosOrganization | UUID | str
    AppRef: TypeAlias = types.SkafosApp | UUID | str
    SkafosModelRef: TypeAlias = types.SkafosModel | UUID | str
    VersionRef: TypeAlias = types.ModelVersion | UUID | int | str

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Place:
    """Names or ids, as far as a call, the environment and the profile say them."""

    organization: str | None
    app: str | None
    model: str | None

    def need_app(self) -> str:
        """The app.

        Raises:
            ValidationError: nothing says which.
        """
        return self.app or _missing("app")

    def need_model(self) -> tuple[str, str]:
        """The app and the model.

        Raises:
            ValidationError: nothing says which.
        """
        return self.need_app(), self.model or _missing("model")


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Where a model is: the names of its organization, its app and itself."""

    organization: str
    app: str
    model: str
    updated_at: datetime


def place(
    settings: SkafosSettings,
    organization: OrganizationRef | None = None,
    app: AppRef | None = None,
    model: SkafosModelRef | None = None,
) -> Place:
    """What a call means: what it was given, else what the settings say.

    An object says where it belongs: with a model, nothing else is needed.

    Raises:
        ValidationError: an argument is neither a name, an id nor an object.
    """
    model_name, model_app = _ref(model, "model", "app_id")
    app_name, app_organization = _ref(app, "app", "organization_id")
    organization_name, _ = _ref(organization, "organization", None)
    return Place(
        organization_name or app_organization or settings.organization.value,
        app_name or model_app or settings.app.value,
        model_name or settings.model.value,
    )


def place_of(version: types.ModelVersion) -> Place:
    """Where a version is, by what it says itself."""
    model = version.model
    return Place(str(model.app.organization_id), str(model.app_id), str(model.id))


def version_text(version: VersionRef) -> str:
    """A version as it stands in a path: its id, its number, or `latest`.

    Raises:
        ValidationError: it is none of these.

    >>> version_text(3), version_text("latest")
    ('3', 'latest')
    """
    identifier = getattr(version, "id", version)
    if isinstance(identifier, UUID):
        return str(identifier)
    if isinstance(identifier, int) and not isinstance(identifier, bool) and identifier > 0:
        return str(identifier)
    if isinstance(identifier, str) and (identifier == LATEST or identifier.isdigit()):
        return identifier
    if isinstance(identifier, str) and is_id(identifier):
        return str(UUID(identifier))
    raise ValidationError(
        f"{identifier!r} is not a version.",
        hint="Give its number (1 or more), its id, the object, or 'latest'.",
    )


def id_of(text: UUID | str) -> UUID:
    """An id.

    Raises:
        ValidationError: it is none.
    """
    try:
        return UUID(str(text))
    except ValueError:
        raise ValidationError(f"{str(text)[:80]!r} is not an id, which is a UUID.") from None


def is_id(text: str) -> bool:
    """Whether it is an id; no name looks like one.

    >>> is_id("faces"), is_id("6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11")
    (False, True)
    """
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _ref(thing: object, noun: str, parent: str | None) -> tuple[str | None, str | None]:
    """The name or id of an object, and the id of what it belongs to."""
    if thing is None:
        return None, None
    if isinstance(thing, UUID):
        return str(thing), None
    if isinstance(thing, str):
        if not thing.strip():
            raise ValidationError(f"The {noun} has an empty name.")
        return thing, None
    identifier = getattr(thing, "id", None)
    if not isinstance(identifier, UUID):
        raise ValidationError(
            f"A {type(thing).__name__} is no {noun}.", hint="Give its name, its id or the object."
        )
    owner = getattr(thing, parent, None) if parent else None
    return str(identifier), None if owner is None else str(owner)


def _missing(noun: str) -> NoReturn:
    raise ValidationError(
        f"Nothing says which {noun}.",
        hint=f"Give the {noun}, set SKAFOS_{noun.upper()}_NAME, or write {noun} into the table "
        "skafos of the profile.",
    )
