"""The corrections themselves, on a model as the onnx package reads it."""

from collections.abc import Iterable, Iterator, Mapping

import onnx
from onnx import shape_inference

from scailable.onnx.sandbox import Refused

Change = dict[str, str]


def rename(model: onnx.ModelProto, renames: Mapping[str, str]) -> list[Change]:
    """Give inputs and outputs of the model new names, wherever they are used."""
    taken = set(_names(model.graph))
    for new in renames.values():
        if new in taken and new not in renames:
            raise Refused(f"There is a value {new!r} already.", "Choose another name.")
    for graph in _graphs(model.graph):
        for node in graph.node:
            _replace(node.input, renames)
            _replace(node.output, renames)
        for value in (*graph.input, *graph.output, *graph.value_info):
            value.name = renames.get(value.name, value.name)
        for tensor in graph.initializer:
            tensor.name = renames.get(tensor.name, tensor.name)
        for sparse in graph.sparse_initializer:
            sparse.values.name = renames.get(sparse.values.name, sparse.values.name)
        for annotation in graph.quantization_annotation:
            name = annotation.tensor_name
            annotation.tensor_name = renames.get(name, name)
            for pair in annotation.quant_parameter_tensor_names:
                pair.value = renames.get(pair.value, pair.value)
    return [_change("name", old, new) for old, new in renames.items() if old != new]


def set_batch(model: onnx.ModelProto, image: str, batch: int) -> list[Change]:
    """Fix the dynamic batch of the image input, and all sizes that go by the same name."""
    changes: list[Change] = []
    symbol = ""
    for value in model.graph.input:
        if value.name == image:
            size = value.type.tensor_type.shape.dim[0]
            symbol = size.dim_param
            if not size.HasField("dim_value"):
                changes.append(_change(f"batch of {image}", symbol or "?", str(batch)))
                size.dim_value = batch
    if not changes:
        return []
    values = [v for graph in _graphs(model.graph) for v in (*graph.input, *graph.output)]
    for value in values:
        for size in value.type.tensor_type.shape.dim:
            if symbol and size.dim_param == symbol:
                changes.append(_change(f"{symbol} in {value.name}", symbol, str(batch)))
                size.dim_value = batch
    # What was inferred for another batch would contradict this one; it is inferred anew.
    for graph in _graphs(model.graph):
        del graph.value_info[:]
    changes += _known_output_sizes(model)
    return changes


def _known_output_sizes(model: onnx.ModelProto) -> list[Change]:
    """Write down the sizes of the outputs that follow from the batch."""
    asked = onnx.ModelProto()
    asked.CopyFrom(model)
    for value in asked.graph.output:
        for size in value.type.tensor_type.shape.dim:
            if not size.HasField("dim_value"):
                size.Clear()
    inferred = shape_inference.infer_shapes(asked, data_prop=True)
    changes = []
    for value, known in zip(model.graph.output, inferred.graph.output, strict=True):
        sizes, known_sizes = value.type.tensor_type.shape.dim, known.type.tensor_type.shape.dim
        if len(sizes) != len(known_sizes):
            continue
        for axis, (size, known_size) in enumerate(zip(sizes, known_sizes, strict=True)):
            if known_size.HasField("dim_value") and not size.HasField("dim_value"):
                before = size.dim_param or "?"
                size.dim_value = known_size.dim_value
                changes.append(_change(f"axis {axis} of {value.name}", before, str(size.dim_value)))
    return changes


def stamp_ir(model: onnx.ModelProto, version: int) -> list[Change]:
    """Stamp the model with an IR version; nothing is converted."""
    before, model.ir_version = model.ir_version, version
    return [] if before == version else [_change("IR version", str(before), str(version))]


def stamp_opset(model: onnx.ModelProto, version: int) -> list[Change]:
    """Stamp the model with an opset; nothing is converted."""
    changes = []
    for opset in model.opset_import:
        if opset.domain in ("", "ai.onnx") and opset.version != version:
            changes.append(_change("opset stamp", str(opset.version), str(version)))
            opset.version = version
    return changes


def drop_initializer_inputs(model: onnx.ModelProto) -> list[Change]:
    """Take initializers out of the inputs."""
    stored = {tensor.name for tensor in model.graph.initializer}
    stored.update(sparse.values.name for sparse in model.graph.sparse_initializer)
    kept = [value for value in model.graph.input if value.name not in stored]
    dropped = len(model.graph.input) - len(kept)
    if not dropped:
        return []
    before = len(model.graph.input)
    del model.graph.input[:]
    model.graph.input.extend(kept)
    return [_change("inputs that are initializers", str(before - len(kept)), "0")]


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    waiting = [graph]
    while waiting:
        current = waiting.pop()
        yield current
        for node in current.node:
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    waiting.append(attribute.g)
                waiting.extend(attribute.graphs)


def _names(graph: onnx.GraphProto) -> Iterator[str]:
    for each in _graphs(graph):
        yield from (value.name for value in each.input)
        yield from (tensor.name for tensor in each.initializer)
        for node in each.node:
            yield from node.output


def _replace(listed: "Iterable[str]", renames: Mapping[str, str]) -> None:
    new = [renames.get(name, name) for name in listed]
    listed[:] = new  # type: ignore[index]  # a repeated field, which the stubs call a sequence


def _change(what: str, before: str, after: str) -> Change:
    return {"what": what, "before": before, "after": after}
