from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class SystemDevice:
    """A camera of a site.

    Attributes:
        nx_id: Identifier in braces.
        name: Name.
        server: The server of a camera.
        v2: Identifier in the second form.
        nx_ai: What runs on a camera.
    """

    nx_id: str
    name: str
    server: SystemServer
    v2: SystemDeviceV2
    nx_ai: NxAI
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["NxID"] = self.nx_id
        result["Name"] = self.name
        result["Server"] = self.server.to_dict()
        result["V2"] = self.v2.to_dict()
        result["nxAI"] = self.nx_ai.to_dict()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SystemDevice:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "NxID"
            v_nx_id = src_dict["NxID"]
            if type(v_nx_id) is not str:
                raise _codec.wrong(str, v_nx_id)
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "Server"
            v_server = src_dict["Server"]
            v_server = SystemServer.from_dict(v_server)
            at = "V2"
            v_v2 = src_dict["V2"]
            v_v2 = SystemDeviceV2.from_dict(v_v2)
            at = "nxAI"
            v_nx_ai = src_dict["nxAI"]
            v_nx_ai = NxAI.from_dict(v_nx_ai)
        except Exception as error:
            raise _codec.unfit("SystemDevice", at, error) from error
        result = cls(
            v_nx_id,
            v_name,
            v_server,
            v_v2,
            v_nx_ai,
        )
        if len(src_dict) != 5:
            extra = {
                key: value for key, value in src_dict.items() if key not in _SystemDevice_FIELDS
            }
            result.additional_properties = extra
        return result


_SystemDevice_FIELDS = frozenset(
    (
        "NxID",
        "Name",
        "Server",
        "V2",
        "nxAI",
    )
)

from ..models.nx_ai import NxAI
from ..models.system_device_v2 import SystemDeviceV2
from ..models.system_server import SystemServer
