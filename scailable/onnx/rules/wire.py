"""Rules about the encoding of the file, judged while it is walked.

Two programs must not read one file in two ways, so what the encoding leaves open is refused.
"""

from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import file_rule

_ENCODING = "https://protobuf.dev/programming-guides/encoding/"

BAD_VARINT = file_rule(
    "ONNX-WIRE-001", "error", "A number takes more bytes than it may.", source=_ENCODING
)
WIRE_TYPE = file_rule(
    "ONNX-WIRE-002",
    "error",
    "A field is encoded as a group, or in a way that does not exist.",
    source=_ENCODING,
)
BEYOND_PARENT = file_rule(
    "ONNX-WIRE-003",
    "error",
    "A field is longer than the message it is in.",
    source=_ENCODING,
)
TOO_DEEP = file_rule(
    "ONNX-WIRE-004", "error", "Messages are nested too deeply.", source=sources.LIMITS
)
WRONG_KIND = file_rule(
    "ONNX-WIRE-005",
    "error",
    "A field is encoded in another way than the format says.",
    source=sources.SPECIFICATION,
)
GIVEN_TWICE = file_rule(
    "ONNX-WIRE-006",
    "error",
    "A field that can be there once is there twice.",
    source=sources.SPECIFICATION,
)
TRAILING = file_rule("ONNX-WIRE-007", "error", "There are bytes after the model.", source=_ENCODING)
FIELD_NUMBER = file_rule(
    "ONNX-WIRE-008", "error", "A field has a number that none can have.", source=_ENCODING
)
TOO_MANY_FIELDS = file_rule(
    "ONNX-WIRE-009", "error", "The file has too many fields.", source=sources.LIMITS
)
LARGE_FIELD = file_rule(
    "ONNX-WIRE-010",
    "error",
    "A field that is no tensor data is larger than 64 MiB.",
    source=sources.LIMITS,
)
UNKNOWN_FIELD = file_rule(
    "ONNX-WIRE-011",
    "warning",
    "A field is not part of the ONNX format as we know it.",
    source=sources.SPECIFICATION,
    safety=False,
)
UNEVEN = file_rule(
    "ONNX-WIRE-012",
    "error",
    "A list of numbers does not end at the end of a number.",
    source=_ENCODING,
)
TOO_MANY_BITS = file_rule(
    "ONNX-WIRE-013",
    "error",
    "A number is larger than its field can hold.",
    source=sources.SPECIFICATION,
)
