from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class DeployedVersion:
    """A version that was deployed to an environment.

    Attributes:
        id: The deployment.
        model_version_id: The version.
        version: Its number.
        deployed_at: When it was deployed.
    """

    id: UUID
    model_version_id: UUID
    version: int
    deployed_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["id"] = str(self.id)
        result["model_version_id"] = str(self.model_version_id)
        result["version"] = self.version
        result["deployed_at"] = self.deployed_at.isoformat()
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> DeployedVersion:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "id"
            v_id = src_dict["id"]
            if type(v_id) is not str:
                raise _codec.wrong(str, v_id)
            v_id = _codec.uuid(v_id)
            at = "model_version_id"
            v_model_version_id = src_dict["model_version_id"]
            if type(v_model_version_id) is not str:
                raise _codec.wrong(str, v_model_version_id)
            v_model_version_id = _codec.uuid(v_model_version_id)
            at = "version"
            v_version = src_dict["version"]
            if type(v_version) is not int:
                raise _codec.wrong(int, v_version)
            at = "deployed_at"
            v_deployed_at = src_dict["deployed_at"]
            if type(v_deployed_at) is not str:
                raise _codec.wrong(str, v_deployed_at)
            v_deployed_at = datetime.datetime.fromisoformat(v_deployed_at)
        except Exception as error:
            raise _codec.unfit("DeployedVersion", at, error) from error
        result = cls(
            v_id,
            v_model_version_id,
            v_version,
            v_deployed_at,
        )
        if len(src_dict) != 4:
            extra = {
                key: value for key, value in src_dict.items() if key not in _DeployedVersion_FIELDS
            }
            result.additional_properties = extra
        return result


_DeployedVersion_FIELDS = frozenset(
    (
        "id",
        "model_version_id",
        "version",
        "deployed_at",
    )
)
