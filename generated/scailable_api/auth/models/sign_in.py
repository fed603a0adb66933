from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class SignIn:
    """Sign-in body of the current service.

    Attributes:
        username: E-mail address of the account.
        password: Password of the account.
        keep_logged_in: True asks for a session that lasts for weeks instead of hours.
    """

    username: str
    password: str = _attrs_field(repr=False)
    keep_logged_in: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Username"] = self.username
        result["Password"] = self.password
        result["KeepLoggedIn"] = self.keep_logged_in
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SignIn:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Username"
            v_username = src_dict["Username"]
            if type(v_username) is not str:
                raise _codec.wrong(str, v_username)
            at = "Password"
            v_password = src_dict["Password"]
            if type(v_password) is not str:
                raise _codec.wrong(str, v_password)
            at = "KeepLoggedIn"
            v_keep_logged_in = src_dict["KeepLoggedIn"]
            if type(v_keep_logged_in) is not bool:
                raise _codec.wrong(bool, v_keep_logged_in)
        except Exception as error:
            raise _codec.unfit("SignIn", at, error) from error
        result = cls(
            v_username,
            v_password,
            v_keep_logged_in,
        )
        if len(src_dict) != 3:
            extra = {key: value for key, value in src_dict.items() if key not in _SignIn_FIELDS}
            result.additional_properties = extra
        return result


_SignIn_FIELDS = frozenset(
    (
        "Username",
        "Password",
        "KeepLoggedIn",
    )
)
