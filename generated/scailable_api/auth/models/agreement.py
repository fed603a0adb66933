from __future__ import annotations

import datetime
from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Agreement:
    """What a license was agreed on.

    Attributes:
        kind: Kind of agreement, such as trial.
        name: Name of the agreement.
        provides: What it allows.
        published_at: When the agreement was published.
    """

    kind: str
    name: str
    provides: list[str]
    published_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Kind"] = self.kind
        result["Name"] = self.name
        result["Provides"] = _codec.plain(self.provides)
        result["PublishedAt"] = self.published_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Agreement:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Kind"
            v_kind = src_dict["Kind"]
            if type(v_kind) is not str:
                raise _codec.wrong(str, v_kind)
            at = "Name"
            v_name = src_dict["Name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "Provides"
            v_provides = src_dict["Provides"]
            if type(v_provides) is not list:
                raise _codec.wrong(list, v_provides)
            for item in v_provides:
                if type(item) is not str:
                    raise _codec.wrong(str, item)
            at = "PublishedAt"
            v_published_at = src_dict["PublishedAt"]
            if type(v_published_at) is not str:
                raise _codec.wrong(str, v_published_at)
            v_published_at = datetime.datetime.fromisoformat(v_published_at)
        except Exception as error:
            raise _codec.unfit("Agreement", at, error) from error
        result = cls(
            v_kind,
            v_name,
            v_provides,
            v_published_at,
        )
        if len(src_dict) != 4:
            extra = {key: value for key, value in src_dict.items() if key not in _Agreement_FIELDS}
            result.additional_properties = extra
        return result


_Agreement_FIELDS = frozenset(
    (
        "Kind",
        "Name",
        "Provides",
        "PublishedAt",
    )
)
