from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Supports:
    """What a server can do.

    Attributes:
        pipelines: True when it can run pipelines.
    """

    pipelines: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Pipelines"] = self.pipelines
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Supports:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Pipelines"
            v_pipelines = src_dict["Pipelines"]
            if type(v_pipelines) is not bool:
                raise _codec.wrong(bool, v_pipelines)
        except Exception as error:
            raise _codec.unfit("Supports", at, error) from error
        result = cls(
            v_pipelines,
        )
        if len(src_dict) != 1:
            extra = {key: value for key, value in src_dict.items() if key not in _Supports_FIELDS}
            result.additional_properties = extra
        return result


_Supports_FIELDS = frozenset(("Pipelines",))
