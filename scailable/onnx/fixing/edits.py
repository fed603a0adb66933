"""The corrections themselves, on a model as the onnx package reads it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnx
from onnx import shape_inference

from scailable.onnx.fixing import ir_version
from scailable.onnx.fixing.parts import graphs_of, shapes_in, tensors_of
from scailable.onnx.fixing.result import RENAMED
from scailable.onnx.reading.stand_in import STAND_IN
from scailable.onnx.sandbox import Refused
from scailable.onnx.text import short

Change = dict[str, str]

_LARGE = 64 * 1024


def rename(model: onnx.ModelProto, renames: Mapping[str, str], *, optional: bool) -> list[Change]:
    """Give inputs and outputs of the model new names, wherever they are used.

    That is in nested graphs too, which may use the values of the graphs around them; not in
    functions, whose names are their own.

    Args:
        optional: leave the names where one cannot be changed; otherwise that is refused.
    """
    wanted = {old: new for old, new in renames.items() if old != new}
    if not wanted:
        return []
    refused = _why_not(model, wanted)
    if refused is not None:
        if optional:
            return []
        raise refused
    of_input, of_output = RENAMED
    kinds = {value.name: of_output for value in model.graph.output}
    kinds.update((value.name, of_input) for value in model.graph.input)
    for graph in graphs_of(model.graph):
        for node in graph.node:
            _replace(node.input, wanted)
            _replace(node.output, wanted)
            for configuration in getattr(node, "device_configurations", ()):
                for spec in configuration.sharding_spec:
                    spec.tensor_name = wanted.get(spec.tensor_name, spec.tensor_name)
        for named in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
            if named.name in wanted:
                named.name = wanted[named.name]
        for sparse in graph.sparse_initializer:
            sparse.values.name = wanted.get(sparse.values.name, sparse.values.name)
        for annotation in graph.quantization_annotation:
            name = annotation.tensor_name
            annotation.tensor_name = wanted.get(name, name)
            for pair in annotation.quant_parameter_tensor_names:
                pair.value = wanted.get(pair.value, pair.value)
    return [_change(kinds[old], old, new) for old, new in wanted.items()]


def _why_not(model: onnx.ModelProto, wanted: Mapping[str, str]) -> Refused | None:
    """Why names cannot be changed."""
    if model.training_info:
        return Refused(
            "The model holds training information, whose graphs use the names of this one.",
            "Export it for inference.",
        )
    taken = set(_names(model.graph))
    for new in wanted.values():
        if new in taken and new not in wanted:
            return Refused(
                f"There is a value {short(new)!r} in the model already.", "Choose another name."
            )
    return None


def set_batch(model: onnx.ModelProto, image: str, batch: int) -> list[Change]:
    """Fix the batch of the image input, and all sizes that go by the same name."""
    value = next(each for each in model.graph.input if each.name == image)
    size = value.type.tensor_type.shape.dim[0]
    if size.HasField("dim_value") and size.dim_value == batch:
        return []
    was_fixed, symbol = size.HasField("dim_value"), size.dim_param
    before = str(size.dim_value) if was_fixed else symbol or "dynamic"
    changes = [_change(f"batch of {image}", before, str(batch))]
    size.dim_value = batch
    interface = {each.name for each in (*model.graph.input, *model.graph.output)}
    for graph in graphs_of(model.graph):
        for named in (*graph.input, *graph.output, *graph.value_info):
            for shape in shapes_in(named.type):
                for axis, each in enumerate(shape.dim):
                    if symbol and each.dim_param == symbol:
                        each.dim_value = batch
                        if graph is model.graph and named.name in interface:
                            changes.append(_axis(named.name, axis, symbol, batch))
    with without_data(model):
        changes += _agree_with_inference(model, anew=was_fixed)
    return changes


def _agree_with_inference(model: onnx.ModelProto, *, anew: bool) -> list[Change]:
    """Let what is declared about outputs and values in between follow from the inputs.

    Args:
        anew: the sizes of the outputs were declared for another batch, and do not count.
    """
    asked = onnx.ModelProto()
    asked.CopyFrom(model)
    for graph in graphs_of(asked.graph):
        del graph.value_info[:]
    for value in asked.graph.output:
        for shape in shapes_in(value.type):
            for size in shape.dim:
                if anew or not size.HasField("dim_value"):
                    size.Clear()
    try:
        inferred = shape_inference.infer_shapes(asked, data_prop=True)
    except Exception as error:  # the bindings raise many kinds on models they cannot handle
        raise Refused(f"What follows from the batch cannot be inferred: {error}") from error
    changes = []
    for value, known in zip(model.graph.output, inferred.graph.output, strict=True):
        sizes, known_sizes = value.type.tensor_type.shape.dim, known.type.tensor_type.shape.dim
        if len(sizes) != len(known_sizes):
            continue
        for axis, (size, other) in enumerate(zip(sizes, known_sizes, strict=True)):
            if other.HasField("dim_value") and size.dim_value != other.dim_value:
                before = str(size.dim_value) if size.HasField("dim_value") else size.dim_param
                changes.append(_axis(value.name, axis, before, other.dim_value))
                size.dim_value = other.dim_value
    for graph, other_graph in zip(graphs_of(model.graph), graphs_of(inferred.graph), strict=True):
        _drop_stale(graph, other_graph, anew=anew)
    return changes


def _drop_stale(graph: onnx.GraphProto, inferred: onnx.GraphProto, *, anew: bool) -> None:
    """Remove the declared types of values in between that contradict the inferred ones."""
    known = {value.name: value.type.tensor_type for value in inferred.value_info}
    kept = []
    for value in graph.value_info:
        declared, other = value.type.tensor_type, known.get(value.name)
        if other is None or not other.HasField("shape"):
            stale = anew  # nobody knows whether it follows from the old batch
        else:
            stale = len(declared.shape.dim) != len(other.shape.dim) or any(
                first.HasField("dim_value")
                and second.HasField("dim_value")
                and first.dim_value != second.dim_value
                for first, second in zip(declared.shape.dim, other.shape.dim, strict=True)
            )
        if not stale:
            kept.append(value)
    if len(kept) < len(graph.value_info):
        copies = [onnx.ValueInfoProto.FromString(_bytes(value)) for value in kept]
        del graph.value_info[:]
        graph.value_info.extend(copies)


@contextmanager
def without_data(model: onnx.ModelProto) -> Iterator[None]:
    """Put large tensor data aside meanwhile: who looks at shapes only would copy it often."""
    Path(STAND_IN).write_bytes(b"\0")  # the checker insists on a file behind replaced data
    aside: list[tuple[onnx.TensorProto, bytes | list[onnx.StringStringEntryProto]]] = []
    for tensor in list(tensors_of(model)):
        if tensor.data_location == tensor.EXTERNAL:
            aside.append(
                (
                    tensor,
                    [
                        onnx.StringStringEntryProto.FromString(_bytes(pair))
                        for pair in tensor.external_data
                    ],
                )
            )
        elif len(tensor.raw_data) > _LARGE:
            aside.append((tensor, tensor.raw_data))
            tensor.ClearField("raw_data")
            tensor.data_location = tensor.EXTERNAL
        else:
            continue
        del tensor.external_data[:]
        tensor.external_data.add(key="location", value=STAND_IN)
    try:
        yield
    finally:
        for tensor, data in aside:
            del tensor.external_data[:]
            if isinstance(data, bytes):
                tensor.raw_data = data
                tensor.ClearField("data_location")
            else:
                tensor.external_data.extend(data)


def lower_ir(model: onnx.ModelProto, version: int, *, optional: bool) -> list[Change]:
    """Lower the IR version to what the model really needs; nothing is converted.

    Args:
        optional: leave a model that needs more as it is; otherwise it is refused.
    """
    if model.ir_version <= version:
        return []
    need = ir_version.needed(model)
    if need.version > version:
        if optional:
            return []
        raise Refused(
            f"The IR version cannot be lowered to {version}: {need.what} came with "
            f"IR {need.version}.",
            "Export the model without it, with opset 17 and IR 8.",
        )
    changes = [_change("IR version", str(model.ir_version), str(version))]
    if model.ir_version >= 10 > version:
        dropped = ir_version.drop_annotations(model)
        if dropped:
            changes.append(_change("metadata of nodes and values", f"{dropped} entries", "none"))
    model.ir_version = version
    return changes


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
    dropped = [at for at, value in enumerate(model.graph.input) if value.name in stored]
    if not dropped:
        return []
    if len(dropped) == len(model.graph.input):
        raise Refused("All inputs are initializers; without them the model would have no input.")
    for at in reversed(dropped):
        del model.graph.input[at]
    return [_change("inputs that are initializers", str(len(dropped)), "0")]


def _bytes(message: Any) -> bytes:
    content: bytes = message.SerializeToString()
    return content


def _names(graph: onnx.GraphProto) -> Iterator[str]:
    """Every name of a value in a graph and those nested in it."""
    for each in graphs_of(graph):
        for named in (*each.input, *each.output, *each.value_info, *each.initializer):
            yield named.name
        for sparse in each.sparse_initializer:
            yield sparse.values.name
        for node in each.node:
            yield from node.input
            yield from node.output


def _replace(listed: Any, renames: Mapping[str, str]) -> None:
    """Rename in a repeated field, in place."""
    names: Iterable[str] = listed
    if any(name in renames for name in names):
        listed[:] = [renames.get(name, name) for name in names]


def _axis(name: str, axis: int, before: str, after: int) -> Change:
    return _change(f"axis {axis} of {name}", before or "dynamic", str(after))


def _change(what: str, before: str, after: str) -> Change:
    return {"what": what, "before": before, "after": after}
