from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class ModelOfVersion:
    """The model of a version, and where it is.

    Attributes:
        id: The model.
        app_id: Its app.
        name: Name.
        description: Description; empty when there is none.
        public: Whether others may see it.
        inserted_at: When it was made.
        updated_at: When it or its versions last changed.
        app: Its app.
    """

    id: UUID
    app_id: UUID
    name: str
    description: str
    public: bool
    inserted_at: datetime.datetime
    updated_at: datetime.datetime
    app: ModelOfVersionApp
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = str(self.id)
        result["app_id"] = str(self.app_id)
        result["name"] = self.name
        result["description"] = self.description
        result["public"] = self.public
        result["inserted_at"] = self.inserted_at.isoformat()
        result["updated_at"] = self.updated_at.isoformat()
        result["app"] = self.app.to_dict()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> ModelOfVersion:
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
            at = "app_id"
            v_app_id = src_dict["app_id"]
            if type(v_app_id) is not str:
                raise _codec.wrong(str, v_app_id)
            v_app_id = _codec.uuid(v_app_id)
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "description"
            v_description = src_dict["description"]
            if type(v_description) is not str:
                raise _codec.wrong(str, v_description)
            at = "public"
            v_public = src_dict["public"]
            if type(v_public) is not bool:
                raise _codec.wrong(bool, v_public)
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
            at = "app"
            v_app = src_dict["app"]
            v_app = ModelOfVersionApp.from_dict(v_app)
        except Exception as error:
            raise _codec.unfit("ModelOfVersion", at, error) from error
        result = cls(
            v_id,
            v_app_id,
            v_name,
            v_description,
            v_public,
            v_inserted_at,
            v_updated_at,
            v_app,
        )
        if len(src_dict) != 8:
            extra = {
                key: value for key, value in src_dict.items() if key not in _ModelOfVersion_FIELDS
            }
            result.additional_properties = extra
        return result


_ModelOfVersion_FIELDS = frozenset(
    (
        "id",
        "app_id",
        "name",
        "description",
        "public",
        "inserted_at",
        "updated_at",
        "app",
    )
)

from ..models.model_of_version_app import ModelOfVersionApp
