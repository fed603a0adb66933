from __future__ import annotations

from typing import Any

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from scailable.runtime import codec as _codec


@_attrs_define
class PasswordStrength:
    """How strong a password is.

    Attributes:
        score: 0 (guessed at once) to 4 (very strong).
        strong: True when the service accepts the password.
        message: What is weak about it; empty when nothing is.
        suggestions: How to make it stronger.
    """

    score: int
    strong: bool
    message: str
    suggestions: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as the service writes it in JSON."""
        result: dict[str, Any] = dict(self.additional_properties)
        result["Score"] = self.score
        result["Strong"] = self.strong
        result["Message"] = self.message
        result["Suggestions"] = _codec.plain(self.suggestions)
        return result

    @classmethod
    def from_dict(cls, src_dict: dict[str, Any]) -> PasswordStrength:
        """Read the object from decoded JSON.

        Raises:
            ResponseParsingError: a field is missing or does not fit; fields that are not described are kept
                in `additional_properties`.
        """
        if not isinstance(src_dict, dict):
            raise _codec.wrong(dict, src_dict)
        at = ""
        try:
            at = "Score"
            v_score = src_dict["Score"]
            if type(v_score) is not int:
                raise _codec.wrong(int, v_score)
            at = "Strong"
            v_strong = src_dict["Strong"]
            if type(v_strong) is not bool:
                raise _codec.wrong(bool, v_strong)
            at = "Message"
            v_message = src_dict["Message"]
            if type(v_message) is not str:
                raise _codec.wrong(str, v_message)
            at = "Suggestions"
            v_suggestions = src_dict["Suggestions"]
            if type(v_suggestions) is not list:
                raise _codec.wrong(list, v_suggestions)
            for item in v_suggestions:
                if type(item) is not str:
                    raise _codec.wrong(str, item)
        except Exception as error:
            raise _codec.unfit("PasswordStrength", at, error) from error
        result = cls(
            v_score,
            v_strong,
            v_message,
            v_suggestions,
        )
        if len(src_dict) != 4:
            extra = {
                key: value for key, value in src_dict.items() if key not in _PasswordStrength_FIELDS
            }
            result.additional_properties = extra
        return result


_PasswordStrength_FIELDS = frozenset(
    (
        "Score",
        "Strong",
        "Message",
        "Suggestions",
    )
)
