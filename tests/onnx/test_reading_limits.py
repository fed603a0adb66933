"""The files that take most for their size to read, up to the limit of fields, in a process each."""

import subprocess
import sys

import pytest

SECONDS, MEGABYTES = 5, 256

READ = """
import resource, sys, tempfile
from scailable.onnx.reading.problems import Problems
from scailable.onnx.reading.source import Source
from scailable.onnx.reading.walk import walk

content = sys.stdin.buffer.read()
with tempfile.TemporaryFile() as file:
    file.write(content)
    file.flush()
    size = len(content)
    del content
    before = resource.getrusage(resource.RUSAGE_SELF)
    problems = Problems()
    walk(Source(file.fileno(), size), problems)
used = resource.getrusage(resource.RUSAGE_SELF)
seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
print(seconds, used.ru_maxrss // 1024, *{each.code for each in problems.found})
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


@pytest.mark.skipif(sys.platform == "win32", reason="there is no resource module")
@pytest.mark.parametrize("field", DENSE.values(), ids=DENSE)
def test_as_many_fields_as_are_read(field: bytes) -> None:
    content = with_graph_of(field, 12_000_000)
    command = [sys.executable, "-c", READ]
    done = subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True, timeout=60)
    seconds, megabytes, *codes = done.stdout.decode().split()
    assert codes == ["ONNX-WIRE-009"]
    assert float(seconds) < SECONDS  # of processor time: other tests may run beside this one
    assert int(megabytes) < MEGABYTES
