from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class FunctionInput:
    """What is said of a new function.

    Attributes:
        name: Name.
        input_driver: What feeds the model, such as vision.
        input_driver_details: Free settings of a driver. For vision: channels, height, width, order (0 = NCHW, 1 =
            NHWC), means, vars.
        output_driver: What reads its results.
        output_driver_details: Free settings of a driver. For vision: channels, height, width, order (0 = NCHW, 1 =
            NHWC), means, vars.
        alias: Second name.
        documentation: Documentation in Markdown.
        source_name: Name of the source.
        source_url: Address of the source.
        catalogues: Catalogues to put it in; replaces the earlier ones. Inferred: no public client sets it.
    """

    name: str
    input_driver: str
    input_driver_details: DriverDetails
    output_driver: str
    output_driver_details: DriverDetails
    alias: None | str | Unset = UNSET
    documentation: None | str | Unset = UNSET
    source_name: None | str | Unset = UNSET
    source_url: None | str | Unset = UNSET
    catalogues: list[UUID] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Name"] = self.name
        result["InputDriver"] = self.input_driver
        result["InputDriverDetails"] = self.input_driver_details.to_dict()
        result["OutputDriver"] = self.output_driver
        result["OutputDriverDetails"] = self.output_driver_details.to_dict()
        if not isinstance(self.alias, Unset):
            result["Alias"] = _codec.plain(self.alias)
        if not isinstance(self.documentation, Unset):
            result["Documentation"] = _codec.plain(self.documentation)
        if not isinstance(self.source_name, Unset):
            result["SourceName"] = _codec.plain(self.source_name)
        if not isinstance(self.source_url, Unset):
            result["SourceUrl"] = _codec.plain(self.source_url)
        if not isinstance(self.catalogues, Unset):
            result["Catalogues"] = _codec.plain(self.catalogues)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> FunctionInput:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 5
        try:
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
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
            at = "Alias"
            v_alias = src_dict.get("Alias", UNSET)
            if v_alias is not UNSET:
                known += 1
                if v_alias is not None:
                    if type(v_alias) is not str:
                        raise _codec.wrong(str, v_alias)
            at = "Documentation"
            v_documentation = src_dict.get("Documentation", UNSET)
            if v_documentation is not UNSET:
                known += 1
                if v_documentation is not None:
                    if type(v_documentation) is not str:
                        raise _codec.wrong(str, v_documentation)
            at = "SourceName"
            v_source_name = src_dict.get("SourceName", UNSET)
            if v_source_name is not UNSET:
                known += 1
                if v_source_name is not None:
                    if type(v_source_name) is not str:
                        raise _codec.wrong(str, v_source_name)
            at = "SourceUrl"
            v_source_url = src_dict.get("SourceUrl", UNSET)
            if v_source_url is not UNSET:
                known += 1
                if v_source_url is not None:
                    if type(v_source_url) is not str:
                        raise _codec.wrong(str, v_source_url)
            at = "Catalogues"
            v_catalogues = src_dict.get("Catalogues", UNSET)
            if v_catalogues is not UNSET:
                known += 1
                if type(v_catalogues) is not list:
                    raise _codec.wrong(list, v_catalogues)
                for item in v_catalogues:
                    if type(item) is not str:
                        raise _codec.wrong(str, item)
                v_catalogues = [_codec.uuid(item) for item in v_catalogues]
        except Exception as error:
            raise _codec.unfit("FunctionInput", at, error) from error
        result = cls(
            v_name,
            v_input_driver,
            v_input_driver_details,
            v_output_driver,
            v_output_driver_details,
            v_alias,
            v_documentation,
            v_source_name,
            v_source_url,
            v_catalogues,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _FunctionInput_FIELDS
            }
            result.additional_properties = extra
        return result


_FunctionInput_FIELDS = frozenset(
    (
        "Name",
        "InputDriver",
        "InputDriverDetails",
        "OutputDriver",
        "OutputDriverDetails",
        "Alias",
        "Documentation",
        "SourceName",
        "SourceUrl",
        "Catalogues",
    )
)

from ..models.driver_details import DriverDetails
