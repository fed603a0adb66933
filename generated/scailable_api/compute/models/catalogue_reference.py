from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class CatalogueReference:
    """A catalogue that a function is in.

    Attributes:
        uuid: Identifier.
        name: Name.
    """

    uuid: UUID
    name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["UUID"] = str(self.uuid)
        result["Name"] = self.name
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> CatalogueReference:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "UUID"
            v_uuid = src_dict["UUID"]
            if type(v_uuid) is not str:
                raise _codec.wrong(str, v_uuid)
            v_uuid = _codec.uuid(v_uuid)
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
        except Exception as error:
            raise _codec.unfit("CatalogueReference", at, error) from error
        result = cls(
            v_uuid,
            v_name,
        )
        if len(src_dict) != 2:
            extra = {
                key: value
                for key, value in src_dict.items()
                if key not in _CatalogueReference_FIELDS
            }
            result.additional_properties = extra
        return result


_CatalogueReference_FIELDS = frozenset(
    (
        "UUID",
        "Name",
    )
)
