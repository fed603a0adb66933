from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Source:
    """Where the function came from.

    Attributes:
        name: Name of the source.
        url: Address of the source.
    """

    name: None | str
    url: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Name"] = _codec.plain(self.name)
        result["Url"] = _codec.plain(self.url)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Source:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Name"
            v_name = src_dict["Name"]
            if v_name is not None:
                if type(v_name) is not str:
                    raise _codec.wrong(str, v_name)
            at = "Url"
            v_url = src_dict["Url"]
            if v_url is not None:
                if type(v_url) is not str:
                    raise _codec.wrong(str, v_url)
        except Exception as error:
            raise _codec.unfit("Source", at, error) from error
        result = cls(
            v_name,
            v_url,
        )
        if len(src_dict) != 2:
            extra = {key: value for key, value in src_dict.items() if key not in _Source_FIELDS}
            result.additional_properties = extra
        return result


_Source_FIELDS = frozenset(
    (
        "Name",
        "Url",
    )
)
