"""Rules about tensor data outside the model file."""

from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import file_rule

OUTSIDE_THE_FILE = file_rule(
    "ONNX-DATA-001",
    "error",
    "Tensor data is in other files, which an upload leaves behind.",
    source=sources.ONE_FILE,
    generic="info",
    safety=False,
)
LOCATION = file_rule(
    "ONNX-DATA-002",
    "error",
    "External data is outside the model's folder, or reached by a link.",
    source=sources.EXTERNAL_DATA,
)
MISSING = file_rule(
    "ONNX-DATA-003", "error", "External data is missing.", source=sources.EXTERNAL_DATA
)
BOUNDS = file_rule(
    "ONNX-DATA-004",
    "error",
    "The position of external data is not a number, or past the end of its file.",
    source=sources.EXTERNAL_DATA,
)
KEYS = file_rule(
    "ONNX-DATA-005",
    "error",
    "External data is described with an unknown or repeated key.",
    source=sources.EXTERNAL_DATA,
)
CHANGED = file_rule(
    "ONNX-DATA-006",
    "error",
    "A file with external data changed while it was being read.",
    source=sources.EXTERNAL_DATA,
)
