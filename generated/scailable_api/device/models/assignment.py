from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Assignment:
    """A function assigned to a device, and what the device says of it.

    Attributes:
        function_uuid: The function.
        name: Its name.
        status: State of the function: processing, ok or error.
        state: What the device last said: assigned (nothing yet), downloading, running, failed or
            refused.
        message: Why it failed, in the device's words.
        digest: Digest of the model on the device, as sha256:<hex>; null when none was reported.
        assigned_at: When it was assigned.
        reported_at: When the device last spoke of it.
    """

    function_uuid: UUID
    name: str
    status: str
    state: str
    message: None | str
    digest: None | str
    assigned_at: datetime.datetime
    reported_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["FunctionUUID"] = str(self.function_uuid)
        result["Name"] = self.name
        result["Status"] = self.status
        result["State"] = self.state
        result["Message"] = _codec.plain(self.message)
        result["Digest"] = _codec.plain(self.digest)
        result["AssignedAt"] = self.assigned_at.isoformat()
        result["ReportedAt"] = _codec.plain(self.reported_at)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Assignment:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "FunctionUUID"
            v_function_uuid = src_dict["FunctionUUID"]
            if type(v_function_uuid) is not str:
                raise _codec.wrong(str, v_function_uuid)
            v_function_uuid = _codec.uuid(v_function_uuid)
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "Status"
            v_status = src_dict["Status"]
            if type(v_status) is not str:
                raise _codec.wrong(str, v_status)
            at = "State"
            v_state = src_dict["State"]
            if type(v_state) is not str:
                raise _codec.wrong(str, v_state)
            at = "Message"
            v_message = src_dict["Message"]
            if v_message is not None:
                if type(v_message) is not str:
                    raise _codec.wrong(str, v_message)
            at = "Digest"
            v_digest = src_dict["Digest"]
            if v_digest is not None:
                if type(v_digest) is not str:
                    raise _codec.wrong(str, v_digest)
            at = "AssignedAt"
            v_assigned_at = src_dict["AssignedAt"]
            if type(v_assigned_at) is not str:
                raise _codec.wrong(str, v_assigned_at)
            v_assigned_at = datetime.datetime.fromisoformat(v_assigned_at)
            at = "ReportedAt"
            v_reported_at = src_dict["ReportedAt"]
            if v_reported_at is not None:
                if type(v_reported_at) is not str:
                    raise _codec.wrong(str, v_reported_at)
                v_reported_at = datetime.datetime.fromisoformat(v_reported_at)
        except Exception as error:
            raise _codec.unfit("Assignment", at, error) from error
        result = cls(
            v_function_uuid,
            v_name,
            v_status,
            v_state,
            v_message,
            v_digest,
            v_assigned_at,
            v_reported_at,
        )
        if len(src_dict) != 8:
            extra = {key: value for key, value in src_dict.items() if key not in _Assignment_FIELDS}
            result.additional_properties = extra
        return result


_Assignment_FIELDS = frozenset(
    (
        "FunctionUUID",
        "Name",
        "Status",
        "State",
        "Message",
        "Digest",
        "AssignedAt",
        "ReportedAt",
    )
)
