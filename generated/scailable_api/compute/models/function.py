from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Function:
    """A function (a model).

    Attributes:
        uuid: Identifier.
        name: Name.
        alias: Second name; empty when there is none.
        documentation: Documentation in Markdown.
        status: State: processing, then ok or error.
        input_driver: What feeds the model.
        input_driver_details: Free settings of a driver. For vision: channels, height, width, order (0 = NCHW, 1 =
            NHWC), means, vars.
        output_driver: What reads its results.
        output_driver_details: Free settings of a driver. For vision: channels, height, width, order (0 = NCHW, 1 =
            NHWC), means, vars.
        named_input: Inputs; null before the conversion.
        named_output: Outputs; null before the conversion.
        catalogues: Catalogues that the function is in.
        code: The compiled form of the function.
        source: Where the function came from.
        sync_information: State of the link to a training platform; empty for plain uploads.
        inserted_at: When it was added.
        updated_at: When it last changed.
        organisation: The organisation that owns an object.
        device_count: Devices that it is assigned to.
        downloads: Files that can be fetched.
    """

    uuid: UUID
    name: str
    alias: str
    documentation: str
    status: str
    input_driver: str
    input_driver_details: DriverDetails
    output_driver: str
    output_driver_details: DriverDetails
    named_input: list[NamedTensor] | None
    named_output: list[NamedTensor] | None
    catalogues: list[CatalogueReference]
    code: Code
    source: Source
    sync_information: SyncInformation
    inserted_at: datetime.datetime
    updated_at: datetime.datetime
    organisation: Organisation
    device_count: int
    downloads: list[Download]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["UUID"] = str(self.uuid)
        result["Name"] = self.name
        result["Alias"] = self.alias
        result["Documentation"] = self.documentation
        result["Status"] = self.status
        result["InputDriver"] = self.input_driver
        result["InputDriverDetails"] = self.input_driver_details.to_dict()
        result["OutputDriver"] = self.output_driver
        result["OutputDriverDetails"] = self.output_driver_details.to_dict()
        result["NamedInput"] = _codec.plain(self.named_input)
        result["NamedOutput"] = _codec.plain(self.named_output)
        result["Catalogues"] = _codec.plain(self.catalogues)
        result["Code"] = self.code.to_dict()
        result["Source"] = self.source.to_dict()
        result["SyncInformation"] = self.sync_information.to_dict()
        result["InsertedAt"] = self.inserted_at.isoformat()
        result["UpdatedAt"] = self.updated_at.isoformat()
        result["Organisation"] = self.organisation.to_dict()
        result["DeviceCount"] = self.device_count
        result["Downloads"] = _codec.plain(self.downloads)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Function:
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
            at = "Alias"
            v_alias = src_dict["Alias"]
            if type(v_alias) is not str:
                raise _codec.wrong(str, v_alias)
            at = "Documentation"
            v_documentation = src_dict["Documentation"]
            if type(v_documentation) is not str:
                raise _codec.wrong(str, v_documentation)
            at = "Status"
            v_status = src_dict["Status"]
            if type(v_status) is not str:
                raise _codec.wrong(str, v_status)
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
            at = "Catalogues"
            v_catalogues = src_dict["Catalogues"]
            if type(v_catalogues) is not list:
                raise _codec.wrong(list, v_catalogues)
            v_catalogues = [CatalogueReference.from_dict(item) for item in v_catalogues]
            at = "Code"
            v_code = src_dict["Code"]
            v_code = Code.from_dict(v_code)
            at = "Source"
            v_source = src_dict["Source"]
            v_source = Source.from_dict(v_source)
            at = "SyncInformation"
            v_sync_information = src_dict["SyncInformation"]
            v_sync_information = SyncInformation.from_dict(v_sync_information)
            at = "InsertedAt"
            v_inserted_at = src_dict["InsertedAt"]
            if type(v_inserted_at) is not str:
                raise _codec.wrong(str, v_inserted_at)
            v_inserted_at = datetime.datetime.fromisoformat(v_inserted_at)
            at = "UpdatedAt"
            v_updated_at = src_dict["UpdatedAt"]
            if type(v_updated_at) is not str:
                raise _codec.wrong(str, v_updated_at)
            v_updated_at = datetime.datetime.fromisoformat(v_updated_at)
            at = "Organisation"
            v_organisation = src_dict["Organisation"]
            v_organisation = Organisation.from_dict(v_organisation)
            at = "DeviceCount"
            v_device_count = src_dict["DeviceCount"]
            if type(v_device_count) is not int:
                raise _codec.wrong(int, v_device_count)
            at = "Downloads"
            v_downloads = src_dict["Downloads"]
            if type(v_downloads) is not list:
                raise _codec.wrong(list, v_downloads)
            v_downloads = [Download.from_dict(item) for item in v_downloads]
        except Exception as error:
            raise _codec.unfit("Function", at, error) from error
        result = cls(
            v_uuid,
            v_name,
            v_alias,
            v_documentation,
            v_status,
            v_input_driver,
            v_input_driver_details,
            v_output_driver,
            v_output_driver_details,
            v_named_input,
            v_named_output,
            v_catalogues,
            v_code,
            v_source,
            v_sync_information,
            v_inserted_at,
            v_updated_at,
            v_organisation,
            v_device_count,
            v_downloads,
        )
        if len(src_dict) != 20:
            extra = {key: value for key, value in src_dict.items() if key not in _Function_FIELDS}
            result.additional_properties = extra
        return result


_Function_FIELDS = frozenset(
    (
        "UUID",
        "Name",
        "Alias",
        "Documentation",
        "Status",
        "InputDriver",
        "InputDriverDetails",
        "OutputDriver",
        "OutputDriverDetails",
        "NamedInput",
        "NamedOutput",
        "Catalogues",
        "Code",
        "Source",
        "SyncInformation",
        "InsertedAt",
        "UpdatedAt",
        "Organisation",
        "DeviceCount",
        "Downloads",
    )
)

from ..models.catalogue_reference import CatalogueReference
from ..models.code import Code
from ..models.download import Download
from ..models.driver_details import DriverDetails
from ..models.named_tensor import NamedTensor
from ..models.organisation import Organisation
from ..models.source import Source
from ..models.sync_information import SyncInformation
