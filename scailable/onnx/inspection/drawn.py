"""The graph as it is drawn: boxes and lines, folded until they can be looked at."""

from dataclasses import dataclass, field

from scailable.onnx.inspection.card import Layer, ModelCard, shape_text


@dataclass(slots=True)
class Box:
    """A box of the drawing: an input, an output, or nodes of the graph.

    Attributes:
        kind: `input`, `output`, `node` or `gap`.
        title: the operator, or the name of the input or output.
        note: the shape of what it gives.
        layers: the nodes in it; several when a chain was folded.
    """

    kind: str
    title: str
    note: str
    layers: list[Layer] = field(default_factory=list)


@dataclass(slots=True)
class Drawing:
    """Boxes, and lines from a box to another with the name of what flows there.

    Attributes:
        folded: nodes that share a box with others.
        left_out: nodes that are not drawn.
    """

    boxes: list[Box]
    lines: list[tuple[int, int, str]]
    folded: int = 0
    left_out: int = 0


def drawing(card: ModelCard, most_boxes: int) -> Drawing:
    """The graph of a card in at most `most_boxes` boxes.

    Chains of nodes are folded into one box when there are more nodes, and the middle of the graph
    is left out when there still are.
    """
    whole = _whole(card)
    if len(whole.boxes) <= most_boxes:
        return whole
    folded = _chains_folded(whole)
    return folded if len(folded.boxes) <= most_boxes else _middle_left_out(folded, most_boxes)


def _whole(card: ModelCard) -> Drawing:
    graph = card.graph
    boxes: list[Box] = []
    origin: dict[str, int] = {}
    for port in card.inputs:
        origin[port.name] = len(boxes)
        boxes.append(Box("input", port.name, port.type))
    lines: dict[tuple[int, int], str] = {}
    for node, layer in zip(graph.nodes, card.layers, strict=True):
        here = len(boxes)
        boxes.append(Box("node", node.operator, shape_text(layer.shape), [layer]))
        taken = [*node.inputs]
        waiting = [inner for attribute in node.attributes for inner in attribute.graphs]
        while waiting:  # values that the graphs of an If or Loop take from around them
            inner_graph = waiting.pop()
            taken += [each.name for each in inner_graph.outputs]
            for inner in inner_graph.nodes:
                taken += inner.inputs
                waiting += [g for attribute in inner.attributes for g in attribute.graphs]
        for name in taken:
            if name in origin:
                lines.setdefault((origin[name], here), name)
        for name in node.outputs:
            if name:
                origin[name] = here
    for port in card.outputs:
        if port.name in origin:
            lines.setdefault((origin[port.name], len(boxes)), port.name)
        boxes.append(Box("output", port.name, port.type))
    return Drawing(boxes, [(start, end, name) for (start, end), name in lines.items()])


def _chains_folded(whole: Drawing) -> Drawing:
    """One box for nodes that follow one another with nothing else between."""
    after: dict[int, list[int]] = {}
    before: dict[int, list[int]] = {}
    for start, end, _ in whole.lines:
        after.setdefault(start, []).append(end)
        before.setdefault(end, []).append(start)
    place: dict[int, int] = {}
    boxes: list[Box] = []
    folded = 0
    for index, box in enumerate(whole.boxes):
        sources = before.get(index, [])
        source = sources[0] if len(sources) == 1 else -1
        joins = (
            box.kind == "node"
            and source >= 0
            and whole.boxes[source].kind == "node"
            and len(after[source]) == 1
        )
        if not joins:
            place[index] = len(boxes)
            boxes.append(Box(box.kind, box.title, box.note, list(box.layers)))
            continue
        place[index] = place[source]
        target = boxes[place[source]]
        folded += 1 if len(target.layers) > 1 else 2
        target.layers += box.layers
        target.title = f"{target.layers[0].operator} … {box.title}"
        target.note = box.note
    lines = {
        (place[start], place[end]): name
        for start, end, name in whole.lines
        if place[start] != place[end]
    }
    return Drawing(boxes, [(a, b, name) for (a, b), name in lines.items()], folded)


def _middle_left_out(drawn: Drawing, most_boxes: int) -> Drawing:
    count = len(drawn.boxes)
    first = most_boxes * 2 // 3
    last = count - (most_boxes - first - 1)
    missing = sum(len(box.layers) for box in drawn.boxes[first:last])
    gap = Box("gap", f"{missing} nodes are not drawn", "")
    boxes = [*drawn.boxes[:first], gap, *drawn.boxes[last:]]

    def place(index: int) -> int:
        return index if index < first else first if index < last else index - last + first + 1

    lines = {
        (place(start), place(end)): name
        for start, end, name in drawn.lines
        if place(start) != place(end)
    }
    return Drawing(boxes, [(a, b, name) for (a, b), name in lines.items()], drawn.folded, missing)
