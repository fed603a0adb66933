"""The process that is fuzzed, with atheris: `python -m tests.onnx.fuzz.worker FIGURES [OPTIONS]`.

The options are those of libFuzzer. A crash, or an input that takes too long or too much memory, is
saved by it. `FIGURES` is written again with every input that takes longer than all before.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["scailable.onnx"]):
    from tests.onnx.fuzz.target import Target

from tests.onnx.fuzz.mutation import mutated
from tests.onnx.fuzz.seeds import CORPUS


def main() -> None:
    """Fuzz until the time is over; does not return."""
    figures = Path(sys.argv.pop(1))
    seeds = [path.read_bytes() for path in sorted(CORPUS.glob("*.onnx"))]
    slowest = 0.0

    def mutate(content: bytes, most: int, seed: int) -> bytes:
        dice = random.Random(seed)
        if dice.random() < 0.4:
            changed: bytes = atheris.Mutate(content, most)
            return changed
        return mutated(content, dice.choice(seeds), dice)[:most]

    with tempfile.TemporaryDirectory() as folder, Target(Path(folder)) as target:

        def look(content: bytes) -> None:
            nonlocal slowest
            start = time.perf_counter()
            target(content)
            taken = time.perf_counter() - start
            if taken > slowest:
                slowest = taken
                figures.write_text(json.dumps({"slowest": taken, "bytes": len(content)}))

        atheris.Setup(sys.argv, look, custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
