from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class NewApiToken:
    """An API token, the only time that it is shown.

    Attributes:
        id: The token.
        name: What it is for.
        inserted_at: When it was made.
        token: The token.
    """

    id: UUID
    name: str
    inserted_at: datetime.datetime
    token: str = _attrs_field(repr=False)
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = str(self.id)
        result["name"] = self.name
        result["inserted_at"] = self.inserted_at.isoformat()
        result["token"] = self.token
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> NewApiToken:
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
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "inserted_at"
            v_inserted_at = src_dict["inserted_at"]
            if type(v_inserted_at) is not str:
                raise _codec.wrong(str, v_inserted_at)
            v_inserted_at = datetime.datetime.fromisoformat(v_inserted_at)
            at = "token"
            v_token = src_dict["token"]
            if type(v_token) is not str:
                raise _codec.wrong(str, v_token)
        except Exception as error:
            raise _codec.unfit("NewApiToken", at, error) from error
        result = cls(
            v_id,
            v_name,
            v_inserted_at,
            v_token,
        )
        if len(src_dict) != 4:
            extra = {
                key: value for key, value in src_dict.items() if key not in _NewApiToken_FIELDS
            }
            result.additional_properties = extra
        return result


_NewApiToken_FIELDS = frozenset(
    (
        "id",
        "name",
        "inserted_at",
        "token",
    )
)
