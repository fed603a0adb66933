from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class RegisterReply:
    """The new account and the refresh token of its first session.

    Attributes:
        refresh_token: Refresh token of the first session.
        uuid: The new user.
    """

    refresh_token: str = _attrs_field(repr=False)
    uuid: UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["RefreshToken"] = self.refresh_token
        result["UUID"] = str(self.uuid)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> RegisterReply:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "RefreshToken"
            v_refresh_token = src_dict["RefreshToken"]
            if type(v_refresh_token) is not str:
                raise _codec.wrong(str, v_refresh_token)
            at = "UUID"
            v_uuid = src_dict["UUID"]
            if type(v_uuid) is not str:
                raise _codec.wrong(str, v_uuid)
            v_uuid = _codec.uuid(v_uuid)
        except Exception as error:
            raise _codec.unfit("RegisterReply", at, error) from error
        result = cls(
            v_refresh_token,
            v_uuid,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _RegisterReply_FIELDS
            }
            result.additional_properties = extra
        return result


_RegisterReply_FIELDS = frozenset(
    (
        "RefreshToken",
        "UUID",
    )
)
