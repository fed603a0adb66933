"""Rules about the inside of the file that are judged while it is read, by us or by onnx."""

from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import file_rule

CHECKER = file_rule(
    "ONNX-CHECK-001", "error", "The onnx checker refuses the model.", source=sources.CHECKER
)
INFERENCE = file_rule(
    "ONNX-CHECK-002",
    "error",
    "Strict type and shape inference contradicts the model.",
    source=sources.CHECKER,
    safety=False,
)
TIME_LIMIT = file_rule(
    "ONNX-CHECK-003", "error", "Checking the model takes too long.", source=sources.LIMITS
)
MEMORY_LIMIT = file_rule(
    "ONNX-CHECK-004", "error", "Checking the model takes too much memory.", source=sources.LIMITS
)
CRASH = file_rule(
    "ONNX-CHECK-005", "error", "The model crashes the onnx checker.", source=sources.LIMITS
)
UNEXPECTED = file_rule(
    "ONNX-CHECK-006", "error", "The onnx package cannot handle the model.", source=sources.CHECKER
)
PAYLOAD_SIZE = file_rule(
    "ONNX-TENSOR-001",
    "error",
    "A tensor's data is longer or shorter than its shape says.",
    source=sources.SPECIFICATION,
)
ELEMENT_TYPE = file_rule(
    "ONNX-TENSOR-002", "error", "A tensor has an unknown type.", source=sources.SPECIFICATION
)
TENSOR_SHAPE = file_rule(
    "ONNX-TENSOR-003",
    "error",
    "A tensor has a negative or impossibly large shape.",
    source=sources.SPECIFICATION,
)
TOO_MANY = file_rule(
    "ONNX-GRAPH-003",
    "error",
    "The model has more inputs, outputs or operator names than can be listed.",
    source=sources.LIMITS,
)
UNRELEASED_OPSET = file_rule(
    "ONNX-OPSET-007",
    "error",
    "The opset is newer than the installed onnx package knows.",
    source="https://github.com/onnx/onnx/blob/main/docs/Versioning.md",
    safety=False,
)
WRONG_STAMP = file_rule(
    "ONNX-OPSET-008",
    "error",
    "The model is stamped with another opset than it is written in.",
    source=sources.CHECKER,
    safety=False,
)
OPSET_TWICE = file_rule(
    "ONNX-OPSET-009", "error", "An opset is imported more than once.", source=sources.SPECIFICATION
)
NAME_ENCODING = file_rule(
    "ONNX-NAME-005", "error", "A name is not valid UTF-8.", source=sources.SPECIFICATION
)
NAME_TOO_LONG = file_rule(
    "ONNX-NAME-004",
    "error",
    "A name is longer than 65,536 characters.",
    source=sources.LIMITS,
)
