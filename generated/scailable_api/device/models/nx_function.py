from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class NxFunction:
    """A function in the form that the plugin reads.

    Attributes:
        uuid: Identifier.
        name: Name.
        documentation: Documentation in Markdown.
        downloads: Files that can be fetched.
        input_driver: What feeds the model.
        input_driver_details: Free settings of a driver.
        output_driver: What reads its results.
        output_driver_details: Free settings of a driver.
        named_input: Inputs; null before the conversion.
        named_output: Outputs; null before the conversion.
        updated_at: When it last changed.
    """

    uuid: UUID
    name: str
    documentation: str
    downloads: list[Download]
    input_driver: str
    input_driver_details: DriverDetails
    output_driver: str
    output_driver_details: DriverDetails
    named_input: list[NamedTensor] | None
    named_output: list[NamedTensor] | None
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["UUID"] = str(self.uuid)
        result["Name"] = self.name
        result["Documentation"] = self.documentation
        result["Downloads"] = _codec.plain(self.downloads)
        result["InputDriver"] = self.input_driver
        result["InputDriverDetails"] = self.input_driver_details.to_dict()
        result["OutputDriver"] = self.output_driver
        result["OutputDriverDetails"] = self.output_driver_details.to_dict()
        result["NamedInput"] = _codec.plain(self.named_input)
        result["NamedOutput"] = _codec.plain(self.named_output)
        result["UpdatedAt"] = self.updated_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> NxFunction:
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
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "Documentation"
            v_documentation = src_dict["Documentation"]
            if type(v_documentation) is not str:
                raise _codec.wrong(str, v_documentation)
            at = "Downloads"
            v_downloads = src_dict["Downloads"]
            if type(v_downloads) is not list:
                raise _codec.wrong(list, v_downloads)
            v_downloads = [Download.from_dict(item) for item in v_downloads]
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
            at = "NamedInput"
            v_named_input = src_dict["NamedInput"]
            if v_named_input is not None:
                if type(v_named_input) is not list:
                    raise _codec.wrong(list, v_named_input)
                v_named_input = [NamedTensor.from_dict(item) for item in v_named_input]
            at = "NamedOutput"
            v_named_output = src_dict["NamedOutput"]
            if v_named_output is not None:
                if type(v_named_output) is not list:
                    raise _codec.wrong(list, v_named_output)
                v_named_output = [NamedTensor.from_dict(item) for item in v_named_output]
            at = "UpdatedAt"
            v_updated_at = src_dict["UpdatedAt"]
            if type(v_updated_at) is not str:
                raise _codec.wrong(str, v_updated_at)
            v_updated_at = datetime.datetime.fromisoformat(v_updated_at)
        except Exception as error:
            raise _codec.unfit("NxFunction", at, error) from error
        result = cls(
            v_uuid,
            v_name,
            v_documentation,
            v_downloads,
            v_input_driver,
            v_input_driver_details,
            v_output_driver,
            v_output_driver_details,
            v_named_input,
            v_named_output,
            v_updated_at,
        )
        if len(src_dict) != 11:
            extra = {key: value for key, value in src_dict.items() if key not in _NxFunction_FIELDS}
            result.additional_properties = extra
        return result


_NxFunction_FIELDS = frozenset(
    (
        "UUID",
        "Name",
        "Documentation",
        "Downloads",
        "InputDriver",
        "InputDriverDetails",
        "OutputDriver",
        "OutputDriverDetails",
        "NamedInput",
        "NamedOutput",
        "UpdatedAt",
    )
)

from ..models.download import Download
from ..models.driver_details import DriverDetails
from ..models.named_tensor import NamedTensor
