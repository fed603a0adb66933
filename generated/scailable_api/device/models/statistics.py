from __future__ import annotations

import datetime
from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class Statistics:
    """Counts over all devices of the organisation. The dates are null while there are none.

    Attributes:
        first_inserted_at: When the oldest was added.
        first_updated_at: The oldest last change.
        last_inserted_at: When the newest was added.
        last_updated_at: The newest last change.
        number_of_events: Changes ever made.
        number_of_events_last_30: Changes in the last 30 days.
        total: How many there are now.
    """

    first_inserted_at: datetime.datetime | None
    first_updated_at: datetime.datetime | None
    last_inserted_at: datetime.datetime | None
    last_updated_at: datetime.datetime | None
    number_of_events: int
    number_of_events_last_30: int
    total: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["FirstInsertedAt"] = _codec.plain(self.first_inserted_at)
        result["FirstUpdatedAt"] = _codec.plain(self.first_updated_at)
        result["LastInsertedAt"] = _codec.plain(self.last_inserted_at)
        result["LastUpdatedAt"] = _codec.plain(self.last_updated_at)
        result["NumberOfEvents"] = self.number_of_events
        result["NumberOfEventsLast30"] = self.number_of_events_last_30
        result["Total"] = self.total
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Statistics:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "FirstInsertedAt"
            v_first_inserted_at = src_dict["FirstInsertedAt"]
            if v_first_inserted_at is not None:
                if type(v_first_inserted_at) is not str:
                    raise _codec.wrong(str, v_first_inserted_at)
                v_first_inserted_at = datetime.datetime.fromisoformat(v_first_inserted_at)
            at = "FirstUpdatedAt"
            v_first_updated_at = src_dict["FirstUpdatedAt"]
            if v_first_updated_at is not None:
                if type(v_first_updated_at) is not str:
                    raise _codec.wrong(str, v_first_updated_at)
                v_first_updated_at = datetime.datetime.fromisoformat(v_first_updated_at)
            at = "LastInsertedAt"
            v_last_inserted_at = src_dict["LastInsertedAt"]
            if v_last_inserted_at is not None:
                if type(v_last_inserted_at) is not str:
                    raise _codec.wrong(str, v_last_inserted_at)
                v_last_inserted_at = datetime.datetime.fromisoformat(v_last_inserted_at)
            at = "LastUpdatedAt"
            v_last_updated_at = src_dict["LastUpdatedAt"]
            if v_last_updated_at is not None:
                if type(v_last_updated_at) is not str:
                    raise _codec.wrong(str, v_last_updated_at)
                v_last_updated_at = datetime.datetime.fromisoformat(v_last_updated_at)
            at = "NumberOfEvents"
            v_number_of_events = src_dict["NumberOfEvents"]
            if type(v_number_of_events) is not int:
                raise _codec.wrong(int, v_number_of_events)
            at = "NumberOfEventsLast30"
            v_number_of_events_last_30 = src_dict["NumberOfEventsLast30"]
            if type(v_number_of_events_last_30) is not int:
                raise _codec.wrong(int, v_number_of_events_last_30)
            at = "Total"
            v_total = src_dict["Total"]
            if type(v_total) is not int:
                raise _codec.wrong(int, v_total)
        except Exception as error:
            raise _codec.unfit("Statistics", at, error) from error
        result = cls(
            v_first_inserted_at,
            v_first_updated_at,
            v_last_inserted_at,
            v_last_updated_at,
            v_number_of_events,
            v_number_of_events_last_30,
            v_total,
        )
        if len(src_dict) != 7:
            extra = {key: value for key, value in src_dict.items() if key not in _Statistics_FIELDS}
            result.additional_properties = extra
        return result


_Statistics_FIELDS = frozenset(
    (
        "FirstInsertedAt",
        "FirstUpdatedAt",
        "LastInsertedAt",
        "LastUpdatedAt",
        "NumberOfEvents",
        "NumberOfEventsLast30",
        "Total",
    )
)
