from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Code:
    """The compiled form of the function.

    Attributes:
        size: Size of the uploaded model in bytes.
        status: State of the conversion: processing, ok or error.
        cdnuri: Where the converted model can be fetched; null until it exists.
        message: Why the conversion failed; null when it did not.
    """

    size: int
    status: str
    cdnuri: None | str = _attrs_field(repr=False)
    message: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Size"] = self.size
        result["Status"] = self.status
        result["CDNURI"] = _codec.plain(self.cdnuri)
        result["Message"] = _codec.plain(self.message)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Code:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Size"
            v_size = src_dict["Size"]
            if type(v_size) is not int:
                raise _codec.wrong(int, v_size)
            at = "Status"
            v_status = src_dict["Status"]
            if type(v_status) is not str:
                raise _codec.wrong(str, v_status)
            at = "CDNURI"
            v_cdnuri = src_dict["CDNURI"]
            if v_cdnuri is not None:
                if type(v_cdnuri) is not str:
                    raise _codec.wrong(str, v_cdnuri)
            at = "Message"
            v_message = src_dict["Message"]
            if v_message is not None:
                if type(v_message) is not str:
                    raise _codec.wrong(str, v_message)
        except Exception as error:
            raise _codec.unfit("Code", at, error) from error
        result = cls(
            v_size,
            v_status,
            v_cdnuri,
            v_message,
        )
        if len(src_dict) != 4:
            extra = {key: value for key, value in src_dict.items() if key not in _Code_FIELDS}
            result.additional_properties = extra
        return result


_Code_FIELDS = frozenset(
    (
        "Size",
        "Status",
        "CDNURI",
        "Message",
    )
)
