"""Rules about how the nodes of a graph hang together.

The onnx checker stops at the first of these; here all of them are found, whichever onnx is there.
"""

from collections import Counter
from collections.abc import Iterator

from scailable.onnx.reading.model import Model, Node
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, model_rule
from scailable.onnx.rules.subject import Subject
from scailable.onnx.text import short

_AGAIN = "export the model again with a current exporter"
_MOST_NODES = 250_000
_MOST_INITIALIZERS = 100_000
_MOST_FUNCTIONS = 10_000


@model_rule("ONNX-GRAPH-004", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def defined_twice(subject: Subject) -> Iterator[Said]:
    """Two values have the same name."""
    for trouble in subject.troubles.of("twice"):
        message = f"the value {short(trouble.name)!r} is defined a second time"
        yield trouble.where, message, _AGAIN, trouble.offset


@model_rule("ONNX-GRAPH-005", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def undefined_value(subject: Subject) -> Iterator[Said]:
    """A node takes a value that nothing gives."""
    for trouble in subject.troubles.of("undefined"):
        message = f"takes {short(trouble.name)!r}, which no input, initializer or node gives"
        yield trouble.where, message, _AGAIN, trouble.offset


@model_rule("ONNX-GRAPH-006", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def out_of_order(subject: Subject) -> Iterator[Said]:
    """A node comes before a node whose result it takes."""
    for trouble in subject.troubles.of("order"):
        message = f"takes {short(trouble.name)!r}, which is only computed behind it"
        yield trouble.where, message, _AGAIN, trouble.offset


@model_rule("ONNX-GRAPH-007", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def undefined_output(subject: Subject) -> Iterator[Said]:
    """An output is a value that its graph does not give."""
    for trouble in subject.troubles.of("output"):
        message = f"the output {short(trouble.name)!r} is given by nothing"
        yield trouble.where, message, _AGAIN, trouble.offset
    for trouble in subject.troubles.of("from around"):
        message = f"the output {short(trouble.name)!r} is a value of the graph around it"
        yield trouble.where, message, "put an Identity between the two", trouble.offset


@model_rule("ONNX-GRAPH-008", "info", source=sources.SPECIFICATION, generic="info")
def unused_initializers(subject: Subject) -> Iterator[Said]:
    """Initializers are not used by any node."""
    if subject.model.graph is None:
        return
    used = {name for node in subject.nodes for name in node.inputs}
    used.update(each.name for graph in subject.graphs for each in graph.outputs)
    unused = [each.name for each in subject.model.graph.initializers if each.name not in used]
    if unused:
        listed = ", ".join(short(name) for name in unused[:5])
        more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
        yield "", f"{len(unused)} initializers are not used: {listed}{more}", ""


@model_rule("ONNX-GRAPH-009", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def no_graph(subject: Subject) -> Iterator[Said]:
    """The model has no graph."""
    if subject.model.graph is None and subject.model.ir_version:
        yield "", "the model has no graph", _AGAIN


@model_rule("ONNX-GRAPH-010", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def graph_without_name(subject: Subject) -> Iterator[Said]:
    """A graph has no name."""
    for graph in subject.graphs:
        if graph.name:
            continue
        if graph is subject.model.graph:
            fix = "m = onnx.load('model.onnx'); m.graph.name = 'main'; onnx.save(m, 'new.onnx')"
            yield "graph", "has no name, which the specification demands", fix, graph.offset
        else:
            message = "has no name, which the specification demands"
            yield "a nested graph", message, _AGAIN, graph.offset


@model_rule("ONNX-GRAPH-011", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def node_without_operator(subject: Subject) -> Iterator[Said]:
    """A node names no operator."""
    for node in subject.nodes:
        if not node.op_type:
            yield node.place, "names no operator", _AGAIN, node.offset


@model_rule("ONNX-GRAPH-012", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def metadata_twice(subject: Subject) -> Iterator[Said]:
    """A key of the metadata is given twice."""
    keys: set[str] = set()
    for key, _ in subject.model.metadata:
        if key in keys:
            yield f"metadata {short(key)}", "the key is given a second time", "keep one of them"
        keys.add(key)


@model_rule("ONNX-GRAPH-013", "info", source=sources.SPECIFICATION, generic="info")
def training_information(subject: Subject) -> Iterator[Said]:
    """The model carries what is needed to train it."""
    if subject.model.training:
        yield "", "carries training information, which devices do not use", ""


@model_rule("ONNX-GRAPH-014", "error", source=sources.LIMITS, generic="error", safety=True)
def too_large_a_graph(subject: Subject) -> Iterator[Said]:
    """The model has more nodes, initializers or functions than are checked."""
    for kind, count, most in (
        ("nodes", len(subject.nodes), _MOST_NODES),
        ("initializers", sum(len(g.initializers) for g in subject.graphs), _MOST_INITIALIZERS),
        ("functions", len(subject.model.functions), _MOST_FUNCTIONS),
    ):
        if count > most:
            yield "", f"{count} {kind}; at most {most} are checked", "export a smaller model"


@model_rule("ONNX-GRAPH-017", "warning", source=sources.SPECIFICATION, generic="warning")
def hidden_names(subject: Subject) -> Iterator[Said]:
    """A nested graph names an input or initializer as a value around it is named."""
    for trouble in subject.troubles.of("hiding"):
        message = f"the name {short(trouble.name)!r} is that of a value around the graph"
        yield trouble.where, message, "give it a name of its own", trouble.offset


@model_rule("ONNX-GRAPH-019", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def without_name(subject: Subject) -> Iterator[Said]:
    """An input, output, initializer or function has no name."""
    for trouble in subject.troubles.of("nameless"):
        yield trouble.where, "has no name", _AGAIN, trouble.offset


@model_rule("ONNX-GRAPH-020", "error", source=sources.ONNX_RUNTIME, generic="warning")
def node_names_twice(subject: Subject) -> Iterator[Said]:
    """Two nodes of a graph have the same name, which ONNX Runtime refuses."""
    for nodes in (*(each.nodes for each in subject.graphs), *_bodies(subject.model)):
        names: set[str] = set()
        for node in nodes:
            if node.name in names:
                message = "another node has the same name"
                yield node.place, message, "give each node its own name, or none", node.offset
            elif node.name:
                names.add(node.name)


def _bodies(model: Model) -> Iterator[tuple[Node, ...]]:
    return (each.nodes for each in model.functions)


@model_rule("ONNX-GRAPH-021", "error", source=sources.SPECIFICATION, generic="error", safety=True)
def attributes_twice(subject: Subject) -> Iterator[Said]:
    """A node gives an attribute twice."""
    for node in subject.nodes:
        names = [each.name for each in node.attributes]
        if len(names) > 1 and len(set(names)) < len(names):
            again = Counter(names).most_common(1)[0][0]
            message = f"the attribute {short(again)!r} is given a second time"
            yield node.place, message, _AGAIN, node.offset
