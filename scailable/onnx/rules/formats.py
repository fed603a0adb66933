"""Rules about files that are something else than ONNX."""

from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Rule, file_rule


def _other(number: int, what: str) -> Rule:
    return file_rule(
        f"ONNX-FORMAT-{number:03}", "error", f"The file is {what}.", source=sources.SPECIFICATION
    )


TENSORFLOW = _other(1, "a TensorFlow model")
PYTORCH = _other(2, "a PyTorch checkpoint")
PICKLE = _other(3, "a Python pickle")
WEIGHTS = _other(4, "a collection of weights without a graph (safetensors, GGUF, NumPy)")
ORT = _other(5, "in the format of ONNX Runtime's own (.ort)")
COMPILED = _other(6, "a model compiled for a device (TensorRT, Hailo, RKNN, ExecuTorch)")
OPENVINO = _other(7, "an OpenVINO model")
COREML = _other(8, "a Core ML model")
COMPRESSED = _other(9, "compressed (bzip2, xz, zstd, lz4, 7z, rar)")
TAR = _other(10, "a tar archive")
IMAGE = _other(11, "an image or a document")
PROGRAM = _other(12, "a program or a library")
JSON = _other(13, "JSON")
ONNX_AS_TEXT = _other(14, "an ONNX model written as text")
SOURCE = _other(15, "source code")
POINTER = _other(16, "a pointer to a file that was not downloaded (DVC, git-annex)")
TEXT = _other(17, "text")
ZEROS = _other(18, "nothing but zeros where it starts")
