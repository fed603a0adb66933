"""What `import scailable` and `scailable --help` cost beyond bare Python.

    python scripts/import_budget.py

Module counts are the gate, since they are the same on every run. CPU time is printed for people:
best of several runs, in milliseconds.
"""

import resource
import subprocess
import sys
from dataclasses import dataclass

RUNS = 15

# None of these may be loaded before somebody calls something that needs them.
HEAVY = ("asyncio", "attrs", "httpx", "httpx2", "numpy", "onnx", "scailable_api", "sqlalchemy")


@dataclass(frozen=True)
class Budget:
    """The most modules that a piece of code may load beyond bare Python."""

    title: str
    code: str
    modules: int


BUDGETS = (
    Budget("import scailable", "import scailable", 40),
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
)


def loaded(code: str) -> set[str]:
    """The modules that are there after the code has run in a fresh process."""
    end = "\nimport sys; print(*sys.modules, sep='\\n', file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + end], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def cpu_ms(code: str) -> float:
    """User and system time of a fresh process that runs the code, the best of several."""
    times = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times) * 1000


def problems(budget: Budget, modules: set[str]) -> list[str]:
    """What breaks the budget. Pure.

    >>> problems(Budget("x", "", 1), {"a", "httpx"})
    ['x loads 2 modules, the budget is 1', 'x loads httpx']
    """
    found = []
    if len(modules) > budget.modules:
        found.append(f"{budget.title} loads {len(modules)} modules, the budget is {budget.modules}")
    heavy = sorted({module.partition(".")[0] for module in modules} & set(HEAVY))
    return found + [f"{budget.title} loads {name}" for name in heavy]


def main() -> int:
    """Print the costs; 1 when a budget is broken."""
    bare, bare_ms = loaded("pass"), cpu_ms("pass")
    broken = []
    for budget in BUDGETS:
        modules = loaded(budget.code) - bare
        cost = cpu_ms(budget.code) - bare_ms
        print(
            f"{budget.title:18}  {len(modules):3} modules of {budget.modules}  {cost:5.1f} ms CPU"
        )
        broken += problems(budget, modules)
    for problem in broken:
        print(problem, file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
