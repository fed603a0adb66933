from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class FunctionAssignment:
    """A function to assign.

    Attributes:
        function_uuid: The function.
    """

    function_uuid: UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["FunctionUUID"] = str(self.function_uuid)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> FunctionAssignment:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "FunctionUUID"
            v_function_uuid = src_dict["FunctionUUID"]
            if type(v_function_uuid) is not str:
                raise _codec.wrong(str, v_function_uuid)
            v_function_uuid = _codec.uuid(v_function_uuid)
        except Exception as error:
            raise _codec.unfit("FunctionAssignment", at, error) from error
        result = cls(
            v_function_uuid,
        )
        if len(src_dict) != 1:
            extra = {
                key: value
                for key, value in src_dict.items()
                if key not in _FunctionAssignment_FIELDS
            }
            result.additional_properties = extra
        return result


_FunctionAssignment_FIELDS = frozenset(("FunctionUUID",))
