from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Upload:
    """Where to put the archive of an upload.

    Attributes:
        model_version_id: The upload, and later the version.
        filepath: Where the archive will lie; the third call gives it back.
        presigned_url: Where to put it, with PUT and the content type application/octet-stream.
        expires_at: Until when the address is good.
    """

    model_version_id: UUID
    filepath: str
    presigned_url: str
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["model_version_id"] = str(self.model_version_id)
        result["filepath"] = self.filepath
        result["presigned_url"] = self.presigned_url
        result["expires_at"] = self.expires_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Upload:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "model_version_id"
            v_model_version_id = src_dict["model_version_id"]
            if type(v_model_version_id) is not str:
                raise _codec.wrong(str, v_model_version_id)
            v_model_version_id = _codec.uuid(v_model_version_id)
            at = "filepath"
            v_filepath = src_dict["filepath"]
            if type(v_filepath) is not str:
                raise _codec.wrong(str, v_filepath)
            at = "presigned_url"
            v_presigned_url = src_dict["presigned_url"]
            if type(v_presigned_url) is not str:
                raise _codec.wrong(str, v_presigned_url)
            at = "expires_at"
            v_expires_at = src_dict["expires_at"]
            if type(v_expires_at) is not str:
                raise _codec.wrong(str, v_expires_at)
            v_expires_at = datetime.datetime.fromisoformat(v_expires_at)
        except Exception as error:
            raise _codec.unfit("Upload", at, error) from error
        result = cls(
            v_model_version_id,
            v_filepath,
            v_presigned_url,
            v_expires_at,
        )
        if len(src_dict) != 4:
            extra = {key: value for key, value in src_dict.items() if key not in _Upload_FIELDS}
            result.additional_properties = extra
        return result


_Upload_FIELDS = frozenset(
    (
        "model_version_id",
        "filepath",
        "presigned_url",
        "expires_at",
    )
)
