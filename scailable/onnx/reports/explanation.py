"""A rule in words, by its code."""

from scailable.onnx.report import Profile
from scailable.onnx.rules import RULES

_PROFILES: tuple[Profile, ...] = ("scailable", "hailo", "generic")


def explanation(code: str) -> str | None:
    """What a rule is about, how bad it is where, and where it comes from; None without it.

    Args:
        code: in upper or lower case.

    >>> print(explanation("onnx-file-001"))
    ONNX-FILE-001: The file is empty.
      scailable  error
      hailo      error
      generic    error
      safety     yes: force does not override it
      source     ONNX specification: https://github.com/onnx/onnx/blob/main/docs/IR.md
    """
    rule = RULES.get(code.strip().upper())
    if rule is None:
        return None
    lines = [f"{rule.code}: {rule.about}"]
    for profile in _PROFILES:
        lines.append(f"  {profile:9}  {rule.severity(profile) or 'not a rule of this profile'}")
    said = "yes: force does not override it" if rule.safety else "no: force overrides it"
    lines.append(f"  {'safety':9}  {said}")
    lines.append(f"  {'source':9}  {rule.source}")
    return "\n".join(lines)
