from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..models.credential_status import CredentialStatus


@_attrs_define
class Credential:
    """Whether the device was tied and, if so, its credential.

    Attributes:
        status: pending or tied.
        device: Record of the device; null while pending.
        name: Name of the record; null while pending.
        credential: The credential; null while pending.
    """

    status: CredentialStatus
    device: None | UUID
    name: None | str
    credential: None | str = _attrs_field(repr=False)
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Status"] = str(self.status)
        result["Device"] = _codec.plain(self.device)
        result["Name"] = _codec.plain(self.name)
        result["Credential"] = _codec.plain(self.credential)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Credential:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Status"
            v_status = src_dict["Status"]
            if type(v_status) is not str:
                raise _codec.wrong(str, v_status)
            v_status = CredentialStatus(v_status)
            at = "Device"
            v_device = src_dict["Device"]
            if v_device is not None:
                if type(v_device) is not str:
                    raise _codec.wrong(str, v_device)
                v_device = _codec.uuid(v_device)
            at = "Name"
            v_name = src_dict["Name"]
            if v_name is not None:
                if type(v_name) is not str:
                    raise _codec.wrong(str, v_name)
            at = "Credential"
            v_credential = src_dict["Credential"]
            if v_credential is not None:
                if type(v_credential) is not str:
                    raise _codec.wrong(str, v_credential)
        except Exception as error:
            raise _codec.unfit("Credential", at, error) from error
        result = cls(
            v_status,
            v_device,
            v_name,
            v_credential,
        )
        if len(src_dict) != 4:
            extra = {key: value for key, value in src_dict.items() if key not in _Credential_FIELDS}
            result.additional_properties = extra
        return result


_Credential_FIELDS = frozenset(
    (
        "Status",
        "Device",
        "Name",
        "Credential",
    )
)
