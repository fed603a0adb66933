from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Organization:
    """An organization: the company that its user registered.

    Attributes:
        id: The organization.
        name: Name.
        display_name: Name to show, which also stands for it in paths.
        inserted_at: When it was made.
        updated_at: When it was last changed.
    """

    id: UUID
    name: str
    display_name: str
    inserted_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = str(self.id)
        result["name"] = self.name
        result["display_name"] = self.display_name
        result["inserted_at"] = self.inserted_at.isoformat()
        result["updated_at"] = self.updated_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Organization:
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
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "display_name"
            v_display_name = src_dict["display_name"]
            if type(v_display_name) is not str:
                raise _codec.wrong(str, v_display_name)
            at = "inserted_at"
            v_inserted_at = src_dict["inserted_at"]
            if type(v_inserted_at) is not str:
                raise _codec.wrong(str, v_inserted_at)
            v_inserted_at = datetime.datetime.fromisoformat(v_inserted_at)
            at = "updated_at"
            v_updated_at = src_dict["updated_at"]
            if type(v_updated_at) is not str:
                raise _codec.wrong(str, v_updated_at)
            v_updated_at = datetime.datetime.fromisoformat(v_updated_at)
        except Exception as error:
            raise _codec.unfit("Organization", at, error) from error
        result = cls(
            v_id,
            v_name,
            v_display_name,
            v_inserted_at,
            v_updated_at,
        )
        if len(src_dict) != 5:
            extra = {
                key: value for key, value in src_dict.items() if key not in _Organization_FIELDS
            }
            result.additional_properties = extra
        return result


_Organization_FIELDS = frozenset(
    (
        "id",
        "name",
        "display_name",
        "inserted_at",
        "updated_at",
    )
)
