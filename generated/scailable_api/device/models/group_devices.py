from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class GroupDevices:
    """Devices to put in a group.

    Attributes:
        devices: The devices.
    """

    devices: list[UUID]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Devices"] = _codec.plain(self.devices)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> GroupDevices:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Devices"
            v_devices = src_dict["Devices"]
            if type(v_devices) is not list:
                raise _codec.wrong(list, v_devices)
            for item in v_devices:
                if type(item) is not str:
                    raise _codec.wrong(str, item)
            v_devices = [_codec.uuid(item) for item in v_devices]
        except Exception as error:
            raise _codec.unfit("GroupDevices", at, error) from error
        result = cls(
            v_devices,
        )
        if len(src_dict) != 1:
            extra = {
                key: value for key, value in src_dict.items() if key not in _GroupDevices_FIELDS
            }
            result.additional_properties = extra
        return result


_GroupDevices_FIELDS = frozenset(("Devices",))
