from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class ModelVersion:
    """A version of a model: an archive with a number.

    Attributes:
        id: The version, or the upload.
        model_id: Its model.
        version: Number, increasing in each model from 1; null until the upload is completed.
        name: Name of the model.
        description: Description.
        filename: Name of the archive.
        filepath: Where the archive lies; null until the upload is completed.
        sha256: SHA-256 of the archive in hexadecimal; null until it has arrived.
        size: Bytes of the archive; null until it has arrived.
        inserted_at: When the upload was begun.
        updated_at: When it was last changed.
        completed_at: When the upload was completed.
        model: The model of a version, and where it is.
    """

    id: UUID
    model_id: UUID
    version: int | None
    name: str
    description: None | str
    filename: str
    filepath: None | str
    sha256: None | str
    size: int | None
    inserted_at: datetime.datetime
    updated_at: datetime.datetime
    completed_at: datetime.datetime | None
    model: ModelOfVersion
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = str(self.id)
        result["model_id"] = str(self.model_id)
        result["version"] = _codec.plain(self.version)
        result["name"] = self.name
        result["description"] = _codec.plain(self.description)
        result["filename"] = self.filename
        result["filepath"] = _codec.plain(self.filepath)
        result["sha256"] = _codec.plain(self.sha256)
        result["size"] = _codec.plain(self.size)
        result["inserted_at"] = self.inserted_at.isoformat()
        result["updated_at"] = self.updated_at.isoformat()
        result["completed_at"] = _codec.plain(self.completed_at)
        result["model"] = self.model.to_dict()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> ModelVersion:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "id"
            v_id = src_dict["id"]
            if type(v_id) is not str:
                raise _codec.wrong(str, v_id)
            v_id = _codec.uuid(v_id)
            at = "model_id"
            v_model_id = src_dict["model_id"]
            if type(v_model_id) is not str:
                raise _codec.wrong(str, v_model_id)
            v_model_id = _codec.uuid(v_model_id)
            at = "version"
            v_version = src_dict["version"]
            if v_version is not None:
                if type(v_version) is not int:
                    raise _codec.wrong(int, v_version)
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "description"
            v_description = src_dict["description"]
            if v_description is not None:
                if type(v_description) is not str:
                    raise _codec.wrong(str, v_description)
            at = "filename"
            v_filename = src_dict["filename"]
            if type(v_filename) is not str:
                raise _codec.wrong(str, v_filename)
            at = "filepath"
            v_filepath = src_dict["filepath"]
            if v_filepath is not None:
                if type(v_filepath) is not str:
                    raise _codec.wrong(str, v_filepath)
            at = "sha256"
            v_sha256 = src_dict["sha256"]
            if v_sha256 is not None:
                if type(v_sha256) is not str:
                    raise _codec.wrong(str, v_sha256)
            at = "size"
            v_size = src_dict["size"]
            if v_size is not None:
                if type(v_size) is not int:
                    raise _codec.wrong(int, v_size)
            at = "inserted_at"
            v_inserted_at = src_dict["inserted_at"]
            if type(v_inserted_at) is not str:
                raise _codec.wrong(str, v_inserted_at)
            v_inserted_at = datetime.datetime.fromisoformat(v_inserted_at)
            at = "updated_at"
            v_updated_at = src_dict["updated_at"]
            if type(v_updated_at) is not str:
                raise _codec.wrong(str, v_updated_at)
            v_updated_at = datetime.datetime.fromisoformat(v_updated_at)
            at = "completed_at"
            v_completed_at = src_dict["completed_at"]
            if v_completed_at is not None:
                if type(v_completed_at) is not str:
                    raise _codec.wrong(str, v_completed_at)
                v_completed_at = datetime.datetime.fromisoformat(v_completed_at)
            at = "model"
            v_model = src_dict["model"]
            v_model = ModelOfVersion.from_dict(v_model)
        except Exception as error:
            raise _codec.unfit("ModelVersion", at, error) from error
        result = cls(
            v_id,
            v_model_id,
            v_version,
            v_name,
            v_description,
            v_filename,
            v_filepath,
            v_sha256,
            v_size,
            v_inserted_at,
            v_updated_at,
            v_completed_at,
            v_model,
        )
        if len(src_dict) != 13:
            extra = {
                key: value for key, value in src_dict.items() if key not in _ModelVersion_FIELDS
            }
            result.additional_properties = extra
        return result


_ModelVersion_FIELDS = frozenset(
    (
        "id",
        "model_id",
        "version",
        "name",
        "description",
        "filename",
        "filepath",
        "sha256",
        "size",
        "inserted_at",
        "updated_at",
        "completed_at",
        "model",
    )
)

from ..models.model_of_version import ModelOfVersion
