"""What users may hand in, turned into what the services take. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import UUID

from scailable.errors import ValidationError
from scailable.runtime.types import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from scailable import types

    ModelRef: TypeAlias = types.Model | types.ModelSummary | UUID | str
    CatalogueRef: TypeAlias = types.Catalogue | types.CatalogueReference | UUID | str
    DeviceRef: TypeAlias = types.Device | types.DeviceSummary | UUID | str
    GroupRef: TypeAlias = types.Group | types.GroupReference | UUID | str
    LicenseRef: TypeAlias = types.License | types.DeviceLicense | UUID | str
    Range: TypeAlias = int | str | tuple[int | None, int | None]
    OrderBy: TypeAlias = str | Iterable[str]


class HasUUID(Protocol):
    """Any object of a service."""

    uuid: UUID


def uuid_of(thing: HasUUID | UUID | str) -> UUID:
    """The UUID of an object, of its UUID, or of its UUID as text.

    Raises:
        ValidationError: it is none of these.

    >>> uuid_of("6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11")
    UUID('6bd4d2b1-5f0e-4d6b-8a3e-0d3f5b1f7c11')
    """
    if isinstance(thing, UUID):
        return thing
    if isinstance(thing, str):
        try:
            return UUID(thing)
        except ValueError:
            raise ValidationError(
                f"{thing[:80]!r} is not a UUID.",
                hint="Give the object or its UUID; a list() shows the UUID beside the name.",
            ) from None
    found = getattr(thing, "uuid", None)
    if isinstance(found, UUID):
        return found
    raise ValidationError(
        f"A {type(thing).__name__} has no UUID.",
        hint="Give an object of the service, or its UUID.",
    )


def uuids_of(things: Iterable[HasUUID | UUID | str]) -> list[UUID]:
    """The UUIDs of several, in their order.

    Raises:
        ValidationError: one of them has none, or `things` is a text.
    """
    if isinstance(things, str):
        raise ValidationError("A text was given where several objects are expected.")
    return [uuid_of(thing) for thing in things]


def uuids_to_assign(models: Iterable[ModelRef]) -> list[UUID]:
    """The UUIDs of the models to assign.

    Raises:
        ValidationError: there is none.
    """
    uuids = uuids_of(models)
    if not uuids:
        raise ValidationError("No model to assign was given.")
    return uuids


def assigned_uuid(thing: ModelRef | types.Assignment) -> UUID:
    """The UUID of a model, or of the model of an assignment."""
    found = getattr(thing, "function_uuid", None)
    return found if isinstance(found, UUID) else uuid_of(cast("ModelRef", thing))


def given(value: Any) -> Any:
    """A filter as a generated function takes it: None was not given."""
    return UNSET if value is None else value


def filter_uuid(thing: HasUUID | UUID | str | None) -> UUID | Unset:
    return UNSET if thing is None else uuid_of(thing)


def filter_uuids(things: Iterable[HasUUID | UUID | str] | None) -> list[UUID] | Unset:
    if things is None:
        return UNSET
    # An empty list on the wire would be no filter at all; nothing has the nil UUID.
    return uuids_of(things) or [UUID(int=0)]


def order_text(order_by: OrderBy | None) -> str | Unset:
    """Fields to order by, as the services write them; a `-` reverses a field.

    >>> order_text(["name", "-updated_at"]), order_text("-UpdatedAt")
    ('Name,-UpdatedAt', '-UpdatedAt')
    """
    if order_by is None:
        return UNSET
    fields = order_by.split(",") if isinstance(order_by, str) else order_by
    return ",".join(_field(field.strip()) for field in fields)


def _field(name: str) -> str:
    sign = "-" if name.startswith("-") else ""
    return sign + "".join(part[:1].upper() + part[1:] for part in name.lstrip("-").split("_"))


def range_text(sizes: Range | None) -> str | Unset:
    """A size, or a range of sizes, as the service writes it.

    >>> range_text(640), range_text((200, None)), range_text((None, 200)), range_text((100, 200))
    ('640', '200-', '-200', '100-200')

    Raises:
        ValidationError: a pair that is open on both sides.
    """
    if sizes is None:
        return UNSET
    if not isinstance(sizes, tuple):
        return str(sizes)
    least, most = sizes
    if least is None and most is None:
        raise ValidationError("A range needs at least one end.")
    return f"{'' if least is None else least}-{'' if most is None else most}"


def changes(**fields: Any) -> dict[str, Any]:
    """Only the fields that were given; None is a value.

    Raises:
        ValidationError: none was given.

    >>> changes(name=UNSET, serial=None)
    {'serial': None}
    """
    found = {name: value for name, value in fields.items() if not isinstance(value, Unset)}
    if not found:
        raise ValidationError(
            "There is nothing to update.", hint=f"Give at least one of: {', '.join(fields)}."
        )
    return found
