from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class Problem:
    """The body of every refusal.

    Attributes:
        error: What is wrong, in words for a person.
        field: The request field that was refused and why.
    """

    error: str
    field: ProblemField | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["error"] = self.error
        if not isinstance(self.field, Unset):
            result["field"] = self.field.to_dict()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Problem:
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
            at = "error"
            v_error = src_dict["error"]
            if type(v_error) is not str:
                raise _codec.wrong(str, v_error)
            at = "field"
            v_field = src_dict.get("field", UNSET)
            if v_field is not UNSET:
                known += 1
                v_field = ProblemField.from_dict(v_field)
        except Exception as error:
            raise _codec.unfit("Problem", at, error) from error
        result = cls(
            v_error,
            v_field,
        )
        if len(src_dict) != known:
            extra = {key: value for key, value in src_dict.items() if key not in _Problem_FIELDS}
            result.additional_properties = extra
        return result


_Problem_FIELDS = frozenset(
    (
        "error",
        "field",
    )
)

from ..models.problem_field import ProblemField
