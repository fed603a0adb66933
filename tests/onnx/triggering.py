"""Cases that break a rule, marked with its code.

A test with such a case fails when nothing in it reports that code: see `conftest`. The page of the
rules names the test: see `scripts/onnx_rules.py`.
"""

from collections.abc import Iterable
from typing import Any

import pytest


def marked(cases: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Parameters whose first value is the code of a rule, each marked with it."""
    return [pytest.param(*case, marks=pytest.mark.triggers(case[0])) for case in cases]
