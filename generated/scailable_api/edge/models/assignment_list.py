from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class AssignmentList:
    """Every model that the device has to run; those still being converted are left out.

    Attributes:
        revision: Changes whenever the list does; the ETag without its quotes.
        assignments: Oldest assignment first.
    """

    revision: str
    assignments: list[AssignedModel]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Revision"] = self.revision
        result["Assignments"] = _codec.plain(self.assignments)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> AssignmentList:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Revision"
            v_revision = src_dict["Revision"]
            if type(v_revision) is not str:
                raise _codec.wrong(str, v_revision)
            at = "Assignments"
            v_assignments = src_dict["Assignments"]
            if type(v_assignments) is not list:
                raise _codec.wrong(list, v_assignments)
            v_assignments = [AssignedModel.from_dict(item) for item in v_assignments]
        except Exception as error:
            raise _codec.unfit("AssignmentList", at, error) from error
        result = cls(
            v_revision,
            v_assignments,
        )
        if len(src_dict) != 2:
            extra = {
                key: value for key, value in src_dict.items() if key not in _AssignmentList_FIELDS
            }
            result.additional_properties = extra
        return result


_AssignmentList_FIELDS = frozenset(
    (
        "Revision",
        "Assignments",
    )
)

from ..models.assigned_model import AssignedModel
