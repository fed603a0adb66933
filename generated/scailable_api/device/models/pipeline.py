from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class Pipeline:
    """A model on a camera, with the steps around it.

    Attributes:
        model_uuid: The function.
        model_nms: Sensitivity of non-maximum suppression.
        preprocessor: Step before the model; empty for none.
        postprocessor: Step after the model; empty for none.
        resizing_method: How a frame is made to fit the model's input.
        chains: Models that run on this one's results.
    """

    model_uuid: UUID
    model_nms: float | Unset = UNSET
    preprocessor: str | Unset = UNSET
    postprocessor: str | Unset = UNSET
    resizing_method: str | Unset = UNSET
    chains: list[PipelineChainsItem] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["modelUUID"] = str(self.model_uuid)
        if not isinstance(self.model_nms, Unset):
            result["modelNMS"] = self.model_nms
        if not isinstance(self.preprocessor, Unset):
            result["Preprocessor"] = self.preprocessor
        if not isinstance(self.postprocessor, Unset):
            result["Postprocessor"] = self.postprocessor
        if not isinstance(self.resizing_method, Unset):
            result["resizingMethod"] = self.resizing_method
        if not isinstance(self.chains, Unset):
            result["chains"] = _codec.plain(self.chains)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Pipeline:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 1
        try:
            at = "modelUUID"
            v_model_uuid = src_dict["modelUUID"]
            if type(v_model_uuid) is not str:
                raise _codec.wrong(str, v_model_uuid)
            v_model_uuid = _codec.uuid(v_model_uuid)
            at = "modelNMS"
            v_model_nms = src_dict.get("modelNMS", UNSET)
            if v_model_nms is not UNSET:
                known += 1
                if type(v_model_nms) is not float and type(v_model_nms) is not int:
                    raise _codec.wrong(float, v_model_nms)
            at = "Preprocessor"
            v_preprocessor = src_dict.get("Preprocessor", UNSET)
            if v_preprocessor is not UNSET:
                known += 1
                if type(v_preprocessor) is not str:
                    raise _codec.wrong(str, v_preprocessor)
            at = "Postprocessor"
            v_postprocessor = src_dict.get("Postprocessor", UNSET)
            if v_postprocessor is not UNSET:
                known += 1
                if type(v_postprocessor) is not str:
                    raise _codec.wrong(str, v_postprocessor)
            at = "resizingMethod"
            v_resizing_method = src_dict.get("resizingMethod", UNSET)
            if v_resizing_method is not UNSET:
                known += 1
                if type(v_resizing_method) is not str:
                    raise _codec.wrong(str, v_resizing_method)
            at = "chains"
            v_chains = src_dict.get("chains", UNSET)
            if v_chains is not UNSET:
                known += 1
                if type(v_chains) is not list:
                    raise _codec.wrong(list, v_chains)
                v_chains = [PipelineChainsItem.from_dict(item) for item in v_chains]
        except Exception as error:
            raise _codec.unfit("Pipeline", at, error) from error
        result = cls(
            v_model_uuid,
            v_model_nms,
            v_preprocessor,
            v_postprocessor,
            v_resizing_method,
            v_chains,
        )
        if len(src_dict) != known:
            extra = {key: value for key, value in src_dict.items() if key not in _Pipeline_FIELDS}
            result.additional_properties = extra
        return result


_Pipeline_FIELDS = frozenset(
    (
        "modelUUID",
        "modelNMS",
        "Preprocessor",
        "Postprocessor",
        "resizingMethod",
        "chains",
    )
)

from ..models.pipeline_chains_item import PipelineChainsItem
