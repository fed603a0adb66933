from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Heartbeat:
    """A device that reports.

    Attributes:
        runtime: Runtime and its version.
        architecture: Processor architecture.
        version: Version of this software on the device.
        models: The assigned models.
    """

    runtime: str
    architecture: str
    version: str
    models: list[ModelState]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Runtime"] = self.runtime
        result["Architecture"] = self.architecture
        result["Version"] = self.version
        result["Models"] = _codec.plain(self.models)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Heartbeat:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Runtime"
            v_runtime = src_dict["Runtime"]
            if type(v_runtime) is not str:
                raise _codec.wrong(str, v_runtime)
            at = "Architecture"
            v_architecture = src_dict["Architecture"]
            if type(v_architecture) is not str:
                raise _codec.wrong(str, v_architecture)
            at = "Version"
            v_version = src_dict["Version"]
            if type(v_version) is not str:
                raise _codec.wrong(str, v_version)
            at = "Models"
            v_models = src_dict["Models"]
            if type(v_models) is not list:
                raise _codec.wrong(list, v_models)
            v_models = [ModelState.from_dict(item) for item in v_models]
        except Exception as error:
            raise _codec.unfit("Heartbeat", at, error) from error
        result = cls(
            v_runtime,
            v_architecture,
            v_version,
            v_models,
        )
        if len(src_dict) != 4:
            extra = {key: value for key, value in src_dict.items() if key not in _Heartbeat_FIELDS}
            result.additional_properties = extra
        return result


_Heartbeat_FIELDS = frozenset(
    (
        "Runtime",
        "Architecture",
        "Version",
        "Models",
    )
)

from ..models.model_state import ModelState
