from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class App:
    """An app, which holds models.

    Attributes:
        id: The app.
        organization_id: Its organization.
        name: Name.
        description: Description; empty when there is none.
        inserted_at: When it was made.
        updated_at: When it was last changed.
        models: Its models, where they were asked for.
    """

    id: UUID
    organization_id: UUID
    name: str
    description: str
    inserted_at: datetime.datetime
    updated_at: datetime.datetime
    models: list[Model] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = str(self.id)
        result["organization_id"] = str(self.organization_id)
        result["name"] = self.name
        result["description"] = self.description
        result["inserted_at"] = self.inserted_at.isoformat()
        result["updated_at"] = self.updated_at.isoformat()
        if not isinstance(self.models, Unset):
            result["models"] = _codec.plain(self.models)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> App:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 6
        try:
            at = "id"
            v_id = src_dict["id"]
            if type(v_id) is not str:
                raise _codec.wrong(str, v_id)
            v_id = _codec.uuid(v_id)
            at = "organization_id"
            v_organization_id = src_dict["organization_id"]
            if type(v_organization_id) is not str:
                raise _codec.wrong(str, v_organization_id)
            v_organization_id = _codec.uuid(v_organization_id)
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "description"
            v_description = src_dict["description"]
            if type(v_description) is not str:
                raise _codec.wrong(str, v_description)
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
            at = "models"
            v_models = src_dict.get("models", UNSET)
            if v_models is not UNSET:
                known += 1
                if type(v_models) is not list:
                    raise _codec.wrong(list, v_models)
                v_models = [Model.from_dict(item) for item in v_models]
        except Exception as error:
            raise _codec.unfit("App", at, error) from error
        result = cls(
            v_id,
            v_organization_id,
            v_name,
            v_description,
            v_inserted_at,
            v_updated_at,
            v_models,
        )
        if len(src_dict) != known:
            extra = {key: value for key, value in src_dict.items() if key not in _App_FIELDS}
            result.additional_properties = extra
        return result


_App_FIELDS = frozenset(
    (
        "id",
        "organization_id",
        "name",
        "description",
        "inserted_at",
        "updated_at",
        "models",
    )
)

from ..models.model import Model
