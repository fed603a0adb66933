"""Rules about the file as a whole: what it is, how big it is, whether it can be read."""

from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import file_rule

EMPTY = file_rule("ONNX-FILE-001", "error", "The file is empty.", source=sources.SPECIFICATION)
GIT_LFS_POINTER = file_rule(
    "ONNX-FILE-002",
    "error",
    "The file is a Git LFS pointer, not the model it points at.",
    source="https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md",
)
ZIP = file_rule(
    "ONNX-FILE-003", "error", "The file is a zip archive.", source=sources.SPECIFICATION
)
GZIP = file_rule(
    "ONNX-FILE-004", "error", "The file is compressed with gzip.", source=sources.SPECIFICATION
)
HTML = file_rule("ONNX-FILE-005", "error", "The file is a web page.", source=sources.SPECIFICATION)
TFLITE = file_rule(
    "ONNX-FILE-006", "error", "The file is a TensorFlow Lite model.", source=sources.SPECIFICATION
)
NOT_A_MODEL = file_rule(
    "ONNX-FILE-007", "error", "The file is not an ONNX model.", source=sources.SPECIFICATION
)
TOO_LARGE = file_rule(
    "ONNX-FILE-008",
    "error",
    "The file is larger than the cloud accepts.",
    source="`MaxUploadSize` of the cloud's configuration",
)
ABOVE_PROTOBUF_LIMIT = file_rule(
    "ONNX-FILE-009",
    "error",
    "The file is larger than a protobuf message may be.",
    source="https://protobuf.dev/programming-guides/proto-limits/",
)
UNREADABLE = file_rule(
    "ONNX-FILE-010",
    "error",
    "The file is cut short, damaged, or no protobuf at all.",
    source=sources.SPECIFICATION,
)
CHANGED = file_rule(
    "ONNX-FILE-011",
    "error",
    "The file changed while it was being read.",
    source="The digest must be that of the file that is sent",
)
HDF5 = file_rule(
    "ONNX-FILE-012", "error", "The file is HDF5 (a Keras .h5).", source=sources.SPECIFICATION
)
