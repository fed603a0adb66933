from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class AddLinkData:
    """A function that follows a project on a training platform.

    Attributes:
        name: Name.
        edge_impulse: An Edge Impulse project.
    """

    name: str
    edge_impulse: EdgeImpulseLink
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Name"] = self.name
        result["EdgeImpulse"] = self.edge_impulse.to_dict()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> AddLinkData:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "EdgeImpulse"
            v_edge_impulse = src_dict["EdgeImpulse"]
            v_edge_impulse = EdgeImpulseLink.from_dict(v_edge_impulse)
        except Exception as error:
            raise _codec.unfit("AddLinkData", at, error) from error
        result = cls(
            v_name,
            v_edge_impulse,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _AddLinkData_FIELDS
            }
            result.additional_properties = extra
        return result


_AddLinkData_FIELDS = frozenset(
    (
        "Name",
        "EdgeImpulse",
    )
)

from ..models.edge_impulse_link import EdgeImpulseLink
