from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class UpdatePasswordInput:
    """A change of password.

    Attributes:
        current_password: Password that is valid now.
        new_password: Password to set.
    """

    current_password: str = _attrs_field(repr=False)
    new_password: str = _attrs_field(repr=False)
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["CurrentPassword"] = self.current_password
        result["NewPassword"] = self.new_password
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> UpdatePasswordInput:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "CurrentPassword"
            v_current_password = src_dict["CurrentPassword"]
            if type(v_current_password) is not str:
                raise _codec.wrong(str, v_current_password)
            at = "NewPassword"
            v_new_password = src_dict["NewPassword"]
            if type(v_new_password) is not str:
                raise _codec.wrong(str, v_new_password)
        except Exception as error:
            raise _codec.unfit("UpdatePasswordInput", at, error) from error
        result = cls(
            v_current_password,
            v_new_password,
        )
        if len(src_dict) != 2:
            extra = {
                key: value
                for key, value in src_dict.items()
                if key not in _UpdatePasswordInput_FIELDS
            }
            result.additional_properties = extra
        return result


_UpdatePasswordInput_FIELDS = frozenset(
    (
        "CurrentPassword",
        "NewPassword",
    )
)
