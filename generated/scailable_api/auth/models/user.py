from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class User:
    """An account.

    Attributes:
        uuid: Identifier.
        email: E-mail address.
        name: Name of the user.
        phone_number: Telephone number.
        job_title: Job title.
        newsletter_opt_in: True when the newsletter is wanted.
        organisation: The organisation that owns an object.
        inserted_at: When the account was made.
        updated_at: When it last changed.
    """

    uuid: UUID
    email: str
    name: str
    phone_number: None | str
    job_title: None | str
    newsletter_opt_in: bool
    organisation: Organisation
    inserted_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["UUID"] = str(self.uuid)
        result["Email"] = self.email
        result["Name"] = self.name
        result["PhoneNumber"] = _codec.plain(self.phone_number)
        result["JobTitle"] = _codec.plain(self.job_title)
        result["NewsletterOptIn"] = self.newsletter_opt_in
        result["Organisation"] = self.organisation.to_dict()
        result["InsertedAt"] = self.inserted_at.isoformat()
        result["UpdatedAt"] = self.updated_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> User:
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
            at = "Email"
            v_email = src_dict["Email"]
            if type(v_email) is not str:
                raise _codec.wrong(str, v_email)
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "PhoneNumber"
            v_phone_number = src_dict["PhoneNumber"]
            if v_phone_number is not None:
                if type(v_phone_number) is not str:
                    raise _codec.wrong(str, v_phone_number)
            at = "JobTitle"
            v_job_title = src_dict["JobTitle"]
            if v_job_title is not None:
                if type(v_job_title) is not str:
                    raise _codec.wrong(str, v_job_title)
            at = "NewsletterOptIn"
            v_newsletter_opt_in = src_dict["NewsletterOptIn"]
            if type(v_newsletter_opt_in) is not bool:
                raise _codec.wrong(bool, v_newsletter_opt_in)
            at = "Organisation"
            v_organisation = src_dict["Organisation"]
            v_organisation = Organisation.from_dict(v_organisation)
            at = "InsertedAt"
            v_inserted_at = src_dict["InsertedAt"]
            if type(v_inserted_at) is not str:
                raise _codec.wrong(str, v_inserted_at)
            v_inserted_at = datetime.datetime.fromisoformat(v_inserted_at)
            at = "UpdatedAt"
            v_updated_at = src_dict["UpdatedAt"]
            if type(v_updated_at) is not str:
                raise _codec.wrong(str, v_updated_at)
            v_updated_at = datetime.datetime.fromisoformat(v_updated_at)
        except Exception as error:
            raise _codec.unfit("User", at, error) from error
        result = cls(
            v_uuid,
            v_email,
            v_name,
            v_phone_number,
            v_job_title,
            v_newsletter_opt_in,
            v_organisation,
            v_inserted_at,
            v_updated_at,
        )
        if len(src_dict) != 9:
            extra = {key: value for key, value in src_dict.items() if key not in _User_FIELDS}
            result.additional_properties = extra
        return result


_User_FIELDS = frozenset(
    (
        "UUID",
        "Email",
        "Name",
        "PhoneNumber",
        "JobTitle",
        "NewsletterOptIn",
        "Organisation",
        "InsertedAt",
        "UpdatedAt",
    )
)

from ..models.organisation import Organisation
