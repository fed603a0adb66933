from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class NamedTensor:
    """An input or output of the model as the conversion found it.

    Attributes:
        name: Name in the graph, with the labels it carries.
        data_type: Element type, such as FLOAT.
        shape: Sizes of the dimensions; -1 where the size is not fixed.
    """

    name: str
    data_type: str
    shape: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Name"] = self.name
        result["DataType"] = self.data_type
        result["Shape"] = _codec.plain(self.shape)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> NamedTensor:
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
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "DataType"
            v_data_type = src_dict["DataType"]
            if type(v_data_type) is not str:
                raise _codec.wrong(str, v_data_type)
            at = "Shape"
            v_shape = src_dict["Shape"]
            if type(v_shape) is not list:
                raise _codec.wrong(list, v_shape)
            for item in v_shape:
                if type(item) is not int:
                    raise _codec.wrong(int, item)
        except Exception as error:
            raise _codec.unfit("NamedTensor", at, error) from error
        result = cls(
            v_name,
            v_data_type,
            v_shape,
        )
        if len(src_dict) != 3:
            extra = {
                key: value for key, value in src_dict.items() if key not in _NamedTensor_FIELDS
            }
            result.additional_properties = extra
        return result


_NamedTensor_FIELDS = frozenset(
    (
        "Name",
        "DataType",
        "Shape",
    )
)
