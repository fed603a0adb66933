from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec

from ..types import UNSET, Unset


@_attrs_define
class Deployment:
    """What to deploy where.

    Attributes:
        version: Number of the version, or latest; latest when absent.
        environment: Name of the environment; dev when absent.
    """

    version: int | str | Unset = UNSET
    environment: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.version, Unset):
            result["version"] = _codec.plain(self.version)
        if not isinstance(self.environment, Unset):
            result["environment"] = self.environment
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> Deployment:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        known = 0
        try:
            at = "version"
            v_version = src_dict.get("version", UNSET)
            if v_version is not UNSET:
                known += 1
                if type(v_version) is int:
                    if type(v_version) is not int:
                        raise _codec.wrong(int, v_version)
                else:
                    if type(v_version) is not str:
                        raise _codec.wrong(str, v_version)
            at = "environment"
            v_environment = src_dict.get("environment", UNSET)
            if v_environment is not UNSET:
                known += 1
                if type(v_environment) is not str:
                    raise _codec.wrong(str, v_environment)
        except Exception as error:
            raise _codec.unfit("Deployment", at, error) from error
        result = cls(
            v_version,
            v_environment,
        )
        if len(src_dict) != known:
            extra = {key: value for key, value in src_dict.items() if key not in _Deployment_FIELDS}
            result.additional_properties = extra
        return result


_Deployment_FIELDS = frozenset(
    (
        "version",
        "environment",
    )
)
