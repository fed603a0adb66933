"""Write docs/onnx-rules.md from the rules in the code and the tests that break them.

python scripts/onnx_rules.py [--check]
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "onnx-rules.md"
TESTS = ROOT / "tests" / "onnx"

HEAD = """\
# Rules of the ONNX check

<!-- Written by scripts/onnx_rules.py from scailable/onnx/rules and tests/onnx. -->

Every finding of `scailable models check` has one of these codes; a code never changes its meaning.
The columns say how bad it is in each profile (`-`: not a rule of that profile). A finding marked
"safety" cannot be overridden with `--force`. How the check works: [onnx.md](onnx.md).
"""


def page() -> str:
    """The page as it should be."""
    from scailable.onnx.rules import RULES

    tests = triggers()
    lines = [
        HEAD,
        "| code | what is the case | scailable | hailo | generic | safety | broken by | source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for code, rule in sorted(RULES.items()):
        cells = (
            code,
            rule.about,
            rule.scailable or "-",
            rule.hailo or "-",
            rule.generic or "-",
            "yes" if rule.safety else "",
            f"`{tests[code]}`" if code in tests else "",
            rule.source,
        )
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def triggers() -> dict[str, str]:
    """For each code the test that has it: `file::test`."""
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
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
            targets = [statement.target]
        for target in targets:
            if isinstance(target, ast.Name):
                constants.setdefault(target.id, []).append(statement)
        if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("test_"):
            constants.setdefault(statement.name, []).append(statement)
    return constants


def _codes(test: ast.AST, constants: dict[str, list[ast.AST]]) -> Iterator[str]:
    """The codes in a test, and in the constants and helpers that it names."""
    waiting, seen = [test], set[str]()
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Constant) and str(node.value).startswith("ONNX-"):
                yield str(node.value)
            elif isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                waiting.extend(constants.get(node.id, ()))


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
