"""What a model file holds, without the data of its tensors.

The classes follow the messages of the ONNX format. Offsets count bytes from the start of the file.
Text that is not valid UTF-8 is kept with its bad bytes written as escapes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scailable.onnx.report import TensorInfo

LONGEST_KEPT = 1024  # values of one list attribute, and bytes of one tensor's data, that are kept


@dataclass(slots=True, frozen=True)
class Payload:
    """Where the data of a tensor is in the file.

    Attributes:
        field: number of the field of `TensorProto` that holds it (9: `raw_data`).
        offset: of its first byte; of the first piece when it was written in several.
        length: bytes.
        values: how many values it holds; for `raw_data`, bytes.
        kept: the bytes themselves, when they are at most `LONGEST_KEPT`; else None.
    """

    field: int
    offset: int
    length: int
    values: int
    kept: bytes | None = None


@dataclass(slots=True, kw_only=True)
class Tensor:
    """An initializer, or a constant in an attribute.

    Attributes:
        name: empty for most constants.
        data_type: number of the element type (`scailable.onnx.dtypes`), 0 when none is given.
        dims: the shape; empty for a scalar.
        payload: the data in the file; None when there is none, or it is in another file.
        external: key and value pairs that say where the data is; None when it is in this file.
        offset: of the message in the file.
        digest: sha256 of the data in hex, where it was asked for.
    """

    name: str
    data_type: int
    dims: tuple[int, ...]
    payload: Payload | None = None
    external: tuple[tuple[str, str], ...] | None = None
    offset: int = 0
    digest: str | None = None


@dataclass(slots=True, kw_only=True)
class SparseTensor:
    """A sparse initializer or constant: its values, where they belong, and the full shape."""

    values: Tensor | None
    indices: Tensor | None
    dims: tuple[int, ...]
    offset: int = 0


@dataclass(slots=True, kw_only=True)
class Attribute:
    """One attribute of a node.

    Attributes:
        name: its name.
        type: number of `AttributeProto.AttributeType`: 1 float, 2 int, 3 string, 4 tensor,
            5 graph, 6 floats, 7 ints, 8 strings, 9 tensors, 10 graphs, 11 and 12 sparse
            tensors, 13 and 14 types; 0 when the file does not say.
        refers_to: inside a function, the name of the function's attribute that gives the value.
        i, f, s: the single value of that kind; None when it has none.
        ints, floats, strings: the lists, cut at `LONGEST_KEPT` values; `length` counts them all.
        tensors, graphs, sparse: single and listed ones alike.
        length: number of values of the list attribute.
    """

    name: str
    type: int
    refers_to: str = ""
    i: int | None = None
    f: float | None = None
    s: bytes | None = None
    ints: tuple[int, ...] = ()
    floats: tuple[float, ...] = ()
    strings: tuple[bytes, ...] = ()
    tensors: tuple[Tensor, ...] = ()
    graphs: "tuple[Graph, ...]" = ()
    sparse: tuple[SparseTensor, ...] = ()
    length: int = 0


@dataclass(slots=True, kw_only=True)
class Node:
    """One operator call.

    Attributes:
        op_type, domain, overload: the operator; the standard domain is the empty string.
        name: empty when it has none.
        inputs, outputs: names of values; an empty name stands for an optional one left out.
        attributes: by name, in the order of the file.
        offset: of the message in the file.
    """

    op_type: str
    domain: str = ""
    overload: str = ""
    name: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    offset: int = 0

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name."""
        return next((each for each in self.attributes if each.name == name), None)

    @property
    def operator(self) -> str:
        """`Conv`, or `domain::Op` outside the standard domain."""
        return f"{self.domain}::{self.op_type}" if self.domain else self.op_type

    @property
    def place(self) -> str:
        """How a finding names the node."""
        called = self.name or next((f"to {each}" for each in self.outputs if each), "")
        return f"node {self.operator} {called}".rstrip()


@dataclass(slots=True, kw_only=True)
class Graph:
    """A graph: the model's own, or one in an attribute (`If`, `Loop`, `Scan`).

    Attributes:
        inputs, outputs: as declared; initializers may be among the inputs.
        value_info: declared types of values in between.
    """

    name: str = ""
    nodes: tuple[Node, ...] = ()
    initializers: tuple[Tensor, ...] = ()
    sparse_initializers: tuple[SparseTensor, ...] = ()
    inputs: tuple[TensorInfo, ...] = ()
    outputs: tuple[TensorInfo, ...] = ()
    value_info: tuple[TensorInfo, ...] = ()
    doc_string: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    offset: int = 0


@dataclass(slots=True, kw_only=True)
class Function:
    """A function that the model brings along: operators made of other operators.

    Attributes:
        attributes: names of all its attributes; `defaults` has those that need not be given.
    """

    name: str
    domain: str = ""
    overload: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    defaults: tuple[Attribute, ...] = ()
    opsets: tuple[tuple[str, int], ...] = ()
    nodes: tuple[Node, ...] = ()
    offset: int = 0


@dataclass(slots=True, kw_only=True)
class Model:
    """A model file.

    Attributes:
        opsets: domain and version of each import, in the order of the file, repeats included;
            the standard domain is the empty string.
        metadata: key and value pairs, in the order of the file, repeats included.
        graph: None when the file has none.
        training: number of `training_info` entries.
    """

    ir_version: int = 0
    opsets: tuple[tuple[str, int], ...] = ()
    producer_name: str = ""
    producer_version: str = ""
    domain: str = ""
    model_version: int = 0
    doc_string: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    graph: Graph | None = None
    functions: tuple[Function, ...] = ()
    training: int = 0


def graphs_of(model: Model) -> Iterator[Graph]:
    """The model's graph and all graphs nested in it, then those nested in functions."""
    if model.graph is not None:
        yield from _with_nested(model.graph)
    for function in model.functions:
        for inner in _nested(function.nodes):
            yield from _with_nested(inner)


def nodes_of(model: Model) -> Iterator[Node]:
    """Every node: of the graph, of nested graphs, of functions."""
    for graph in graphs_of(model):
        yield from graph.nodes
    for function in model.functions:
        yield from function.nodes


def tensors_of(model: Model) -> Iterator[Tensor]:
    """Every tensor that is stored: initializers and constants, dense and sparse parts."""
    for graph in graphs_of(model):
        yield from graph.initializers
        for sparse in graph.sparse_initializers:
            yield from _parts(sparse)
    for node in nodes_of(model):
        for attribute in node.attributes:
            yield from attribute.tensors
            for sparse in attribute.sparse:
                yield from _parts(sparse)


def _parts(sparse: SparseTensor) -> Iterator[Tensor]:
    return (part for part in (sparse.values, sparse.indices) if part is not None)


def _with_nested(graph: Graph) -> Iterator[Graph]:
    waiting = [graph]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(_nested(current.nodes))


def _nested(nodes: tuple[Node, ...]) -> Iterator[Graph]:
    for node in nodes:
        for attribute in node.attributes:
            yield from attribute.graphs
