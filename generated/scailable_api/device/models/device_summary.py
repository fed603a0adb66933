from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class DeviceSummary:
    """A device as lists show it.

    Attributes:
        uuid: Identifier.
        name: Name.
        serial: Serial number.
        runtime: Runtime on the device.
        type_: Kind of hardware.
        inserted_at: When it was added.
        updated_at: When it last changed.
        online_status: Whether a device reported lately.
        function_count: Functions assigned to it.
        groups: Groups that it is in; null when in none.
        licenses: Always null in lists.
    """

    uuid: UUID
    name: str
    serial: None | str
    runtime: None | str
    type_: None | str
    inserted_at: datetime.datetime
    updated_at: datetime.datetime
    online_status: OnlineStatus
    function_count: int
    groups: list[GroupReference] | None
    licenses: list[License] | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["UUID"] = str(self.uuid)
        result["Name"] = self.name
        result["Serial"] = _codec.plain(self.serial)
        result["Runtime"] = _codec.plain(self.runtime)
        result["Type"] = _codec.plain(self.type_)
        result["InsertedAt"] = self.inserted_at.isoformat()
        result["UpdatedAt"] = self.updated_at.isoformat()
        result["OnlineStatus"] = self.online_status.to_dict()
        result["FunctionCount"] = self.function_count
        result["Groups"] = _codec.plain(self.groups)
        result["Licenses"] = _codec.plain(self.licenses)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> DeviceSummary:
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
            at = "Serial"
            v_serial = src_dict["Serial"]
            if v_serial is not None:
                if type(v_serial) is not str:
                    raise _codec.wrong(str, v_serial)
            at = "Runtime"
            v_runtime = src_dict["Runtime"]
            if v_runtime is not None:
                if type(v_runtime) is not str:
                    raise _codec.wrong(str, v_runtime)
            at = "Type"
            v_type_ = src_dict["Type"]
            if v_type_ is not None:
                if type(v_type_) is not str:
                    raise _codec.wrong(str, v_type_)
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
            at = "OnlineStatus"
            v_online_status = src_dict["OnlineStatus"]
            v_online_status = OnlineStatus.from_dict(v_online_status)
            at = "FunctionCount"
            v_function_count = src_dict["FunctionCount"]
            if type(v_function_count) is not int:
                raise _codec.wrong(int, v_function_count)
            at = "Groups"
            v_groups = src_dict["Groups"]
            if v_groups is not None:
                if type(v_groups) is not list:
                    raise _codec.wrong(list, v_groups)
                v_groups = [GroupReference.from_dict(item) for item in v_groups]
            at = "Licenses"
            v_licenses = src_dict["Licenses"]
            if v_licenses is not None:
                if type(v_licenses) is not list:
                    raise _codec.wrong(list, v_licenses)
                v_licenses = [License.from_dict(item) for item in v_licenses]
        except Exception as error:
            raise _codec.unfit("DeviceSummary", at, error) from error
        result = cls(
            v_uuid,
            v_name,
            v_serial,
            v_runtime,
            v_type_,
            v_inserted_at,
            v_updated_at,
            v_online_status,
            v_function_count,
            v_groups,
            v_licenses,
        )
        if len(src_dict) != 11:
            extra = {
                key: value for key, value in src_dict.items() if key not in _DeviceSummary_FIELDS
            }
            result.additional_properties = extra
        return result


_DeviceSummary_FIELDS = frozenset(
    (
        "UUID",
        "Name",
        "Serial",
        "Runtime",
        "Type",
        "InsertedAt",
        "UpdatedAt",
        "OnlineStatus",
        "FunctionCount",
        "Groups",
        "Licenses",
    )
)

from ..models.group_reference import GroupReference
from ..models.license_ import License
from ..models.online_status import OnlineStatus
