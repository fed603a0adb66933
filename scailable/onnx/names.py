"""The grammar of input and output names: `name-key:value;key:value`.

The part before the first `-` says what the tensor is, the pairs say how to read it: a number is
the index of a class and its value the label (`scores-0:Cat;1:Dog`), `format` is the layout of a
row of boxes (`bboxes-format:xyxysc;0:Person`).
"""

from dataclasses import dataclass

IMAGE = "image"
NMS_SENSITIVITY = "nms_sensitivity"
MASK = "mask"
LEGACY_INPUTS = frozenset({"thresholds", "sensor"})
KNOWN_INPUTS = frozenset({IMAGE, NMS_SENSITIVITY, MASK}) | LEGACY_INPUTS

SCORES = "scores"
BBOXES = "bboxes"
ALARM = "alarm"
LEGACY_BBOXES = frozenset(
    {"linecrossing_bboxes", "licenseplate_bboxes", "barcode_bboxes", "color_bboxes"}
)
LEGACY_OUTPUTS = frozenset({"counts"}) | LEGACY_BBOXES
KNOWN_OUTPUTS = frozenset({SCORES, BBOXES, ALARM}) | LEGACY_OUTPUTS

_MOST_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class NameProblem:
    """A piece of a name that does not follow the grammar, and where it starts (0-based)."""

    offset: int
    piece: str
    message: str


@dataclass(frozen=True, slots=True)
class IOName:
    """A parsed name.

    Attributes:
        name: the full name.
        prefix: the part before the first `-`, the whole name when it has none.
        dashed: whether the name has a `-`.
        labels: class label by index.
        format: value of the `format` pair, if any.
        problems: the pieces that could not be read; with 50 of them the rest is not looked at.
    """

    name: str
    prefix: str
    dashed: bool
    labels: dict[int, str]
    format: str | None
    problems: tuple[NameProblem, ...]


def parse_name(name: str) -> IOName:
    """Parse the name of an input or output; never raises, bad pieces are in `problems`.

    >>> parse_name("bboxes-format:xyxysc;0:Person;1:Car").labels
    {0: 'Person', 1: 'Car'}
    >>> parse_name("scores-0:Cat;Dog").problems
    (NameProblem(offset=13, piece='Dog', message="has no ':' between key and value"),)
    """
    prefix, dash, rest = name.partition("-")
    labels: dict[int, str] = {}
    box_format: str | None = None
    problems: list[NameProblem] = []
    offset = len(prefix) + 1
    pieces = rest.split(";")
    if pieces[-1] == "":
        pieces.pop()  # nothing after the dash, or a closing semicolon
    for piece in pieces:
        key, colon, value = piece.partition(":")
        problem: str | None
        if not colon:
            problem = "has no ':' between key and value" if piece else "is empty"
        elif key == "format":
            problem = "gives the format a second time" if box_format is not None else None
            box_format = box_format or value
        elif not (key.isascii() and key.isdigit() and len(key) <= 9):
            problem = "has a key that is neither a class index nor 'format'"
        else:
            problem = f"gives class {int(key)} a second time" if int(key) in labels else None
            labels.setdefault(int(key), value)
        if problem:
            problems.append(NameProblem(offset, piece, problem))
            if len(problems) == _MOST_PROBLEMS:
                break
        offset += len(piece) + 1
    return IOName(name, prefix, bool(dash), labels, box_format, tuple(problems))
