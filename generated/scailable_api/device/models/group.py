from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Group:
    """A named set of devices.

    Attributes:
        uuid: Identifier.
        name: Name.
        device_count: Devices in it.
        organisation: The organisation that owns an object.
        inserted_at: When it was added.
        updated_at: When it last changed.
    """

    uuid: UUID
    name: str
    device_count: int
    organisation: Organisation
    inserted_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["UUID"] = str(self.uuid)
        result["Name"] = self.name
        result["DeviceCount"] = self.device_count
        result["Organisation"] = self.organisation.to_dict()
        result["InsertedAt"] = self.inserted_at.isoformat()
        result["UpdatedAt"] = self.updated_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Group:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "UUID"
            v_uuid = src_dict["UUID"]
            if type(v_uuid) is not str:
                raise _codec.wrong(str, v_uuid)
            v_uuid = _codec.uuid(v_uuid)
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "DeviceCount"
            v_device_count = src_dict["DeviceCount"]
            if type(v_device_count) is not int:
                raise _codec.wrong(int, v_device_count)
            at = "Organisation"
            v_organisation = src_dict["Organisation"]
            v_organisation = Organisation.from_dict(v_organisation)
            at = "InsertedAt"
            v_inserted_at = src_dict["InsertedAt"]
            if type(v_inserted_at) is not str:
                raise _codec.wrong(str, v_inserted_at)
            v_inserted_at = datetime.datetime.fromisoformat(v_inserted_at)
            at = "UpdatedAt"
            v_updated_at = src_dict["UpdatedAt"]
            if type(v_updated_at) is not str:
                raise _codec.wrong(str, v_updated_at)
            v_updated_at = datetime.datetime.fromisoformat(v_updated_at)
        except Exception as error:
            raise _codec.unfit("Group", at, error) from error
        result = cls(
            v_uuid,
            v_name,
            v_device_count,
            v_organisation,
            v_inserted_at,
            v_updated_at,
        )
        if len(src_dict) != 6:
            extra = {key: value for key, value in src_dict.items() if key not in _Group_FIELDS}
            result.additional_properties = extra
        return result


_Group_FIELDS = frozenset(
    (
        "UUID",
        "Name",
        "DeviceCount",
        "Organisation",
        "InsertedAt",
        "UpdatedAt",
    )
)

from ..models.organisation import Organisation
