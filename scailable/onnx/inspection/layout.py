"""Where the boxes of a drawing go: in layers from top to bottom, lines as straight as can be.

The steps of Sugiyama's method: a layer for each box (longest path), stand-ins where a line crosses
layers, an order within each layer (barycentres), and positions that keep that order and move every
box as near to its neighbours as its width allows (isotonic regression).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scailable.onnx.inspection.drawn import Drawing

_GAP_X = 26.0
_GAP_Y = 30.0
_STAND_IN = 8.0
_MOST_STAND_INS = 20_000
_SWEEPS = 6


@dataclass(slots=True)
class Placed:
    """A drawing with positions, in pixels; boxes by their top left corner.

    Attributes:
        boxes: x, y, width and height of every box.
        lines: the points of every line.
        width, height: of all.
    """

    boxes: list[tuple[float, float, float, float]]
    lines: list[list[tuple[float, float]]]
    width: float
    height: float


def placed(drawn: Drawing, widths: Sequence[float], height: float) -> Placed:
    """Positions for the boxes of a drawing with these widths and one height."""
    layer = _layers(drawn)
    rows: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for index, row in enumerate(layer):
        rows[row].append(index)
    sizes = list(widths)
    up: dict[int, list[int]] = {}
    down: dict[int, list[int]] = {}
    routes: list[list[int]] = []
    stand_ins = 0
    for start, end, _ in drawn.lines:
        route = [start]
        span = layer[end] - layer[start] - 1
        if stand_ins + span <= _MOST_STAND_INS:
            for row in range(layer[start] + 1, layer[end]):
                route.append(len(sizes))
                rows[row].append(len(sizes))
                sizes.append(_STAND_IN)
            stand_ins += span
        route.append(end)
        routes.append(route)
        for above, below in pairwise(route):
            down.setdefault(above, []).append(below)
            up.setdefault(below, []).append(above)
    centre = _positions(rows, sizes, up, down)
    left = min((centre[i] - sizes[i] / 2 for i in range(len(sizes))), default=0.0)
    right = max((centre[i] + sizes[i] / 2 for i in range(len(sizes))), default=0.0)
    top = {index: row * (height + _GAP_Y) for row, members in enumerate(rows) for index in members}
    boxes = [
        (centre[index] - widths[index] / 2 - left, top[index], widths[index], height)
        for index in range(len(widths))
    ]
    lines = []
    for route in routes:
        points = [(centre[route[0]] - left, top[route[0]] + height)]
        for index in route[1:-1]:
            points += [
                (centre[index] - left, top[index]),
                (centre[index] - left, top[index] + height),
            ]
        points.append((centre[route[-1]] - left, top[route[-1]]))
        lines.append(points)
    total = max(0.0, len(rows) * (height + _GAP_Y) - _GAP_Y)
    return Placed(boxes, lines, right - left, total)


def _layers(drawn: Drawing) -> list[int]:
    """One below the lowest box that it takes something from; lines only lead to later boxes."""
    before: dict[int, list[int]] = {}
    for start, end, _ in drawn.lines:
        before.setdefault(end, []).append(start)
    layer = [0] * len(drawn.boxes)
    for index in range(len(drawn.boxes)):
        layer[index] = max((layer[each] + 1 for each in before.get(index, ())), default=0)
    # What starts late, such as constants, goes right above where it is used.
    nearest: dict[int, int] = {}
    for start, end, _ in drawn.lines:
        nearest[start] = min(nearest.get(start, layer[end]), layer[end])
    for index, lowest in nearest.items():
        if index not in before and drawn.boxes[index].kind == "node":
            layer[index] = max(layer[index], lowest - 1)
    return layer


def _positions(
    rows: list[list[int]],
    sizes: Sequence[float],
    up: dict[int, list[int]],
    down: dict[int, list[int]],
) -> list[float]:
    centre = [0.0] * len(sizes)
    for members in rows:
        _place(members, [0.0] * len(members), sizes, centre)
    for sweep in range(_SWEEPS):
        neighbours = up if sweep % 2 == 0 else down
        for members in rows if sweep % 2 == 0 else reversed(rows):
            wanted = {
                each: _mean([centre[n] for n in neighbours.get(each, ())], centre[each])
                for each in members
            }
            if sweep < _SWEEPS - 2:
                members.sort(key=wanted.__getitem__)
            _place(members, [wanted[each] for each in members], sizes, centre)
    return centre


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _place(
    members: list[int], wanted: list[float], sizes: Sequence[float], centre: list[float]
) -> None:
    """Move boxes of a layer as near to where they are wanted as their order and widths allow."""
    offsets = []
    offset = 0.0
    for position, each in enumerate(members):
        if position:
            offset += sizes[members[position - 1]] / 2 + _GAP_X + sizes[each] / 2
        offsets.append(offset)
    blocks: list[tuple[float, int]] = []  # mean of what is wanted less the offset, and how many
    for want, start in zip(wanted, offsets, strict=True):
        mean, count = want - start, 1
        while blocks and blocks[-1][0] > mean:
            other, others = blocks.pop()
            mean = (mean * count + other * others) / (count + others)
            count += others
        blocks.append((mean, count))
    spread = [mean for mean, count in blocks for _ in range(count)]
    for each, mean, start in zip(members, spread, offsets, strict=True):
        centre[each] = mean + start
