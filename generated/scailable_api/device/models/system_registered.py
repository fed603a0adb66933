from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class SystemRegistered:
    """The registration as it was kept.

    Attributes:
        server_id: The server.
        system_id: The site.
        tied: True when the site belongs to an organisation.
        registered_at: When the server last registered.
    """

    server_id: UUID
    system_id: UUID
    tied: bool
    registered_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["ServerId"] = str(self.server_id)
        result["SystemId"] = str(self.system_id)
        result["Tied"] = self.tied
        result["RegisteredAt"] = self.registered_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SystemRegistered:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "ServerId"
            v_server_id = src_dict["ServerId"]
            if type(v_server_id) is not str:
                raise _codec.wrong(str, v_server_id)
            v_server_id = _codec.uuid(v_server_id)
            at = "SystemId"
            v_system_id = src_dict["SystemId"]
            if type(v_system_id) is not str:
                raise _codec.wrong(str, v_system_id)
            v_system_id = _codec.uuid(v_system_id)
            at = "Tied"
            v_tied = src_dict["Tied"]
            if type(v_tied) is not bool:
                raise _codec.wrong(bool, v_tied)
            at = "RegisteredAt"
            v_registered_at = src_dict["RegisteredAt"]
            if type(v_registered_at) is not str:
                raise _codec.wrong(str, v_registered_at)
            v_registered_at = datetime.datetime.fromisoformat(v_registered_at)
        except Exception as error:
            raise _codec.unfit("SystemRegistered", at, error) from error
        result = cls(
            v_server_id,
            v_system_id,
            v_tied,
            v_registered_at,
        )
        if len(src_dict) != 4:
            extra = {
                key: value for key, value in src_dict.items() if key not in _SystemRegistered_FIELDS
            }
            result.additional_properties = extra
        return result


_SystemRegistered_FIELDS = frozenset(
    (
        "ServerId",
        "SystemId",
        "Tied",
        "RegisteredAt",
    )
)
