from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class Message:
    """One body for errors and for plain acknowledgements.

    Attributes:
        message: What happened, in words for a person.
        field: The request field that was refused and why.
        uuid: The object concerned.
        email: The account concerned.
        authorization_invalid: True when the token can no longer be used and the user has to sign in again.
        backend_message: Detail from a service behind this one.
    """

    message: str
    field: MessageField | Unset = UNSET
    uuid: UUID | Unset = UNSET
    email: str | Unset = UNSET
    authorization_invalid: bool | Unset = UNSET
    backend_message: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Message"] = self.message
        if not isinstance(self.field, Unset):
            result["Field"] = self.field.to_dict()
        if not isinstance(self.uuid, Unset):
            result["UUID"] = str(self.uuid)
        if not isinstance(self.email, Unset):
            result["Email"] = self.email
        if not isinstance(self.authorization_invalid, Unset):
            result["AuthorizationInvalid"] = self.authorization_invalid
        if not isinstance(self.backend_message, Unset):
            result["BackendMessage"] = self.backend_message
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Message:
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
            at = "Message"
            v_message = src_dict["Message"]
            if type(v_message) is not str:
                raise _codec.wrong(str, v_message)
            at = "Field"
            v_field = src_dict.get("Field", UNSET)
            if v_field is not UNSET:
                known += 1
                v_field = MessageField.from_dict(v_field)
            at = "UUID"
            v_uuid = src_dict.get("UUID", UNSET)
            if v_uuid is not UNSET:
                known += 1
                if type(v_uuid) is not str:
                    raise _codec.wrong(str, v_uuid)
                v_uuid = _codec.uuid(v_uuid)
            at = "Email"
            v_email = src_dict.get("Email", UNSET)
            if v_email is not UNSET:
                known += 1
                if type(v_email) is not str:
                    raise _codec.wrong(str, v_email)
            at = "AuthorizationInvalid"
            v_authorization_invalid = src_dict.get("AuthorizationInvalid", UNSET)
            if v_authorization_invalid is not UNSET:
                known += 1
                if type(v_authorization_invalid) is not bool:
                    raise _codec.wrong(bool, v_authorization_invalid)
            at = "BackendMessage"
            v_backend_message = src_dict.get("BackendMessage", UNSET)
            if v_backend_message is not UNSET:
                known += 1
                if type(v_backend_message) is not str:
                    raise _codec.wrong(str, v_backend_message)
        except Exception as error:
            raise _codec.unfit("Message", at, error) from error
        result = cls(
            v_message,
            v_field,
            v_uuid,
            v_email,
            v_authorization_invalid,
            v_backend_message,
        )
        if len(src_dict) != known:
            extra = {key: value for key, value in src_dict.items() if key not in _Message_FIELDS}
            result.additional_properties = extra
        return result


_Message_FIELDS = frozenset(
    (
        "Message",
        "Field",
        "UUID",
        "Email",
        "AuthorizationInvalid",
        "BackendMessage",
    )
)

from ..models.message_field import MessageField
