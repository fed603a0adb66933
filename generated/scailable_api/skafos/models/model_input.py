from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class ModelInput:
    """A new model.

    Attributes:
        name: Name, unique in the app.
        description: Description.
    """

    name: str
    description: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["name"] = self.name
        if not isinstance(self.description, Unset):
            result["description"] = self.description
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> ModelInput:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 1
        try:
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "description"
            v_description = src_dict.get("description", UNSET)
            if v_description is not UNSET:
                known += 1
                if type(v_description) is not str:
                    raise _codec.wrong(str, v_description)
        except Exception as error:
            raise _codec.unfit("ModelInput", at, error) from error
        result = cls(
            v_name,
            v_description,
        )
        if len(src_dict) != known:
            extra = {key: value for key, value in src_dict.items() if key not in _ModelInput_FIELDS}
            result.additional_properties = extra
        return result


_ModelInput_FIELDS = frozenset(
    (
        "name",
        "description",
    )
)
