from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class VersionCompletion:
    """What was uploaded.

    Attributes:
        filepath: As the first call gave it.
        sha256: SHA-256 of the archive in hexadecimal, to be compared.
        size: Bytes of the archive, to be compared.
    """

    filepath: str
    sha256: str | Unset = UNSET
    size: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["filepath"] = self.filepath
        if not isinstance(self.sha256, Unset):
            result["sha256"] = self.sha256
        if not isinstance(self.size, Unset):
            result["size"] = self.size
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> VersionCompletion:
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
            at = "filepath"
            v_filepath = src_dict["filepath"]
            if type(v_filepath) is not str:
                raise _codec.wrong(str, v_filepath)
            at = "sha256"
            v_sha256 = src_dict.get("sha256", UNSET)
            if v_sha256 is not UNSET:
                known += 1
                if type(v_sha256) is not str:
                    raise _codec.wrong(str, v_sha256)
            at = "size"
            v_size = src_dict.get("size", UNSET)
            if v_size is not UNSET:
                known += 1
                if type(v_size) is not int:
                    raise _codec.wrong(int, v_size)
        except Exception as error:
            raise _codec.unfit("VersionCompletion", at, error) from error
        result = cls(
            v_filepath,
            v_sha256,
            v_size,
        )
        if len(src_dict) != known:
            extra = {
                key: value
                for key, value in src_dict.items()
                if key not in _VersionCompletion_FIELDS
            }
            result.additional_properties = extra
        return result


_VersionCompletion_FIELDS = frozenset(
    (
        "filepath",
        "sha256",
        "size",
    )
)
