from __future__ import annotations

import datetime
from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class HeartbeatReply:
    """What the device should do next.

    Attributes:
        server_time: Time at the cloud.
        heartbeat_seconds: How long to wait before the next report.
    """

    server_time: datetime.datetime
    heartbeat_seconds: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["ServerTime"] = self.server_time.isoformat()
        result["HeartbeatSeconds"] = self.heartbeat_seconds
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> HeartbeatReply:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "ServerTime"
            v_server_time = src_dict["ServerTime"]
            if type(v_server_time) is not str:
                raise _codec.wrong(str, v_server_time)
            v_server_time = datetime.datetime.fromisoformat(v_server_time)
            at = "HeartbeatSeconds"
            v_heartbeat_seconds = src_dict["HeartbeatSeconds"]
            if type(v_heartbeat_seconds) is not int:
                raise _codec.wrong(int, v_heartbeat_seconds)
        except Exception as error:
            raise _codec.unfit("HeartbeatReply", at, error) from error
        result = cls(
            v_server_time,
            v_heartbeat_seconds,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _HeartbeatReply_FIELDS
            }
            result.additional_properties = extra
        return result


_HeartbeatReply_FIELDS = frozenset(
    (
        "ServerTime",
        "HeartbeatSeconds",
    )
)
