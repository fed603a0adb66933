"""What a rule is, and the table of all of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scailable.onnx.report import Finding, ModelFacts, Profile, Severity

# where, message, fix
Said = tuple[str, str, str]
FactRule = Callable[[ModelFacts], Iterator[Said]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule's standing: its code, how bad it is in each profile, and where it comes from."""

    code: str
    about: str
    scailable: Severity
    generic: Severity | None
    safety: bool
    source: str

    def applies(self, profile: Profile) -> bool:
        """Whether the profile knows this rule."""
        return profile == "scailable" or self.generic is not None

    def finding(self, profile: Profile, message: str, *, where: str = "", fix: str = "") -> Finding:
        """The finding that this rule was broken."""
        severity = self.scailable if profile == "scailable" else self.generic
        assert severity is not None, f"{self.code} does not apply to profile {profile}"
        return Finding(self.code, severity, message, where, fix, self.source, self.safety)


RULES: dict[str, Rule] = {}
FACT_RULES: list[tuple[Rule, FactRule]] = []


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
    rule = Rule(
        code=code,
        about=about,
        scailable=severity,
        generic=generic or severity,
        safety=safety,
        source=source,
    )
    assert code not in RULES, code
    RULES[code] = rule
    return rule


def fact_rule(
    code: str,
    severity: Severity,
    *,
    source: str,
    generic: Severity | None = None,
    safety: bool = False,
) -> Callable[[FactRule], FactRule]:
    """Register a function from facts to what is wrong; its docstring says what it looks for.

    Without `generic` the rule is about fitness for the Scailable cloud only.
    """

    def register(look: FactRule) -> FactRule:
        rule = Rule(
            code=code,
            about=(look.__doc__ or "").partition("\n")[0],
            scailable=severity,
            generic=generic,
            safety=safety,
            source=source,
        )
        assert code not in RULES, code
        RULES[code] = rule
        FACT_RULES.append((rule, look))
        return look

    return register
