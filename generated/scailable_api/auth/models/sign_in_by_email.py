from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class SignInByEmail:
    """Sign-in body of the 2023 service, which the published sclblpy still sends.

    Attributes:
        email: E-mail address of the account.
        password: Password of the account.
    """

    email: str
    password: str = _attrs_field(repr=False)
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Email"] = self.email
        result["Password"] = self.password
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SignInByEmail:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Email"
            v_email = src_dict["Email"]
            if type(v_email) is not str:
                raise _codec.wrong(str, v_email)
            at = "Password"
            v_password = src_dict["Password"]
            if type(v_password) is not str:
                raise _codec.wrong(str, v_password)
        except Exception as error:
            raise _codec.unfit("SignInByEmail", at, error) from error
        result = cls(
            v_email,
            v_password,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _SignInByEmail_FIELDS
            }
            result.additional_properties = extra
        return result


_SignInByEmail_FIELDS = frozenset(
    (
        "Email",
        "Password",
    )
)
