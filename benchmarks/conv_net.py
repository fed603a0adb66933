"""Image classifiers of any size with random weights, written block by block.

A file of 1 GB is written without 1 GB of memory: only the graph is made with onnx, the weights
go straight into the file.
"""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from onnx import GraphProto

DATA_SUFFIX = ".data"
_LABELS = 10
_IMAGE = 224
_FEWEST_LAYERS = 24
_BLOCK = 1 << 20
_NOISE = 8 * _BLOCK
# Where the weights and the graph are in their messages: field number and encoding.
_RAW_DATA, _INITIALIZER, _GRAPH = (9 << 3 | 2, 5 << 3 | 2, 7 << 3 | 2)


@dataclass(frozen=True)
class Weights:
    """One initializer: its name and its shape, of float32."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        values = 1
        for length in self.shape:
            values *= length
        return 4 * values


def write_model(path: Path, size: int, *, external: bool = False) -> None:
    """Write a model of about `size` bytes; with `external`, its weights to a file beside it.

    Another process does it: the peak of a child begins with the memory of its parent.
    """
    writer = multiprocessing.get_context("spawn").Process(
        target=_write, args=(path, size, external)
    )
    writer.start()
    writer.join()
    assert writer.exitcode == 0


def _write(path: Path, size: int, external: bool) -> None:
    from onnx import ModelProto, helper

    weights, first, last = _network(size)
    noise = _noise()
    heads = [_head(each, path.name if external else None, at) for each, at in _placed(weights)]
    inline = [0 if external else each.size for each in weights]
    messages = [
        _key(_INITIALIZER, len(head) + data) + head
        for head, data in zip(heads, inline, strict=True)
    ]
    start, end = first.SerializeToString(), last.SerializeToString()
    length = len(start) + sum(map(len, messages)) + sum(inline) + len(end)
    with path.open("wb") as file:
        file.write(ModelProto(ir_version=8, producer_name="benchmarks").SerializeToString())
        file.write(_key(_GRAPH, length) + start)
        for message, data in zip(messages, inline, strict=True):
            file.write(message)
            _fill(file, data, noise)
        file.write(end)
        file.write(ModelProto(opset_import=[helper.make_opsetid("", 17)]).SerializeToString())
    if external:
        with path.with_name(path.name + DATA_SUFFIX).open("wb") as file:
            _fill(file, sum(each.size for each in weights), noise)


def _network(size: int) -> "tuple[list[Weights], GraphProto, GraphProto]":
    """The weights of a residual network, and its graph: what comes before and after them."""
    from onnx import GraphProto, TensorProto, helper

    width = 8
    while size >= _FEWEST_LAYERS * 36 * (2 * width) ** 2:
        width *= 2
    layers = size // (36 * width**2)
    image = helper.make_tensor_value_info("image-", TensorProto.FLOAT, [1, 3, _IMAGE, _IMAGE])
    names = ";".join(f"{number}:Class {number}" for number in range(_LABELS))
    scores = helper.make_tensor_value_info(f"scores-{names}", TensorProto.FLOAT, [1, _LABELS])
    weights = [Weights("stem.weight", (width, 3, 7, 7)), Weights("stem.bias", (width,))]
    first = ["image-", "stem.weight", "stem.bias"]
    nodes = [
        helper.make_node("Conv", first, ["stem"], strides=[4, 4], pads=[3, 3, 3, 3]),
        helper.make_node("Relu", ["stem"], ["layer0"]),
    ]
    for number in range(layers):
        weight, bias = f"conv{number}.weight", f"conv{number}.bias"
        weights += [Weights(weight, (width, width, 3, 3)), Weights(bias, (width,))]
        before, conv, relu = f"layer{number}", f"conv{number}", f"relu{number}"
        nodes += [
            helper.make_node("Conv", [before, weight, bias], [conv], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [conv], [relu]),
            helper.make_node("Add", [before, relu], [f"layer{number + 1}"]),
        ]
    weights += [Weights("head.weight", (_LABELS, width)), Weights("head.bias", (_LABELS,))]
    nodes += [
        helper.make_node("GlobalAveragePool", [f"layer{layers}"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("Gemm", ["features", "head.weight", "head.bias"], ["logits"], transB=1),
        helper.make_node("Softmax", ["logits"], [scores.name]),
    ]
    return weights, GraphProto(node=nodes, name="net"), GraphProto(input=[image], output=[scores])


def _placed(weights: list[Weights]) -> Iterator[tuple[Weights, int]]:
    """Each with the bytes before it."""
    at = 0
    for each in weights:
        yield each, at
        at += each.size


def _head(weights: Weights, model: str | None, at: int) -> bytes:
    """The initializer up to its data; all of it when the data is beside the model."""
    from onnx import TensorProto

    tensor = TensorProto(dims=weights.shape, data_type=TensorProto.FLOAT, name=weights.name)
    if model is None:
        inline: bytes = tensor.SerializeToString()
        return inline + _key(_RAW_DATA, weights.size)
    tensor.data_location = TensorProto.EXTERNAL
    where = {"location": model + DATA_SUFFIX, "offset": at, "length": weights.size}
    for key, value in where.items():
        tensor.external_data.add(key=key, value=str(value))
    beside: bytes = tensor.SerializeToString()
    return beside


def _noise() -> bytes:
    import numpy as np

    weights = np.random.default_rng(0).normal(0, 0.05, _NOISE // 4)
    return weights.astype(np.float32).tobytes()


def _fill(file: BinaryIO, size: int, noise: bytes) -> None:
    """Write `size` bytes of weights, which begin at a place of their own in the noise.

    No two tensors are alike, as a tool that looks for copies would find them.
    """
    while size:
        start = file.tell() * 7919 % (len(noise) - _BLOCK) & ~3
        piece = noise[start : start + min(size, _BLOCK)]
        file.write(piece)
        size -= len(piece)


def _key(tag: int, length: int) -> bytes:
    """What a message has before a field of that many bytes."""
    encoded = bytearray([tag])
    while length > 127:
        encoded.append(length & 127 | 128)
        length >>= 7
    encoded.append(length)
    return bytes(encoded)
