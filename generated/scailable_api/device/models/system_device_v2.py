from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class SystemDeviceV2:
    """Identifier in the second form.

    Attributes:
        id: Identifier in braces.
    """

    id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = self.id
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SystemDeviceV2:
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
        except Exception as error:
            raise _codec.unfit("SystemDeviceV2", at, error) from error
        result = cls(
            v_id,
        )
        if len(src_dict) != 1:
            extra = {
                key: value for key, value in src_dict.items() if key not in _SystemDeviceV2_FIELDS
            }
            result.additional_properties = extra
        return result


_SystemDeviceV2_FIELDS = frozenset(("id",))
