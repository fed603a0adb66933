from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..models.model_state_state import ModelStateState
from ..types import UNSET, Unset


@_attrs_define
class ModelState:
    """What the device says of an assigned model.

    Attributes:
        function_uuid: The model.
        state: What it does with the model.
        digest: Digest of the copy on the device, as sha256:<hex>; null when there is none.
        message: Why it failed.
    """

    function_uuid: UUID
    state: ModelStateState
    digest: None | str | Unset = UNSET
    message: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["FunctionUUID"] = str(self.function_uuid)
        result["State"] = str(self.state)
        if not isinstance(self.digest, Unset):
            result["Digest"] = _codec.plain(self.digest)
        if not isinstance(self.message, Unset):
            result["Message"] = _codec.plain(self.message)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> ModelState:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 2
        try:
            at = "FunctionUUID"
            v_function_uuid = src_dict["FunctionUUID"]
            if type(v_function_uuid) is not str:
                raise _codec.wrong(str, v_function_uuid)
            v_function_uuid = _codec.uuid(v_function_uuid)
            at = "State"
            v_state = src_dict["State"]
            if type(v_state) is not str:
                raise _codec.wrong(str, v_state)
            v_state = ModelStateState(v_state)
            at = "Digest"
            v_digest = src_dict.get("Digest", UNSET)
            if v_digest is not UNSET:
                known += 1
                if v_digest is not None:
                    if type(v_digest) is not str:
                        raise _codec.wrong(str, v_digest)
            at = "Message"
            v_message = src_dict.get("Message", UNSET)
            if v_message is not UNSET:
                known += 1
                if v_message is not None:
                    if type(v_message) is not str:
                        raise _codec.wrong(str, v_message)
        except Exception as error:
            raise _codec.unfit("ModelState", at, error) from error
        result = cls(
            v_function_uuid,
            v_state,
            v_digest,
            v_message,
        )
        if len(src_dict) != known:
            extra = {key: value for key, value in src_dict.items() if key not in _ModelState_FIELDS}
            result.additional_properties = extra
        return result


_ModelState_FIELDS = frozenset(
    (
        "FunctionUUID",
        "State",
        "Digest",
        "Message",
    )
)
