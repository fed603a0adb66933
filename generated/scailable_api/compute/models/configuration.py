from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Configuration:
    """Limits of the service.

    Attributes:
        features: Optional abilities of the service that are switched on.
        max_upload_size: Largest file that an upload may carry, in bytes.
        supported_file_types: File name endings that an upload may have, with the dot.
    """

    features: Features
    max_upload_size: int
    supported_file_types: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Features"] = self.features.to_dict()
        result["MaxUploadSize"] = self.max_upload_size
        result["SupportedFileTypes"] = _codec.plain(self.supported_file_types)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Configuration:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Features"
            v_features = src_dict["Features"]
            v_features = Features.from_dict(v_features)
            at = "MaxUploadSize"
            v_max_upload_size = src_dict["MaxUploadSize"]
            if type(v_max_upload_size) is not int:
                raise _codec.wrong(int, v_max_upload_size)
            at = "SupportedFileTypes"
            v_supported_file_types = src_dict["SupportedFileTypes"]
            if type(v_supported_file_types) is not list:
                raise _codec.wrong(list, v_supported_file_types)
            for item in v_supported_file_types:
                if type(item) is not str:
                    raise _codec.wrong(str, item)
        except Exception as error:
            raise _codec.unfit("Configuration", at, error) from error
        result = cls(
            v_features,
            v_max_upload_size,
            v_supported_file_types,
        )
        if len(src_dict) != 3:
            extra = {
                key: value for key, value in src_dict.items() if key not in _Configuration_FIELDS
            }
            result.additional_properties = extra
        return result


_Configuration_FIELDS = frozenset(
    (
        "Features",
        "MaxUploadSize",
        "SupportedFileTypes",
    )
)

from ..models.features import Features
