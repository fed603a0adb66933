from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class FunctionLinkUpdate:
    """Which link to update through.

    Attributes:
        edge_impulse: True to fetch the newest model of the linked Edge Impulse project.
    """

    edge_impulse: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["EdgeImpulse"] = self.edge_impulse
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> FunctionLinkUpdate:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "EdgeImpulse"
            v_edge_impulse = src_dict["EdgeImpulse"]
            if type(v_edge_impulse) is not bool:
                raise _codec.wrong(bool, v_edge_impulse)
        except Exception as error:
            raise _codec.unfit("FunctionLinkUpdate", at, error) from error
        result = cls(
            v_edge_impulse,
        )
        if len(src_dict) != 1:
            extra = {
                key: value
                for key, value in src_dict.items()
                if key not in _FunctionLinkUpdate_FIELDS
            }
            result.additional_properties = extra
        return result


_FunctionLinkUpdate_FIELDS = frozenset(("EdgeImpulse",))
