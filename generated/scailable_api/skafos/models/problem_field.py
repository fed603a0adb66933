from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class ProblemField:
    """The request field that was refused and why.

    Attributes:
        name: Name of the field.
        message: Why it was refused.
    """

    name: str
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["name"] = self.name
        result["message"] = self.message
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> ProblemField:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "message"
            v_message = src_dict["message"]
            if type(v_message) is not str:
                raise _codec.wrong(str, v_message)
        except Exception as error:
            raise _codec.unfit("ProblemField", at, error) from error
        result = cls(
            v_name,
            v_message,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _ProblemField_FIELDS
            }
            result.additional_properties = extra
        return result


_ProblemField_FIELDS = frozenset(
    (
        "name",
        "message",
    )
)
