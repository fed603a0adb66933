from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class AssignedModel:
    """A model that the device has to run.

    Attributes:
        function_uuid: The model.
        name: Its name.
        digest: Digest that the file has to have, as sha256:<hex>.
        size: Size of the file in bytes.
        mime_type: Media type of the file.
        assigned_at: When it was assigned.
        updated_at: When the model last changed.
        named_input: Inputs.
        named_output: Outputs.
        input_driver: What feeds the model.
        input_driver_details: Free settings of a driver.
        output_driver: What reads its results.
        output_driver_details: Free settings of a driver.
    """

    function_uuid: UUID
    name: str
    digest: str
    size: int
    mime_type: str
    assigned_at: datetime.datetime
    updated_at: datetime.datetime
    named_input: list[NamedTensor]
    named_output: list[NamedTensor]
    input_driver: str
    input_driver_details: DriverDetails
    output_driver: str
    output_driver_details: DriverDetails
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["FunctionUUID"] = str(self.function_uuid)
        result["Name"] = self.name
        result["Digest"] = self.digest
        result["Size"] = self.size
        result["MimeType"] = self.mime_type
        result["AssignedAt"] = self.assigned_at.isoformat()
        result["UpdatedAt"] = self.updated_at.isoformat()
        result["NamedInput"] = _codec.plain(self.named_input)
        result["NamedOutput"] = _codec.plain(self.named_output)
        result["InputDriver"] = self.input_driver
        result["InputDriverDetails"] = self.input_driver_details.to_dict()
        result["OutputDriver"] = self.output_driver
        result["OutputDriverDetails"] = self.output_driver_details.to_dict()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> AssignedModel:
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
            at = "Digest"
            v_digest = src_dict["Digest"]
            if type(v_digest) is not str:
                raise _codec.wrong(str, v_digest)
            at = "Size"
            v_size = src_dict["Size"]
            if type(v_size) is not int:
                raise _codec.wrong(int, v_size)
            at = "MimeType"
            v_mime_type = src_dict["MimeType"]
            if type(v_mime_type) is not str:
                raise _codec.wrong(str, v_mime_type)
            at = "AssignedAt"
            v_assigned_at = src_dict["AssignedAt"]
            if type(v_assigned_at) is not str:
                raise _codec.wrong(str, v_assigned_at)
            v_assigned_at = datetime.datetime.fromisoformat(v_assigned_at)
            at = "UpdatedAt"
            v_updated_at = src_dict["UpdatedAt"]
            if type(v_updated_at) is not str:
                raise _codec.wrong(str, v_updated_at)
            v_updated_at = datetime.datetime.fromisoformat(v_updated_at)
            at = "NamedInput"
            v_named_input = src_dict["NamedInput"]
            if type(v_named_input) is not list:
                raise _codec.wrong(list, v_named_input)
            v_named_input = [NamedTensor.from_dict(item) for item in v_named_input]
            at = "NamedOutput"
            v_named_output = src_dict["NamedOutput"]
            if type(v_named_output) is not list:
                raise _codec.wrong(list, v_named_output)
            v_named_output = [NamedTensor.from_dict(item) for item in v_named_output]
            at = "InputDriver"
            v_input_driver = src_dict["InputDriver"]
            if type(v_input_driver) is not str:
                raise _codec.wrong(str, v_input_driver)
            at = "InputDriverDetails"
            v_input_driver_details = src_dict["InputDriverDetails"]
            v_input_driver_details = DriverDetails.from_dict(v_input_driver_details)
            at = "OutputDriver"
            v_output_driver = src_dict["OutputDriver"]
            if type(v_output_driver) is not str:
                raise _codec.wrong(str, v_output_driver)
            at = "OutputDriverDetails"
            v_output_driver_details = src_dict["OutputDriverDetails"]
            v_output_driver_details = DriverDetails.from_dict(v_output_driver_details)
        except Exception as error:
            raise _codec.unfit("AssignedModel", at, error) from error
        result = cls(
            v_function_uuid,
            v_name,
            v_digest,
            v_size,
            v_mime_type,
            v_assigned_at,
            v_updated_at,
            v_named_input,
            v_named_output,
            v_input_driver,
            v_input_driver_details,
            v_output_driver,
            v_output_driver_details,
        )
        if len(src_dict) != 13:
            extra = {
                key: value for key, value in src_dict.items() if key not in _AssignedModel_FIELDS
            }
            result.additional_properties = extra
        return result


_AssignedModel_FIELDS = frozenset(
    (
        "FunctionUUID",
        "Name",
        "Digest",
        "Size",
        "MimeType",
        "AssignedAt",
        "UpdatedAt",
        "NamedInput",
        "NamedOutput",
        "InputDriver",
        "InputDriverDetails",
        "OutputDriver",
        "OutputDriverDetails",
    )
)

from ..models.driver_details import DriverDetails
from ..models.named_tensor import NamedTensor
