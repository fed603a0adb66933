from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class PipelinesInput:
    """Pipelines that replace all earlier ones of the devices.

    Attributes:
        devices: Cameras, in braces.
        functions: Functions that the pipelines use.
        pipelines: The pipelines.
    """

    devices: list[str]
    functions: list[UUID]
    pipelines: list[Pipeline]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Devices"] = _codec.plain(self.devices)
        result["Functions"] = _codec.plain(self.functions)
        result["Pipelines"] = _codec.plain(self.pipelines)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> PipelinesInput:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Devices"
            v_devices = src_dict["Devices"]
            if type(v_devices) is not list:
                raise _codec.wrong(list, v_devices)
            for item in v_devices:
                if type(item) is not str:
                    raise _codec.wrong(str, item)
            at = "Functions"
            v_functions = src_dict["Functions"]
            if type(v_functions) is not list:
                raise _codec.wrong(list, v_functions)
            for item in v_functions:
                if type(item) is not str:
                    raise _codec.wrong(str, item)
            v_functions = [_codec.uuid(item) for item in v_functions]
            at = "Pipelines"
            v_pipelines = src_dict["Pipelines"]
            if type(v_pipelines) is not list:
                raise _codec.wrong(list, v_pipelines)
            v_pipelines = [Pipeline.from_dict(item) for item in v_pipelines]
        except Exception as error:
            raise _codec.unfit("PipelinesInput", at, error) from error
        result = cls(
            v_devices,
            v_functions,
            v_pipelines,
        )
        if len(src_dict) != 3:
            extra = {
                key: value for key, value in src_dict.items() if key not in _PipelinesInput_FIELDS
            }
            result.additional_properties = extra
        return result


_PipelinesInput_FIELDS = frozenset(
    (
        "Devices",
        "Functions",
        "Pipelines",
    )
)

from ..models.pipeline import Pipeline
