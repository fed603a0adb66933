from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class EdgeImpulseLink:
    """An Edge Impulse project.

    Attributes:
        api_key: API key of the project; never shown again.
        project_id: Number of the project.
    """

    api_key: str = _attrs_field(repr=False)
    project_id: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["APIKey"] = self.api_key
        result["ProjectID"] = self.project_id
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> EdgeImpulseLink:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "APIKey"
            v_api_key = src_dict["APIKey"]
            if type(v_api_key) is not str:
                raise _codec.wrong(str, v_api_key)
            at = "ProjectID"
            v_project_id = src_dict["ProjectID"]
            if type(v_project_id) is not int:
                raise _codec.wrong(int, v_project_id)
        except Exception as error:
            raise _codec.unfit("EdgeImpulseLink", at, error) from error
        result = cls(
            v_api_key,
            v_project_id,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _EdgeImpulseLink_FIELDS
            }
            result.additional_properties = extra
        return result


_EdgeImpulseLink_FIELDS = frozenset(
    (
        "APIKey",
        "ProjectID",
    )
)
