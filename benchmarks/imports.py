"""What it costs to start: imports, the first client, commands; CPU time of fresh processes.

python -m benchmarks.imports [--rounds 7]
"""

import argparse
import sys

from benchmarks.fresh import compiled, over_bare
from benchmarks.loopback import table
from scailable.runtime.http import LIBRARY


def command(*words: str) -> str:
    """Code that runs the command line."""
    return (
        f"import sys; sys.argv = ['scailable', *{words!r}]\n"
        "from scailable.cli.main import main\n"
        "main()"
    )


PEER = f"{LIBRARY}.Client()"
CODES = {
    "import scailable": "import scailable",
    "import scailable.onnx": "import scailable.onnx",
    "scailable --help": command("--help"),
    "import click": "import click",
    f"import attrs, {LIBRARY}": f"import attrs, {LIBRARY}",
    PEER: f"import {LIBRARY}; {LIBRARY}.Client()",
    "Client().models": "import scailable; scailable.Client().models",
    "scailable whoami": command("whoami"),
    "scailable models list": command("models", "list", "-q"),
    "scailable devices list": command("devices", "list", "-q"),
}
REACH = {
    "import scailable": "<= 15 ms",
    "scailable --help": "<= 100 ms",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    from scailable.cloud.embedded import EmbeddedCloud

    with EmbeddedCloud() as cloud, compiled() as environment:
        environment["SCAILABLE_BASE_URL"] = cloud.url
        environment["SCAILABLE_TOKEN"] = cloud.local_session().access
        times = over_bare(CODES, options.rounds, environment)
    rows = [(name, f"{ms:.0f} ms", REACH.get(name, "")) for name, ms in times.items()]
    for name, peer, reach in (
        ("Client().models", PEER, "<= 1.2 x"),
        ("scailable models list", f"import attrs, {LIBRARY}", "<= 2 x"),
    ):
        rows.append((f"{name} / {peer}", f"{times[name] / times[peer]:.2f} x", reach))
    version = ".".join(map(str, sys.version_info[:3]))
    table(f"Start, CPU beyond bare Python {version}, best of {options.rounds}", rows)


if __name__ == "__main__":
    main()
