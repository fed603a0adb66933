"""The card of a model as one HTML page that needs nothing else.

The page allows no request and no script but its own, whatever the model says of itself.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import PurePath

from scailable.onnx.inspection.card import Layer, ModelCard, Port, shape_text
from scailable.onnx.inspection.drawn import Box, Drawing, drawing
from scailable.onnx.inspection.layout import Placed, placed
from scailable.onnx.inspection.numbers import compact
from scailable.onnx.text import printable, readable_size, short

_MOST_BOXES = 1500
_HEIGHT = 40.0
_CHARACTER = 7.1
_LONGEST_TITLE = 34
_MOST_IN_DETAILS = 40

_KINDS = (
    ("weights", ("Conv", "Gemm", "MatMul", "LSTM", "GRU", "RNN", "Einsum", "Attention")),
    ("activation", ("Relu", "Sigmoid", "Tanh", "Clip", "Softmax", "Elu", "Selu", "Swish", "Gelu")),
    ("pool", ("Pool", "Resize", "Upsample", "Pad", "Reduce", "ArgMax", "ArgMin", "TopK", "NonMax")),
    ("norm", ("Normalization", "LRN", "Dropout", "Quantize", "DequantizeLinear")),
    ("shape", ("Reshape", "Transpose", "Flatten", "Squeeze", "Concat", "Split", "Slice", "Gather",
               "Shape", "Cast", "Constant", "Identity", "Expand", "Tile", "Scatter")),
    ("control", ("If", "Loop", "Scan")),
)  # fmt: skip


def card_page(card: ModelCard) -> str:
    """The card as an HTML document."""
    folder = files("scailable.onnx.inspection")
    style = folder.joinpath("page.css").read_text("utf-8")
    script = folder.joinpath("page.js").read_text("utf-8")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    name = _text(PurePath(card.path).name)
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{name}</title>",
            f"<style>{style}</style>",
            *_body(card, name),
            f"<script>{script}</script>",
            "</html>",
            "",
        )
    )


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _text(text: str) -> str:
    return html.escape(printable(text))


def _body(card: ModelCard, name: str) -> Iterator[str]:
    yield "<header>"
    yield f"<h1>{name}</h1>"
    about = ", ".join(part for part in (short(card.name), card.producer) if part)
    yield f"<p>{_text(about)}</p>" if about else ""
    yield '<dl class="figures">'
    opset = ", ".join(f"{d + ' ' if d else ''}{v}" for d, v in card.opsets.items()) or "none"
    for title, value in (
        ("parameters", compact(card.parameters)),
        ("MACs", compact(card.macs)),
        ("file", readable_size(card.size)),
        ("activations", readable_size(card.activation_peak) if card.activation_peak else "?"),
        ("nodes", compact(card.node_count)),
        ("opset", opset),
        ("IR", str(card.ir_version)),
    ):
        yield f"<div><dt>{title}</dt><dd>{_text(value)}</dd></div>"
    yield "</dl></header><main>"
    yield '<section class="ports">'
    yield from _ports("Inputs", card.inputs)
    yield from _ports("Outputs", card.outputs)
    yield "</section>"
    yield from _graph(card)
    yield '<section class="columns">'
    yield from _bars(
        "Operators",
        [(n, c, str(c)) for n, c in sorted(card.operators.items(), key=lambda p: (-p[1], p[0]))],
    )
    yield from _bars(
        "Largest layers",
        [
            (f"{layer.name} ({layer.operator})", layer.bytes, readable_size(layer.bytes))
            for layer in card.largest_layers(15)
        ],
    )
    yield from _bars(
        "Work",
        [(n, c, f"{compact(c)} MACs") for n, c in card.macs_by_operator.items()],
    )
    yield from _pairs("Metadata", [(k, v) for k, v in card.metadata.items()])
    yield from _pairs("File", _file(card))
    yield "</section>"
    if card.notes:
        yield "<section><h2>Notes</h2><ul>"
        yield from (f"<li>{_text(note)}</li>" for note in card.notes)
        yield "</ul></section>"
    yield "</main>"


def _file(card: ModelCard) -> list[tuple[str, str]]:
    pairs = [("sha256", card.sha256), ("size", f"{card.size:,} bytes")]
    pairs += [(f"weights, {name}", readable_size(size)) for name, size in card.weights.items()]
    pairs += [(f"data in {e.location}", readable_size(e.size)) for e in card.external]
    pairs += [(f"not in the MACs: {name}", str(c)) for name, c in card.not_counted.items()]
    if card.input_driver_details:
        pairs.append(("upload with", json.dumps(card.input_driver_details)))
    if card.doc_string:
        pairs.append(("description", card.doc_string[:2000]))
    return pairs


def _ports(title: str, ports: Sequence[Port]) -> Iterator[str]:
    yield f"<div><h2>{title}</h2>"
    if not ports:
        yield "<p>none</p>"
    for port in ports:
        kind = f' <span class="tag">{_text(port.kind)}</span>' if port.kind else ""
        layout = f' <span class="tag">{port.layout}</span>' if port.layout else ""
        box_format = f' <span class="tag">{_text(short(port.format))}</span>' if port.format else ""
        yield f'<p class="port"><b>{_text(short(port.name))}</b>{kind}{layout}{box_format}<br>'
        yield f"<code>{_text(port.type)}</code></p>"
        if port.labels:
            yield (
                "<ol class=labels>"
                + "".join(
                    f"<li>{index} {_text(short(label))}</li>"
                    for index, label in port.labels.items()
                )
                + "</ol>"
            )
    yield "</div>"


def _bars(title: str, rows: Sequence[tuple[str, int, str]]) -> Iterator[str]:
    if not rows:
        return
    most = max(value for _, value, _ in rows) or 1
    yield f"<div><h2>{title}</h2><table class=bars>"
    for name, value, said in rows[:40]:
        yield (
            f"<tr><th>{_text(short(name))}</th><td>"
            f'<meter min="0" max="{most}" value="{value}">{_text(said)}</meter></td>'
            f"<td>{_text(said)}</td></tr>"
        )
    yield "</table></div>"


def _pairs(title: str, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not pairs:
        return
    yield f"<div><h2>{title}</h2><table class=pairs>"
    for key, value in pairs:
        yield f"<tr><th>{_text(short(key))}</th><td>{_text(value[:2000])}</td></tr>"
    yield "</table></div>"


def _graph(card: ModelCard) -> Iterator[str]:
    drawn = drawing(card, _MOST_BOXES)
    yield '<section class="graph"><h2>Graph</h2>'
    if drawn.folded or drawn.left_out:
        yield (
            f"<p>{drawn.folded} nodes are folded into chains, {drawn.left_out} are not drawn.</p>"
        )
    yield (
        '<p class="tools" hidden><label>Search <input type="search" id="search" '
        'placeholder="operator or name"></label> <output id="found"></output>'
        '<button type="button" id="in" aria-label="zoom in">+</button>'
        '<button type="button" id="out" aria-label="zoom out">−</button>'
        '<button type="button" id="fit">fit</button></p>'
    )
    titles = [_shown(box) for box in drawn.boxes]
    notes = [_cut(printable(box.note)) for box in drawn.boxes]
    widths = [
        max(64.0, _CHARACTER * max(len(title), len(note)) + 22)
        for title, note in zip(titles, notes, strict=True)
    ]
    where = placed(drawn, widths, _HEIGHT)
    yield '<div class="canvas" tabindex="0" aria-label="the graph of the model">'
    yield from _svg(drawn, where, titles, notes)
    yield '</div><aside id="details" aria-live="polite" hidden></aside></section>'


def _shown(box: Box) -> str:
    count = f" ({len(box.layers)})" if len(box.layers) > 1 else ""
    return _cut(printable(box.title)) + count


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else f"{text[:_LONGEST_TITLE]}…"


def _svg(
    drawn: Drawing, where: Placed, titles: Sequence[str], notes: Sequence[str]
) -> Iterator[str]:
    width, height = where.width + 40, where.height + 40
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="-20 -20 {width:.0f} {height:.0f}" role="img">'
    )
    yield (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
    )
    for (start, end, name), points in zip(drawn.lines, where.lines, strict=True):
        yield (
            f'<path class="line" data-from="{start}" data-to="{end}" d="{_curve(points)}">'
            f"<title>{_text(short(name))}</title></path>"
        )
    for index, (box, (x, y, w, h)) in enumerate(zip(drawn.boxes, where.boxes, strict=True)):
        middle = x + w / 2
        yield (
            f'<g class="box {_kind(box)}" tabindex="0" data-box="{index}" '
            f'data-about="{_text(_about(box))}">'
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="7"/>'
            f'<text x="{middle:.1f}" y="{y + (17 if notes[index] else 25):.1f}">'
            f"{html.escape(titles[index])}</text>"
        )
        if notes[index]:
            yield (
                f'<text class="note" x="{middle:.1f}" y="{y + 32:.1f}">'
                f"{html.escape(notes[index])}</text>"
            )
        yield "</g>"
    yield "</svg>"


def _curve(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    path = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        half = (y + to_y) / 2
        straight = abs(to_x - x) < 0.5
        path.append(
            f"L{to_x:.1f} {to_y:.1f}"
            if straight
            else f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"
        )
        x, y = to_x, to_y
    return "".join(path)


def _kind(box: Box) -> str:
    if box.kind != "node":
        return box.kind
    operator = box.layers[0].operator
    if len(box.layers) > 1 and any(
        _operator_kind(each.operator) == "weights" for each in box.layers
    ):
        return "weights"
    return _operator_kind(operator)


def _operator_kind(operator: str) -> str:
    if "::" in operator:
        return "custom"
    return next((kind for kind, parts in _KINDS if any(p in operator for p in parts)), "other")


def _about(box: Box) -> str:
    """What the details say of a box, a line a fact."""
    if not box.layers:
        return f"{box.kind} {box.title}\n{box.note}"
    return "\n".join(
        [_layer(layer) for layer in box.layers[:_MOST_IN_DETAILS]]
        + (
            [f"and {len(box.layers) - _MOST_IN_DETAILS} more"]
            if len(box.layers) > _MOST_IN_DETAILS
            else []
        )
    )


def _layer(layer: Layer) -> str:
    parts = [layer.operator, short(layer.name), shape_text(layer.shape)]
    if layer.parameters:
        parts.append(f"{layer.parameters:,} parameters, {readable_size(layer.bytes)}")
    if layer.macs:
        parts.append(f"{compact(layer.macs)} MACs")
    return " · ".join(part for part in parts if part)
