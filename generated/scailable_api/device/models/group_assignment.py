from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class GroupAssignment:
    """What an assignment to a group did.

    Attributes:
        device_count: Devices in the group.
        function_count: Functions that were assigned.
        added: Assignments that were new.
    """

    device_count: int
    function_count: int
    added: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["DeviceCount"] = self.device_count
        result["FunctionCount"] = self.function_count
        result["Added"] = self.added
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> GroupAssignment:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "DeviceCount"
            v_device_count = src_dict["DeviceCount"]
            if type(v_device_count) is not int:
                raise _codec.wrong(int, v_device_count)
            at = "FunctionCount"
            v_function_count = src_dict["FunctionCount"]
            if type(v_function_count) is not int:
                raise _codec.wrong(int, v_function_count)
            at = "Added"
            v_added = src_dict["Added"]
            if type(v_added) is not int:
                raise _codec.wrong(int, v_added)
        except Exception as error:
            raise _codec.unfit("GroupAssignment", at, error) from error
        result = cls(
            v_device_count,
            v_function_count,
            v_added,
        )
        if len(src_dict) != 3:
            extra = {
                key: value for key, value in src_dict.items() if key not in _GroupAssignment_FIELDS
            }
            result.additional_properties = extra
        return result


_GroupAssignment_FIELDS = frozenset(
    (
        "DeviceCount",
        "FunctionCount",
        "Added",
    )
)
