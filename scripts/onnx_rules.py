"""Write docs/onnx-rules.md from the rules in the code and the tests that break them.

python scripts/onnx_rules.py [--check]
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "onnx-rules.md"
TESTS = ROOT / "tests" / "onnx"
_SHORT_CODE = re.compile(r"\b([A-Z]+)-(\d{3})(?:\.\.(\d{3}))?")

HEAD = """\
# Rules of the ONNX check

<!-- Written by scripts/onnx_rules.py from scailable/onnx/rules and tests/onnx. -->

Every finding of `scailable models check` has one of these codes; a code never changes its meaning.
The columns say how bad it is in each profile (`-`: not a rule of that profile). A finding marked
"safety" cannot be overridden with `--force`. "Broken by" is a test, in tests/onnx, that fails when
no report in it has the code. How the check works: [onnx.md](onnx.md).
"""

REQUIREMENTS = """\

## What the cloud and its devices ask of a model

Each requirement with the rules that look after it, or where else it is looked after.

| | requirement | rules |
|---|---|---|
"""

REFUSALS = """\

## What is refused as unsafe or unreadable

| what | rules |
|---|---|
"""


def page() -> str:
    """The page as it should be."""
    from scailable.onnx.rules import RULES
    from scripts.onnx_requirements import REFUSED, REQUIRED

    tests = triggers()
    lines = [
        HEAD,
        "| code | what is the case | scailable | hailo | generic | safety | broken by | source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for code, rule in sorted(RULES.items()):
        lines.append(
            _row(
                code,
                rule.about,
                rule.scailable or "-",
                rule.hailo or "-",
                rule.generic or "-",
                "yes" if rule.safety else "",
                f"`{tests[code]}`" if code in tests else "",
                rule.source,
            )
        )
    lines.append(REQUIREMENTS.rstrip("\n"))
    for number, (what, rules) in enumerate(REQUIRED, start=1):
        lines.append(_row(f"R{number}", what, _spelled_out(rules)))
    lines.append(REFUSALS.rstrip("\n"))
    for what, rules in REFUSED:
        lines.append(_row(what, _spelled_out(rules)))
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def named(rules: str) -> list[str]:
    """The codes that a text stands for: `INPUT-001`, or `INPUT-001..003` for three of them."""
    return [
        f"ONNX-{family}-{number:03}"
        for family, first, last in _SHORT_CODE.findall(rules)
        for number in range(int(first), int(last or first) + 1)
    ]


def _spelled_out(rules: str) -> str:
    def full(found: re.Match[str]) -> str:
        family, first, last = found.groups()
        return f"ONNX-{family}-{first}" + (f" to {last}" if last else "")

    return _SHORT_CODE.sub(full, rules)


def triggers() -> dict[str, str]:
    """For each code the test that is marked with it: `file::test`."""
    found: dict[str, str] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        module = ast.parse(path.read_text("utf-8"))
        constants = _constants(module)
        for test in module.body:
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                for code in _codes(test, constants):
                    place = f"{path.relative_to(TESTS).as_posix()}::{test.name}"
                    found.setdefault(code, place)
    return found


def _constants(module: ast.Module) -> dict[str, list[ast.AST]]:
    """What the names of a module stand for, additions included."""
    constants: dict[str, list[ast.AST]] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            targets: list[ast.expr] = statement.targets
        elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
            targets = [statement.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and statement.value is not None:
                constants.setdefault(target.id, []).append(statement.value)
    return constants


def _codes(test: ast.FunctionDef, constants: dict[str, list[ast.AST]]) -> Iterator[str]:
    """The codes that a test is marked with, by itself or by its cases."""
    for call in (node for each in test.decorator_list for node in ast.walk(each)):
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Attribute) and call.func.attr == "triggers":
            yield from (str(each.value) for each in call.args if isinstance(each, ast.Constant))
        elif isinstance(call.func, ast.Name) and call.func.id == "marked":
            yield from _first_values(call.args, constants)


def _first_values(cases: Iterable[ast.AST], constants: dict[str, list[ast.AST]]) -> Iterator[str]:
    """The first value of each case in lists, and in what their names stand for."""
    for case in cases:
        if isinstance(case, ast.Tuple) and isinstance(case.elts[0], ast.Constant):
            yield str(case.elts[0].value)
        elif isinstance(case, ast.List):
            yield from _first_values(case.elts, constants)
        elif isinstance(case, ast.Starred):
            yield from _first_values([case.value], constants)
        elif isinstance(case, ast.Name):
            yield from _first_values(constants.get(case.id, ()), constants)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    options = parser.parse_args()
    wanted = page()
    current = PAGE.read_text("utf-8") if PAGE.exists() else ""
    if options.check:
        if current == wanted:
            return 0
        print("docs/onnx-rules.md is out of date: run python scripts/onnx_rules.py")
        return 1
    PAGE.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
