from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Announcement:
    """What the device keeps and what it shows.

    Attributes:
        uuid: The announcement.
        registration_token: Token to show; a user ties the device with it.
        secret: Proves that it is the same device that comes to collect; never shown.
        expires_at: When the token stops working.
        poll_seconds: How long to wait between two tries to collect.
    """

    uuid: UUID
    registration_token: str = _attrs_field(repr=False)
    secret: str = _attrs_field(repr=False)
    expires_at: datetime.datetime
    poll_seconds: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["UUID"] = str(self.uuid)
        result["RegistrationToken"] = self.registration_token
        result["Secret"] = self.secret
        result["ExpiresAt"] = self.expires_at.isoformat()
        result["PollSeconds"] = self.poll_seconds
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Announcement:
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
            at = "RegistrationToken"
            v_registration_token = src_dict["RegistrationToken"]
            if type(v_registration_token) is not str:
                raise _codec.wrong(str, v_registration_token)
            at = "Secret"
            v_secret = src_dict["Secret"]
            if type(v_secret) is not str:
                raise _codec.wrong(str, v_secret)
            at = "ExpiresAt"
            v_expires_at = src_dict["ExpiresAt"]
            if type(v_expires_at) is not str:
                raise _codec.wrong(str, v_expires_at)
            v_expires_at = datetime.datetime.fromisoformat(v_expires_at)
            at = "PollSeconds"
            v_poll_seconds = src_dict["PollSeconds"]
            if type(v_poll_seconds) is not int:
                raise _codec.wrong(int, v_poll_seconds)
        except Exception as error:
            raise _codec.unfit("Announcement", at, error) from error
        result = cls(
            v_uuid,
            v_registration_token,
            v_secret,
            v_expires_at,
            v_poll_seconds,
        )
        if len(src_dict) != 5:
            extra = {
                key: value for key, value in src_dict.items() if key not in _Announcement_FIELDS
            }
            result.additional_properties = extra
        return result


_Announcement_FIELDS = frozenset(
    (
        "UUID",
        "RegistrationToken",
        "Secret",
        "ExpiresAt",
        "PollSeconds",
    )
)
