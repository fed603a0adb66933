"""The card of a model as Markdown, with the graph for Mermaid."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from scailable.onnx.inspection.card import ModelCard, Port, shape_text
from scailable.onnx.inspection.drawn import Drawing, drawing
from scailable.onnx.inspection.numbers import compact
from scailable.onnx.text import printable, readable_size, short

# Mermaid draws at most 500 lines and 50,000 characters unless it is told otherwise.
_MOST_BOXES = 150
_MOST_LINES = 480
_LONGEST_GRAPH = 45_000
_SPECIAL = "\\`*_{}[]<>()#+-.!|~&"


def card_markdown(card: ModelCard) -> str:
    """The card as a Markdown document; what the model says is escaped."""
    return "\n".join(_lines(card)) + "\n"


def _lines(card: ModelCard) -> Iterator[str]:
    yield f"# {escaped(PurePath(card.path).name)}"
    yield ""
    if card.doc_string:
        yield escaped(short(card.doc_string))
        yield ""
    opsets = ", ".join(
        f"{domain or 'ai.onnx'} {version}" for domain, version in card.opsets.items()
    )
    facts = [
        ("parameters", f"{card.parameters:,}"),
        ("MACs", f"{card.macs:,} ({compact(card.macs)})"),
        ("file", readable_size(card.size)),
        ("opset", f"{opsets or 'none'}, IR {card.ir_version}"),
        ("sha256", card.sha256),
    ]
    if card.producer:
        facts.append(("producer", card.producer))
    if card.activation_peak:
        facts.append(("activations", f"{readable_size(card.activation_peak)} at most"))
    facts += [("weights", f"{readable_size(s)} {name}") for name, s in card.weights.items()]
    if card.not_counted:
        listed = ", ".join(f"{count} {name}" for name, count in card.not_counted.items())
        facts.append(("not in the MACs", listed))
    yield from _table(("", ""), facts)
    yield from _ports("Inputs", card.inputs)
    yield from _ports("Outputs", card.outputs)
    yield "## Operators"
    yield ""
    counted = sorted(card.operators.items(), key=lambda pair: (-pair[1], pair[0]))
    yield from _table(("operator", "nodes"), [(name, str(count)) for name, count in counted])
    layers = card.largest_layers()
    if layers:
        yield "## Largest layers"
        yield ""
        yield from _table(
            ("layer", "operator", "shape", "weights", "MACs"),
            [
                (
                    short(layer.name),
                    layer.operator,
                    shape_text(layer.shape),
                    readable_size(layer.bytes),
                    compact(layer.macs),
                )
                for layer in layers
            ],
        )
    if card.metadata:
        yield "## Metadata"
        yield ""
        pairs = [(short(key), short(value)) for key, value in card.metadata.items()]
        yield from _table(("key", "value"), pairs)
    if card.notes:
        yield "## Notes"
        yield ""
        yield from (f"- {escaped(note)}" for note in card.notes)
        yield ""
    yield "## Graph"
    yield ""
    drawn = drawing(card, _MOST_BOXES)
    while len(text := mermaid(drawn)) > _LONGEST_GRAPH or len(drawn.lines) > _MOST_LINES:
        drawn = drawing(card, len(drawn.boxes) // 2)
    if drawn.folded or drawn.left_out:
        yield (f"{drawn.folded} nodes are folded into chains, {drawn.left_out} are not drawn.")
        yield ""
    yield "```mermaid"
    yield text
    yield "```"


def mermaid(drawn: Drawing) -> str:
    """A drawing as a Mermaid flowchart; names are ours, what the model says is only in labels."""
    lines = ["flowchart TD"]
    for index, box in enumerate(drawn.boxes):
        parts = [_label(box.title), _label(box.note)]
        text = "<br/>".join(part for part in parts if part) or " "
        opening, closing = {
            "input": ("([", "])"),
            "output": ("([", "])"),
            "gap": ("{{", "}}"),
        }.get(box.kind, ("[", "]"))
        lines.append(f'  b{index}{opening}"{text}"{closing}')
    lines += [f"  b{start} --> b{end}" for start, end, _ in drawn.lines]
    return "\n".join(lines)


def escaped(text: str) -> str:
    """`text` without any meaning in Markdown or HTML, on one line."""
    return "".join(
        f"&#{ord(ch)};" if ch in "<>&|" else f"\\{ch}" if ch in _SPECIAL else ch
        for ch in printable(text)
    )


def _label(text: str) -> str:
    """`text` in a quoted label of Mermaid, where `#code;` stands for a character."""
    return "".join(
        ch if ch.isalnum() or ch in " ×?,.:_-/…" else f"#{ord(ch)};"
        for ch in printable(short(text))
    )


def _ports(title: str, ports: Sequence[Port]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    rows = [
        (
            short(port.name),
            port.type,
            ", ".join(part for part in (port.kind, port.layout, port.format) if part),
            short(", ".join(f"{index} {label}" for index, label in port.labels.items())),
        )
        for port in ports
    ]
    yield from _table(("name", "type", "meaning", "labels"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    yield from (f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows)
    yield ""
