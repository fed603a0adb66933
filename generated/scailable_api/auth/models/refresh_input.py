from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..models.refresh_input_grant_type import RefreshInputGrantType
from ..types import UNSET, Unset


@_attrs_define
class RefreshInput:
    """Which token to renew; an empty object asks for an access token.

    Attributes:
        grant_type: Kind of token asked for.
    """

    grant_type: RefreshInputGrantType | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.grant_type, Unset):
            result["GrantType"] = str(self.grant_type)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> RefreshInput:
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
            at = "GrantType"
            v_grant_type = src_dict.get("GrantType", UNSET)
            if v_grant_type is not UNSET:
                known += 1
                if type(v_grant_type) is not str:
                    raise _codec.wrong(str, v_grant_type)
                v_grant_type = RefreshInputGrantType(v_grant_type)
        except Exception as error:
            raise _codec.unfit("RefreshInput", at, error) from error
        result = cls(
            v_grant_type,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _RefreshInput_FIELDS
            }
            result.additional_properties = extra
        return result


_RefreshInput_FIELDS = frozenset(("GrantType",))
