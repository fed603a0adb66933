from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class RegisterInput:
    """A new account. Its organisation is made from the company.

    Attributes:
        email: E-mail address; signs in later.
        password: Password to set.
        name: Name of the user.
        company: Name of the organisation to create.
        accept_eula: Has to be true.
        phone_number: Telephone number.
        job_title: Job title.
        newsletter_opt_in: True to receive the newsletter.
    """

    email: str
    password: str = _attrs_field(repr=False)
    name: str
    company: str
    accept_eula: bool
    phone_number: None | str | Unset = UNSET
    job_title: None | str | Unset = UNSET
    newsletter_opt_in: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Email"] = self.email
        result["Password"] = self.password
        result["Name"] = self.name
        result["Company"] = self.company
        result["AcceptEULA"] = self.accept_eula
        if not isinstance(self.phone_number, Unset):
            result["PhoneNumber"] = _codec.plain(self.phone_number)
        if not isinstance(self.job_title, Unset):
            result["JobTitle"] = _codec.plain(self.job_title)
        if not isinstance(self.newsletter_opt_in, Unset):
            result["NewsletterOptIn"] = self.newsletter_opt_in
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> RegisterInput:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 5
        try:
            at = "Email"
            v_email = src_dict["Email"]
            if type(v_email) is not str:
                raise _codec.wrong(str, v_email)
            at = "Password"
            v_password = src_dict["Password"]
            if type(v_password) is not str:
                raise _codec.wrong(str, v_password)
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "Company"
            v_company = src_dict["Company"]
            if type(v_company) is not str:
                raise _codec.wrong(str, v_company)
            at = "AcceptEULA"
            v_accept_eula = src_dict["AcceptEULA"]
            if type(v_accept_eula) is not bool:
                raise _codec.wrong(bool, v_accept_eula)
            at = "PhoneNumber"
            v_phone_number = src_dict.get("PhoneNumber", UNSET)
            if v_phone_number is not UNSET:
                known += 1
                if v_phone_number is not None:
                    if type(v_phone_number) is not str:
                        raise _codec.wrong(str, v_phone_number)
            at = "JobTitle"
            v_job_title = src_dict.get("JobTitle", UNSET)
            if v_job_title is not UNSET:
                known += 1
                if v_job_title is not None:
                    if type(v_job_title) is not str:
                        raise _codec.wrong(str, v_job_title)
            at = "NewsletterOptIn"
            v_newsletter_opt_in = src_dict.get("NewsletterOptIn", UNSET)
            if v_newsletter_opt_in is not UNSET:
                known += 1
                if type(v_newsletter_opt_in) is not bool:
                    raise _codec.wrong(bool, v_newsletter_opt_in)
        except Exception as error:
            raise _codec.unfit("RegisterInput", at, error) from error
        result = cls(
            v_email,
            v_password,
            v_name,
            v_company,
            v_accept_eula,
            v_phone_number,
            v_job_title,
            v_newsletter_opt_in,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _RegisterInput_FIELDS
            }
            result.additional_properties = extra
        return result


_RegisterInput_FIELDS = frozenset(
    (
        "Email",
        "Password",
        "Name",
        "Company",
        "AcceptEULA",
        "PhoneNumber",
        "JobTitle",
        "NewsletterOptIn",
    )
)
