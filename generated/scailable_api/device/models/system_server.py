from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class SystemServer:
    """The server of a camera.

    Attributes:
        name: Name.
        status: Online or Offline.
        ai_plugin_version: Version of the plugin.
        supports: What a server can do.
    """

    name: str
    status: str
    ai_plugin_version: None | str
    supports: Supports
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Name"] = self.name
        result["Status"] = self.status
        result["AIPluginVersion"] = _codec.plain(self.ai_plugin_version)
        result["Supports"] = self.supports.to_dict()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SystemServer:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "Status"
            v_status = src_dict["Status"]
            if type(v_status) is not str:
                raise _codec.wrong(str, v_status)
            at = "AIPluginVersion"
            v_ai_plugin_version = src_dict["AIPluginVersion"]
            if v_ai_plugin_version is not None:
                if type(v_ai_plugin_version) is not str:
                    raise _codec.wrong(str, v_ai_plugin_version)
            at = "Supports"
            v_supports = src_dict["Supports"]
            v_supports = Supports.from_dict(v_supports)
        except Exception as error:
            raise _codec.unfit("SystemServer", at, error) from error
        result = cls(
            v_name,
            v_status,
            v_ai_plugin_version,
            v_supports,
        )
        if len(src_dict) != 4:
            extra = {
                key: value for key, value in src_dict.items() if key not in _SystemServer_FIELDS
            }
            result.additional_properties = extra
        return result


_SystemServer_FIELDS = frozenset(
    (
        "Name",
        "Status",
        "AIPluginVersion",
        "Supports",
    )
)

from ..models.supports import Supports
