from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class GroupInput:
    """A new group.

    Attributes:
        name: Name.
        devices: Devices to put in it.
    """

    name: str
    devices: list[UUID] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Name"] = self.name
        if not isinstance(self.devices, Unset):
            result["Devices"] = _codec.plain(self.devices)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> GroupInput:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 1
        try:
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "Devices"
            v_devices = src_dict.get("Devices", UNSET)
            if v_devices is not UNSET:
                known += 1
                if type(v_devices) is not list:
                    raise _codec.wrong(list, v_devices)
                for item in v_devices:
                    if type(item) is not str:
                        raise _codec.wrong(str, item)
                v_devices = [_codec.uuid(item) for item in v_devices]
        except Exception as error:
            raise _codec.unfit("GroupInput", at, error) from error
        result = cls(
            v_name,
            v_devices,
        )
        if len(src_dict) != known:
            extra = {key: value for key, value in src_dict.items() if key not in _GroupInput_FIELDS}
            result.additional_properties = extra
        return result


_GroupInput_FIELDS = frozenset(
    (
        "Name",
        "Devices",
    )
)
