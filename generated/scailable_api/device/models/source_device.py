from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class SourceDevice:
    """A camera that a server knows.

    Attributes:
        nx_id: Identifier in braces.
        name: Name.
    """

    nx_id: str
    name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["NxID"] = self.nx_id
        result["Name"] = self.name
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SourceDevice:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "NxID"
            v_nx_id = src_dict["NxID"]
            if type(v_nx_id) is not str:
                raise _codec.wrong(str, v_nx_id)
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
        except Exception as error:
            raise _codec.unfit("SourceDevice", at, error) from error
        result = cls(
            v_nx_id,
            v_name,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _SourceDevice_FIELDS
            }
            result.additional_properties = extra
        return result


_SourceDevice_FIELDS = frozenset(
    (
        "NxID",
        "Name",
    )
)
