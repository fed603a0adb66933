"""Run every benchmark of this folder, one after the other: python -m benchmarks"""

import subprocess
import sys
from pathlib import Path

_HELPERS = {
    "__init__",
    "__main__",
    "answers",
    "conv_net",
    "fresh",
    "loopback",
    "peers",
    "served",
    "validators",
}


def main() -> int:
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    failed = 0
    for name in names:
        if name not in _HELPERS:
            command = [sys.executable, "-m", f"benchmarks.{name}"]
            failed += subprocess.run(command, check=False).returncode != 0
            print(flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
