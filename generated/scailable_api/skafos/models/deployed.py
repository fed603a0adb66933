from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Deployed:
    """What was deployed.

    Attributes:
        success: In words; the last one is the number of the version.
    """

    success: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["success"] = self.success
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Deployed:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "success"
            v_success = src_dict["success"]
            if type(v_success) is not str:
                raise _codec.wrong(str, v_success)
        except Exception as error:
            raise _codec.unfit("Deployed", at, error) from error
        result = cls(
            v_success,
        )
        if len(src_dict) != 1:
            extra = {key: value for key, value in src_dict.items() if key not in _Deployed_FIELDS}
            result.additional_properties = extra
        return result


_Deployed_FIELDS = frozenset(("success",))
