from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Status:
    """Whether the service is up.

    Attributes:
        connected: True while the service answers.
    """

    connected: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Connected"] = self.connected
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Status:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Connected"
            v_connected = src_dict["Connected"]
            if type(v_connected) is not bool:
                raise _codec.wrong(bool, v_connected)
        except Exception as error:
            raise _codec.unfit("Status", at, error) from error
        result = cls(
            v_connected,
        )
        if len(src_dict) != 1:
            extra = {key: value for key, value in src_dict.items() if key not in _Status_FIELDS}
            result.additional_properties = extra
        return result


_Status_FIELDS = frozenset(("Connected",))
