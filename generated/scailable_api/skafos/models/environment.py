from __future__ import annotations

from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class Environment:
    """An environment of a model.

    Attributes:
        id: The environment.
        name: dev or prod.
        deployments: What was deployed here, newest first, ten at most; the first is the current one.
        device_count: Devices that hold a model made from the version deployed here, where they were asked
            for.
    """

    id: UUID
    name: str
    deployments: list[DeployedVersion]
    device_count: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = str(self.id)
        result["name"] = self.name
        result["deployments"] = _codec.plain(self.deployments)
        if not isinstance(self.device_count, Unset):
            result["device_count"] = self.device_count
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Environment:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 3
        try:
            at = "id"
            v_id = src_dict["id"]
            if type(v_id) is not str:
                raise _codec.wrong(str, v_id)
            v_id = _codec.uuid(v_id)
            at = "name"
            v_name = src_dict["name"]
            if type(v_name) is not str:
                raise _codec.wrong(str, v_name)
            at = "deployments"
            v_deployments = src_dict["deployments"]
            if type(v_deployments) is not list:
                raise _codec.wrong(list, v_deployments)
            v_deployments = [DeployedVersion.from_dict(item) for item in v_deployments]
            at = "device_count"
            v_device_count = src_dict.get("device_count", UNSET)
            if v_device_count is not UNSET:
                known += 1
                if type(v_device_count) is not int:
                    raise _codec.wrong(int, v_device_count)
        except Exception as error:
            raise _codec.unfit("Environment", at, error) from error
        result = cls(
            v_id,
            v_name,
            v_deployments,
            v_device_count,
        )
        if len(src_dict) != known:
            extra = {
                key: value for key, value in src_dict.items() if key not in _Environment_FIELDS
            }
            result.additional_properties = extra
        return result


_Environment_FIELDS = frozenset(
    (
        "id",
        "name",
        "deployments",
        "device_count",
    )
)

from ..models.deployed_version import DeployedVersion
