"""The files that take most for their size to read, up to the limit of fields, in a process each."""

import subprocess
import sys

import pytest

MEGABYTES = 256

READ = """
import sys, tempfile
from pathlib import Path
from scailable.onnx.reading.problems import Problems
from scailable.onnx.reading.source import Source
from scailable.onnx.reading.walk import walk

content = sys.stdin.buffer.read()
with tempfile.TemporaryFile() as file:
    file.write(content)
    file.flush()
    size = len(content)
    del content
    problems = Problems()
    walk(Source(file.fileno(), size), problems)
# Not `ru_maxrss`: that of a new process starts with what the process that made it takes.
status = Path("/proc/self/status").read_text().splitlines()
(peak,) = (line.split()[1] for line in status if line.startswith("VmHWM:"))
print(int(peak) // 1024, *{each.code for each in problems.found})
"""

DENSE = {
    "nodes without anything": b"\x0a\x00",
    "tensors of no elements": b"\x2a\x04\x08\x00\x10\x01",
}


def with_graph_of(field: bytes, size: int) -> bytes:
    """A model whose graph is the same field again and again."""
    graph = field * (size // len(field))
    length = bytearray()
    rest = len(graph)
    while rest > 127:
        length.append(rest & 127 | 128)
        rest >>= 7
    return b"\x08\x08\x3a" + bytes([*length, rest]) + graph


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of one process")
@pytest.mark.parametrize("field", DENSE.values(), ids=DENSE)
def test_as_many_fields_as_are_read(field: bytes) -> None:
    content = with_graph_of(field, 12_000_000)
    command = [sys.executable, "-c", READ]
    done = subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True, timeout=60)
    megabytes, *codes = done.stdout.decode().split()
    assert codes == ["ONNX-WIRE-009"]
    assert int(megabytes) < MEGABYTES
