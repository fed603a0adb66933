from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class DeviceUpdate:
    """Fields to change; a field left out stays as it is.

    Attributes:
        name: Name.
        runtime: Runtime on the device.
        serial: Serial number.
        type_: Kind of hardware.
        registration_token: Token that the device shows; ties the record to that device, in place of an earlier one.
    """

    name: str | Unset = UNSET
    runtime: None | str | Unset = UNSET
    serial: None | str | Unset = UNSET
    type_: None | str | Unset = UNSET
    registration_token: None | str | Unset = _attrs_field(repr=False, default=UNSET)
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.name, Unset):
            result["Name"] = self.name
        if not isinstance(self.runtime, Unset):
            result["Runtime"] = _codec.plain(self.runtime)
        if not isinstance(self.serial, Unset):
            result["Serial"] = _codec.plain(self.serial)
        if not isinstance(self.type_, Unset):
            result["Type"] = _codec.plain(self.type_)
        if not isinstance(self.registration_token, Unset):
            result["RegistrationToken"] = _codec.plain(self.registration_token)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> DeviceUpdate:
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
            at = "Name"
            v_name = src_dict.get("Name", UNSET)
            if v_name is not UNSET:
                known += 1
                if type(v_name) is not str:
                    raise _codec.wrong(str, v_name)
            at = "Runtime"
            v_runtime = src_dict.get("Runtime", UNSET)
            if v_runtime is not UNSET:
                known += 1
                if v_runtime is not None:
                    if type(v_runtime) is not str:
                        raise _codec.wrong(str, v_runtime)
            at = "Serial"
            v_serial = src_dict.get("Serial", UNSET)
            if v_serial is not UNSET:
                known += 1
                if v_serial is not None:
                    if type(v_serial) is not str:
                        raise _codec.wrong(str, v_serial)
            at = "Type"
            v_type_ = src_dict.get("Type", UNSET)
            if v_type_ is not UNSET:
                known += 1
                if v_type_ is not None:
                    if type(v_type_) is not str:
                        raise _codec.wrong(str, v_type_)
            at = "RegistrationToken"
            v_registration_token = src_dict.get("RegistrationToken", UNSET)
            if v_registration_token is not UNSET:
                known += 1
                if v_registration_token is not None:
                    if type(v_registration_token) is not str:
                        raise _codec.wrong(str, v_registration_token)
        except Exception as error:
            raise _codec.unfit("DeviceUpdate", at, error) from error
        result = cls(
            v_name,
            v_runtime,
            v_serial,
            v_type_,
            v_registration_token,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _DeviceUpdate_FIELDS
            }
            result.additional_properties = extra
        return result


_DeviceUpdate_FIELDS = frozenset(
    (
        "Name",
        "Runtime",
        "Serial",
        "Type",
        "RegistrationToken",
    )
)
