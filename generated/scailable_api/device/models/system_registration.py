from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class SystemRegistration:
    """A server that registers itself.

    Attributes:
        server_id: The server.
        system_id: The site.
        source: What the server says of itself.
    """

    server_id: UUID
    system_id: UUID
    source: None | SystemSource | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["ServerId"] = str(self.server_id)
        result["SystemId"] = str(self.system_id)
        if not isinstance(self.source, Unset):
            result["Source"] = _codec.plain(self.source)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SystemRegistration:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 2
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
            at = "Source"
            v_source = src_dict.get("Source", UNSET)
            if v_source is not UNSET:
                known += 1
                if v_source is not None:
                    v_source = SystemSource.from_dict(v_source)
        except Exception as error:
            raise _codec.unfit("SystemRegistration", at, error) from error
        result = cls(
            v_server_id,
            v_system_id,
            v_source,
        )
        if len(src_dict) != known:
            extra = {
                key: value
                for key, value in src_dict.items()
                if key not in _SystemRegistration_FIELDS
            }
            result.additional_properties = extra
        return result


_SystemRegistration_FIELDS = frozenset(
    (
        "ServerId",
        "SystemId",
        "Source",
    )
)

from ..models.system_source import SystemSource
