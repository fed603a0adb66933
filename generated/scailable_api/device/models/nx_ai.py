from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class NxAI:
    """What runs on a camera.

    Attributes:
        pipelines: The pipelines.
    """

    pipelines: list[Pipeline]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["pipelines"] = _codec.plain(self.pipelines)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> NxAI:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "pipelines"
            v_pipelines = src_dict["pipelines"]
            if type(v_pipelines) is not list:
                raise _codec.wrong(list, v_pipelines)
            v_pipelines = [Pipeline.from_dict(item) for item in v_pipelines]
        except Exception as error:
            raise _codec.unfit("NxAI", at, error) from error
        result = cls(
            v_pipelines,
        )
        if len(src_dict) != 1:
            extra = {key: value for key, value in src_dict.items() if key not in _NxAI_FIELDS}
            result.additional_properties = extra
        return result


_NxAI_FIELDS = frozenset(("pipelines",))

from ..models.pipeline import Pipeline
