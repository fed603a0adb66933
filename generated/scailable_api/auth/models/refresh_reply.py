from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class RefreshReply:
    """The renewed token; only the kind that was asked for is present.

    Attributes:
        access_token: New access token.
        refresh_token: New refresh token; it replaces the old one.
    """

    access_token: str | Unset = _attrs_field(repr=False, default=UNSET)
    refresh_token: str | Unset = _attrs_field(repr=False, default=UNSET)
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.access_token, Unset):
            result["AccessToken"] = self.access_token
        if not isinstance(self.refresh_token, Unset):
            result["RefreshToken"] = self.refresh_token
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> RefreshReply:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 0
        try:
            at = "AccessToken"
            v_access_token = src_dict.get("AccessToken", UNSET)
            if v_access_token is not UNSET:
                known += 1
                if type(v_access_token) is not str:
                    raise _codec.wrong(str, v_access_token)
            at = "RefreshToken"
            v_refresh_token = src_dict.get("RefreshToken", UNSET)
            if v_refresh_token is not UNSET:
                known += 1
                if type(v_refresh_token) is not str:
                    raise _codec.wrong(str, v_refresh_token)
        except Exception as error:
            raise _codec.unfit("RefreshReply", at, error) from error
        result = cls(
            v_access_token,
            v_refresh_token,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _RefreshReply_FIELDS
            }
            result.additional_properties = extra
        return result


_RefreshReply_FIELDS = frozenset(
    (
        "AccessToken",
        "RefreshToken",
    )
)
