from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class ModelOfVersionApp:
    """Its app.

    Attributes:
        id: The app.
        organization_id: Its organization.
        name: Name.
    """

    id: UUID
    organization_id: UUID
    name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = str(self.id)
        result["organization_id"] = str(self.organization_id)
        result["name"] = self.name
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> ModelOfVersionApp:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "id"
            v_id = src_dict["id"]
            if type(v_id) is not str:
                raise _codec.wrong(str, v_id)
            v_id = _codec.uuid(v_id)
            at = "organization_id"
            v_organization_id = src_dict["organization_id"]
            if type(v_organization_id) is not str:
                raise _codec.wrong(str, v_organization_id)
            v_organization_id = _codec.uuid(v_organization_id)
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
        except Exception as error:
            raise _codec.unfit("ModelOfVersionApp", at, error) from error
        result = cls(
            v_id,
            v_organization_id,
            v_name,
        )
        if len(src_dict) != 3:
            extra = {
                key: value
                for key, value in src_dict.items()
                if key not in _ModelOfVersionApp_FIELDS
            }
            result.additional_properties = extra
        return result


_ModelOfVersionApp_FIELDS = frozenset(
    (
        "id",
        "organization_id",
        "name",
    )
)
