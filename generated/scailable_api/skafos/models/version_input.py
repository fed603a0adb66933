from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class VersionInput:
    """A new upload; `filename` or `file_name` is needed.

    Attributes:
        filename: Name of the archive.
        file_name: The same, by its earlier name.
        model_id: The model, as the path already says; not used.
        description: Description.
    """

    filename: str | Unset = UNSET
    file_name: str | Unset = UNSET
    model_id: None | str | Unset = UNSET
    description: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.filename, Unset):
            result["filename"] = self.filename
        if not isinstance(self.file_name, Unset):
            result["file_name"] = self.file_name
        if not isinstance(self.model_id, Unset):
            result["model_id"] = _codec.plain(self.model_id)
        if not isinstance(self.description, Unset):
            result["description"] = _codec.plain(self.description)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> VersionInput:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 0
        try:
            at = "filename"
            v_filename = src_dict.get("filename", UNSET)
            if v_filename is not UNSET:
                known += 1
                if type(v_filename) is not str:
                    raise _codec.wrong(str, v_filename)
            at = "file_name"
            v_file_name = src_dict.get("file_name", UNSET)
            if v_file_name is not UNSET:
                known += 1
                if type(v_file_name) is not str:
                    raise _codec.wrong(str, v_file_name)
            at = "model_id"
            v_model_id = src_dict.get("model_id", UNSET)
            if v_model_id is not UNSET:
                known += 1
                if v_model_id is not None:
                    if type(v_model_id) is not str:
                        raise _codec.wrong(str, v_model_id)
            at = "description"
            v_description = src_dict.get("description", UNSET)
            if v_description is not UNSET:
                known += 1
                if v_description is not None:
                    if type(v_description) is not str:
                        raise _codec.wrong(str, v_description)
        except Exception as error:
            raise _codec.unfit("VersionInput", at, error) from error
        result = cls(
            v_filename,
            v_file_name,
            v_model_id,
            v_description,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _VersionInput_FIELDS
            }
            result.additional_properties = extra
        return result


_VersionInput_FIELDS = frozenset(
    (
        "filename",
        "file_name",
        "model_id",
        "description",
    )
)
