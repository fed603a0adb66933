"""Where the reading of a file puts what is wrong with it."""

from collections import Counter
from dataclasses import dataclass

from scailable.onnx.rules.rule import Rule
from scailable.onnx.text import one_line

MOST_OF_A_KIND = 20
_LONGEST_PLACE = 200


@dataclass(slots=True)
class Problem:
    """A broken rule, by its code."""

    code: str
    message: str
    where: str = ""
    fix: str = ""
    offset: int | None = None


class Problems:
    """The problems of one file, at most a screenful of each kind."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def add(
        self, rule: Rule, message: str, *, where: str = "", fix: str = "", offset: int | None = None
    ) -> None:
        """Note a problem; after the screenful only that there are more of its kind."""
        self._counts[rule.code] += 1
        count = self._counts[rule.code]
        if count > MOST_OF_A_KIND:
            return
        if count == MOST_OF_A_KIND:
            where, message, offset = "", "and more of the same kind, not listed", None
        place = one_line(where, _LONGEST_PLACE)
        self.found.append(Problem(rule.code, one_line(message), place, fix, offset))

    def have(self, *rules: Rule) -> bool:
        """Whether one of the rules was broken."""
        return any(self._counts[rule.code] for rule in rules)
