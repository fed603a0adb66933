"""What a rule is, and the table of all of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from scailable.onnx.report import Finding, ModelFacts, Profile, Severity
from scailable.onnx.rules.subject import Subject

# where, message, fix; and the byte offset where one is known
Said = tuple[str, str, str] | tuple[str, str, str, int]
FactRule = Callable[[ModelFacts], Iterator[Said]]
ModelRule = Callable[[Subject], Iterator[Said]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule's standing: its code, how bad it is in each profile, and where it comes from."""

    code: str
    about: str
    scailable: Severity | None
    generic: Severity | None
    hailo: Severity | None
    safety: bool
    source: str

    def applies(self, profile: Profile) -> bool:
        """Whether the profile knows this rule."""
        return self.severity(profile) is not None

    def severity(self, profile: Profile) -> Severity | None:
        """How bad it is to break the rule; None where the profile does not know it."""
        by_profile = {"scailable": self.scailable, "generic": self.generic, "hailo": self.hailo}
        return by_profile[profile]

    def finding(
        self,
        profile: Profile,
        message: str,
        *,
        where: str = "",
        fix: str = "",
        offset: int | None = None,
    ) -> Finding:
        """The finding that this rule was broken."""
        severity = self.severity(profile)
        assert severity is not None, f"{self.code} does not apply to profile {profile}"
        return Finding(self.code, severity, message, where, fix, self.source, self.safety, offset)


RULES: dict[str, Rule] = {}
FACT_RULES: list[tuple[Rule, FactRule]] = []
MODEL_RULES: list[tuple[Rule, ModelRule]] = []


def file_rule(
    code: str,
    severity: Severity,
    about: str,
    *,
    source: str,
    generic: Severity | None = None,
    safety: bool = True,
) -> Rule:
    """Register a rule that is judged where the file is read; it holds in every profile."""
    return _registered(
        Rule(
            code=code,
            about=about,
            scailable=severity,
            generic=generic or severity,
            hailo=severity,
            safety=safety,
            source=source,
        )
    )


_SAME: Any = object()


def fact_rule(
    code: str,
    severity: Severity | None,
    *,
    source: str,
    generic: Severity | None = None,
    hailo: Severity | None = _SAME,
    safety: bool = False,
) -> Callable[[FactRule], FactRule]:
    """Register a function from facts to what is wrong; its docstring says what it looks for.

    Without `generic` the rule is about fitness for the Scailable cloud only. The profile `hailo`
    takes it as `scailable` does, unless told otherwise.
    """

    def register(look: FactRule) -> FactRule:
        rule = _described(look.__doc__, code, severity, generic, hailo, safety, source)
        FACT_RULES.append((rule, look))
        return look

    return register


def model_rule(
    code: str,
    severity: Severity | None,
    *,
    source: str,
    generic: Severity | None = None,
    hailo: Severity | None = _SAME,
    safety: bool = False,
) -> Callable[[ModelRule], ModelRule]:
    """As `fact_rule`, for a function that looks at nodes, tensors and inferred types."""

    def register(look: ModelRule) -> ModelRule:
        rule = _described(look.__doc__, code, severity, generic, hailo, safety, source)
        MODEL_RULES.append((rule, look))
        return look

    return register


def _described(
    docstring: str | None,
    code: str,
    severity: Severity | None,
    generic: Severity | None,
    hailo: Severity | None,
    safety: bool,
    source: str,
) -> Rule:
    return _registered(
        Rule(
            code=code,
            about=(docstring or "").partition("\n")[0],
            scailable=severity,
            generic=generic,
            hailo=severity if hailo is _SAME else hailo,
            safety=safety,
            source=source,
        )
    )


def _registered(rule: Rule) -> Rule:
    assert rule.code not in RULES, rule.code
    RULES[rule.code] = rule
    return rule
