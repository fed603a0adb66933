"""The card of a model for a terminal."""

from collections.abc import Iterator, Sequence

from scailable.onnx.inspection.card import ModelCard, Port, shape_text
from scailable.onnx.inspection.numbers import compact
from scailable.onnx.text import printable, readable_size, short

_MOST_LABELS = 12
_MOST_OPERATORS = 30


def card_text(card: ModelCard) -> str:
    """The card, a fact a line; characters that could steer a terminal are escaped."""
    return "\n".join(printable(line.rstrip()) for line in _lines(card))


def _lines(card: ModelCard) -> Iterator[str]:
    yield card.path
    opsets = ", ".join(
        f"{domain or 'ai.onnx'} {version}" for domain, version in card.opsets.items()
    )
    for title, value in (
        ("graph", short(card.name)),
        ("producer", card.producer),
        ("opset", f"{opsets or 'none'}; IR {card.ir_version}"),
        ("file", f"{readable_size(card.size)}, sha256 {card.sha256}"),
        ("parameters", f"{card.parameters:,}{_weights(card)}"),
        ("MACs", f"{card.macs:,} ({compact(card.macs)}){_not_counted(card)}"),
        ("activations", _peak(card)),
        ("upload with", _details(card)),
    ):
        if value:
            yield f"  {title:12} {value}"
    for file in card.external:
        yield f"  {'data in':12} {short(file.location)}, {readable_size(file.size)}"
    yield from _ports("inputs", card.inputs)
    yield from _ports("outputs", card.outputs)
    if card.operators:
        listed = sorted(card.operators.items(), key=lambda pair: (-pair[1], pair[0]))
        shown = ", ".join(f"{name} {count}" for name, count in listed[:_MOST_OPERATORS])
        more = len(listed) - _MOST_OPERATORS
        yield f"operators ({sum(card.operators.values())} nodes)"
        yield f"  {shown}" + (f" and {more} more" if more > 0 else "")
    layers = card.largest_layers()
    if layers:
        yield "largest layers"
        total = sum(card.weights.values()) or 1
        rows = [
            (
                short(layer.name),
                layer.operator,
                shape_text(layer.shape),
                readable_size(layer.bytes),
                f"{100 * layer.bytes / total:.0f} %",
                f"{compact(layer.macs)} MACs" if layer.macs else "",
            )
            for layer in layers
        ]
        yield from _table(rows)
    if card.metadata:
        yield "metadata"
        for key, value in card.metadata.items():
            yield f"  {short(key)}: {short(value)}"
    if card.notes:
        yield "notes"
        yield from (f"  {note}" for note in card.notes)


def _weights(card: ModelCard) -> str:
    listed = ", ".join(f"{readable_size(size)} {name}" for name, size in card.weights.items())
    return f" ({listed})" if listed else ""


def _not_counted(card: ModelCard) -> str:
    listed = ", ".join(f"{count} {name}" for name, count in card.not_counted.items())
    return f"; not counted: {listed}" if listed else ""


def _peak(card: ModelCard) -> str:
    return f"{readable_size(card.activation_peak)} at most" if card.activation_peak else ""


def _details(card: ModelCard) -> str:
    details = card.input_driver_details or {}
    return " ".join(f"{key}={value}" for key, value in details.items())


def _ports(title: str, ports: Sequence[Port]) -> Iterator[str]:
    yield title
    if not ports:
        yield "  none"
    for port in ports:
        said = ", ".join(
            part
            for part in (port.kind, port.layout, port.format and f"format {port.format}")
            if part
        )
        yield f"  {short(port.name)}  {port.type}" + (f"  ({said})" if said else "")
        if port.labels:
            listed = [
                f"{index} {label}" for index, label in list(port.labels.items())[:_MOST_LABELS]
            ]
            more = len(port.labels) - len(listed)
            yield f"    labels: {', '.join(listed)}" + (f" and {more} more" if more else "")


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
