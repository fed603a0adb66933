"""For every test of the ONNX check."""

from collections.abc import Iterator
from typing import Any

import pytest

from scailable.onnx.report import Finding
from scailable.onnx.rules import RULES
from scailable.onnx.rules.rule import Rule


@pytest.fixture(autouse=True)
def _triggered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that is marked with codes has to make a report with each of them."""
    wanted = {code for mark in request.node.iter_markers("triggers") for code in mark.args}
    assert wanted <= RULES.keys(), f"no rules: {sorted(wanted - RULES.keys())}"
    reported: set[str] = set()
    finding = Rule.finding

    def noted(rule: Rule, *positional: Any, **named: Any) -> Finding:
        reported.add(rule.code)
        return finding(rule, *positional, **named)

    if wanted:
        monkeypatch.setattr(Rule, "finding", noted)
    yield
    assert wanted <= reported, f"not reported in the test: {sorted(wanted - reported)}"
