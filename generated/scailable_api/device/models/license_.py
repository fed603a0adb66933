from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class License:
    """A license of a device.

    Attributes:
        uuid: Identifier.
        license_key: Key to enter on a device.
        agreement: What a license was agreed on.
        starts_at: First moment it is valid.
        expires_at: Last moment it is valid.
    """

    uuid: UUID
    license_key: UUID
    agreement: Agreement
    starts_at: datetime.datetime
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["UUID"] = str(self.uuid)
        result["LicenseKey"] = str(self.license_key)
        result["Agreement"] = self.agreement.to_dict()
        result["StartsAt"] = self.starts_at.isoformat()
        result["ExpiresAt"] = self.expires_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> License:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "UUID"
            v_uuid = src_dict["UUID"]
            if type(v_uuid) is not str:
                raise _codec.wrong(str, v_uuid)
            v_uuid = _codec.uuid(v_uuid)
            at = "LicenseKey"
            v_license_key = src_dict["LicenseKey"]
            if type(v_license_key) is not str:
                raise _codec.wrong(str, v_license_key)
            v_license_key = _codec.uuid(v_license_key)
            at = "Agreement"
            v_agreement = src_dict["Agreement"]
            v_agreement = Agreement.from_dict(v_agreement)
            at = "StartsAt"
            v_starts_at = src_dict["StartsAt"]
            if type(v_starts_at) is not str:
                raise _codec.wrong(str, v_starts_at)
            v_starts_at = datetime.datetime.fromisoformat(v_starts_at)
            at = "ExpiresAt"
            v_expires_at = src_dict["ExpiresAt"]
            if type(v_expires_at) is not str:
                raise _codec.wrong(str, v_expires_at)
            v_expires_at = datetime.datetime.fromisoformat(v_expires_at)
        except Exception as error:
            raise _codec.unfit("License", at, error) from error
        result = cls(
            v_uuid,
            v_license_key,
            v_agreement,
            v_starts_at,
            v_expires_at,
        )
        if len(src_dict) != 5:
            extra = {key: value for key, value in src_dict.items() if key not in _License_FIELDS}
            result.additional_properties = extra
        return result


_License_FIELDS = frozenset(
    (
        "UUID",
        "LicenseKey",
        "Agreement",
        "StartsAt",
        "ExpiresAt",
    )
)

from ..models.agreement import Agreement
