from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class SystemSource:
    """What a server says of itself. The license key is what ties its site to an organisation.

    Attributes:
        license_key: Key of a license of the organisation that the site belongs to.
        server_name: Name of the server.
        ai_plugin_version: Version of the plugin.
        devices: Cameras that the server knows.
    """

    license_key: UUID | Unset = UNSET
    server_name: str | Unset = UNSET
    ai_plugin_version: str | Unset = UNSET
    devices: list[SourceDevice] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.license_key, Unset):
            result["LicenseKey"] = str(self.license_key)
        if not isinstance(self.server_name, Unset):
            result["ServerName"] = self.server_name
        if not isinstance(self.ai_plugin_version, Unset):
            result["AIPluginVersion"] = self.ai_plugin_version
        if not isinstance(self.devices, Unset):
            result["Devices"] = _codec.plain(self.devices)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> SystemSource:
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
            at = "LicenseKey"
            v_license_key = src_dict.get("LicenseKey", UNSET)
            if v_license_key is not UNSET:
                known += 1
                if type(v_license_key) is not str:
                    raise _codec.wrong(str, v_license_key)
                v_license_key = _codec.uuid(v_license_key)
            at = "ServerName"
            v_server_name = src_dict.get("ServerName", UNSET)
            if v_server_name is not UNSET:
                known += 1
                if type(v_server_name) is not str:
                    raise _codec.wrong(str, v_server_name)
            at = "AIPluginVersion"
            v_ai_plugin_version = src_dict.get("AIPluginVersion", UNSET)
            if v_ai_plugin_version is not UNSET:
                known += 1
                if type(v_ai_plugin_version) is not str:
                    raise _codec.wrong(str, v_ai_plugin_version)
            at = "Devices"
            v_devices = src_dict.get("Devices", UNSET)
            if v_devices is not UNSET:
                known += 1
                if type(v_devices) is not list:
                    raise _codec.wrong(list, v_devices)
                v_devices = [SourceDevice.from_dict(item) for item in v_devices]
        except Exception as error:
            raise _codec.unfit("SystemSource", at, error) from error
        result = cls(
            v_license_key,
            v_server_name,
            v_ai_plugin_version,
            v_devices,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _SystemSource_FIELDS
            }
            result.additional_properties = extra
        return result


_SystemSource_FIELDS = frozenset(
    (
        "LicenseKey",
        "ServerName",
        "AIPluginVersion",
        "Devices",
    )
)

from ..models.source_device import SourceDevice
