from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class SignInReply:
    """Tokens of a new session. The 2023 body is answered with the refresh token alone.

    Attributes:
        refresh_token: Token that gets new access tokens, valid for hours.
        access_token: Token for calls, valid for minutes.
    """

    refresh_token: str = _attrs_field(repr=False)
    access_token: str | Unset = _attrs_field(repr=False, default=UNSET)
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["RefreshToken"] = self.refresh_token
        if not isinstance(self.access_token, Unset):
            result["AccessToken"] = self.access_token
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SignInReply:
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
            at = "RefreshToken"
            v_refresh_token = src_dict["RefreshToken"]
            if type(v_refresh_token) is not str:
                raise _codec.wrong(str, v_refresh_token)
            at = "AccessToken"
            v_access_token = src_dict.get("AccessToken", UNSET)
            if v_access_token is not UNSET:
                known += 1
                if type(v_access_token) is not str:
                    raise _codec.wrong(str, v_access_token)
        except Exception as error:
            raise _codec.unfit("SignInReply", at, error) from error
        result = cls(
            v_refresh_token,
            v_access_token,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _SignInReply_FIELDS
            }
            result.additional_properties = extra
        return result


_SignInReply_FIELDS = frozenset(
    (
        "RefreshToken",
        "AccessToken",
    )
)
