"""What imports, `scailable --help` and a first client cost beyond bare Python.

    python scripts/import_budget.py

Module counts are the gate, since they are the same on every run. CPU time is printed for people:
best of several runs, in milliseconds.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.fresh import compiled, over_bare

RUNS = 15

# None of these may be loaded before somebody calls something that needs them.
HEAVY = ("asyncio", "attrs", "httpx", "httpx2", "numpy", "onnx", "scailable_api", "sqlalchemy")
# Nor these by a client that is not async and has not called anything yet.
UNUSED = (
    "asyncio",
    "numpy",
    "onnx",
    "scailable.onnx",
    "scailable.resources._async",
    "scailable.runtime._async",
    "scailable.types",
    "scailable_api.compute.models.function",
    "sqlalchemy",
)


@dataclass(frozen=True)
class Budget:
    """The most modules that a piece of code may load beyond bare Python, and which never."""

    title: str
    code: str
    modules: int
    never: tuple[str, ...] = HEAVY


BUDGETS = (
    Budget("import scailable", "import scailable", 40),
    Budget("import scailable.onnx", "import scailable.onnx", 40),
    Budget(
        "scailable --help",
        "import sys\n"
        "from scailable.cli.main import cli\n"
        "try:\n"
        "    cli.main(['--help'], 'scailable')\n"
        "except SystemExit as end:\n"
        "    assert end.code == 0, end.code",
        100,
    ),
    Budget("Client().models", "import scailable; scailable.Client().models", 260, UNUSED),
)


def loaded(code: str) -> set[str]:
    """The modules that are there after the code has run in a fresh process."""
    end = "\nimport sys; print(*sys.modules, sep='\\n', file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + end], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def problems(budget: Budget, modules: set[str]) -> list[str]:
    """What breaks the budget. Pure.

    >>> problems(Budget("x", "", 1), {"a", "httpx.x"})
    ['x loads 2 modules, the budget is 1', 'x loads httpx']
    """
    found = []
    if len(modules) > budget.modules:
        found.append(f"{budget.title} loads {len(modules)} modules, the budget is {budget.modules}")
    for name in budget.never:
        if any(module == name or module.startswith(f"{name}.") for module in modules):
            found.append(f"{budget.title} loads {name}")
    return found


def main() -> int:
    """Print the costs; 1 when a budget is broken."""
    bare = loaded("pass")
    with compiled() as environment:
        times = over_bare({each.title: each.code for each in BUDGETS}, RUNS, environment)
    broken = []
    for budget in BUDGETS:
        modules = loaded(budget.code) - bare
        print(
            f"{budget.title:21}  {len(modules):3} modules of {budget.modules}"
            f"  {times[budget.title]:5.1f} ms CPU"
        )
        broken += problems(budget, modules)
    for problem in broken:
        print(problem, file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
