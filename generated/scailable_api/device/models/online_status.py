from __future__ import annotations

import datetime
from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class OnlineStatus:
    """Whether a device reported lately.

    Attributes:
        online: True while it reports in time.
        online_at: When it last reported; null when it never did.
    """

    online: bool
    online_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Online"] = self.online
        result["OnlineAt"] = _codec.plain(self.online_at)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> OnlineStatus:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Online"
            v_online = src_dict["Online"]
            if type(v_online) is not bool:
                raise _codec.wrong(bool, v_online)
            at = "OnlineAt"
            v_online_at = src_dict["OnlineAt"]
            if v_online_at is not None:
                if type(v_online_at) is not str:
                    raise _codec.wrong(str, v_online_at)
                v_online_at = datetime.datetime.fromisoformat(v_online_at)
        except Exception as error:
            raise _codec.unfit("OnlineStatus", at, error) from error
        result = cls(
            v_online,
            v_online_at,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _OnlineStatus_FIELDS
            }
            result.additional_properties = extra
        return result


_OnlineStatus_FIELDS = frozenset(
    (
        "Online",
        "OnlineAt",
    )
)
