"""Files that are something else than ONNX, each named for what it is."""

import bz2
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import onnx
import pytest

from scailable.onnx import check
from tests.onnx.models import classifier
from tests.onnx.triggering import marked


def zipped(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            archive.writestr(member, b"content")
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model.onnx"))
    return buffer.getvalue()


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field of a protobuf message."""
    assert len(content) < 16384
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return bytes([number << 3 | 2]) + length + content


def saved_model() -> bytes:
    operators = field(1, field(1, b"AddV2") + field(2, field(1, b"x")))
    return b"\x08\x01" + field(2, field(1, field(2, operators) + field(4, b"serve")))


def core_ml() -> bytes:
    return b"\x08\x05" + field(2, field(1, field(1, b"image") + field(3, b"")))


def frozen_graph() -> bytes:
    return field(1, field(1, b"input") + field(2, b"Placeholder") + field(5, b""))


def safetensors() -> bytes:
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header)) + header + b"\0\0\0\0"


def ultralytics_engine() -> bytes:
    header = json.dumps({"description": "YOLO"}).encode()
    return struct.pack("<I", len(header)) + header + b"ftrt"


def written(kind: str) -> bytes:
    buffer = io.BytesIO()
    onnx.save(classifier(), buffer, format=kind)
    return buffer.getvalue()


OTHERS: list[tuple[str, bytes, str]] = [
    ("ONNX-FORMAT-001", saved_model(), "SavedModel"),
    ("ONNX-FORMAT-001", frozen_graph(), "--graphdef"),
    ("ONNX-FORMAT-001", b'{"format": "layers-model", "modelTopology": {}}', "--tfjs"),
    (
        "ONNX-FORMAT-002",
        pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2),
        "torch.onnx.export",
    ),
    ("ONNX-FORMAT-003", pickle.dumps({"weights": [1.0, 2.0]}, 2), "pickle"),
    ("ONNX-FORMAT-003", pickle.dumps({"weights": [1.0] * 900}, 5), "pickle"),
    ("ONNX-FORMAT-004", safetensors(), "safetensors"),
    ("ONNX-FORMAT-004", b"GGUF\3\0\0\0", "GGUF"),
    ("ONNX-FORMAT-004", b"\x93NUMPY\1\0", "NumPy"),
    ("ONNX-FORMAT-005", b"\x18\0\0\0ORTM" + b"\0" * 32, "ONNX Runtime"),
    ("ONNX-FORMAT-006", b"ftrt" + b"\1" * 32, "TensorRT"),
    ("ONNX-FORMAT-006", ultralytics_engine(), "Ultralytics"),
    ("ONNX-FORMAT-006", b"\x01HEF\0\0\0\2", "Hailo"),
    ("ONNX-FORMAT-006", b"RKNN\0\0\0\0", "RKNN"),
    ("ONNX-FORMAT-006", b"\x30\0\0\0ET12", "ExecuTorch"),
    ("ONNX-FORMAT-007", b'<?xml version="1.0"?>\n<net name="model" version="11">', "OpenVINO"),
    ("ONNX-FORMAT-008", core_ml(), "Core ML"),
    ("ONNX-FORMAT-009", bz2.compress(b"x"), "bunzip2"),
    ("ONNX-FORMAT-009", lzma.compress(b"x"), "unxz"),
    ("ONNX-FORMAT-009", b"\x28\xb5\x2f\xfd\x04\0", "unzstd"),
    ("ONNX-FORMAT-009", b"\x04\x22\x4d\x18\x64\x40", "unlz4"),
    ("ONNX-FORMAT-009", b"7z\xbc\xaf\x27\x1c\0\4", "7z x"),
    ("ONNX-FORMAT-009", b"Rar!\x1a\x07\x01\0", "unrar"),
    ("ONNX-FORMAT-010", tarred(), "tar xf"),
    ("ONNX-FORMAT-011", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
    ("ONNX-FORMAT-011", b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
    ("ONNX-FORMAT-011", b"GIF89a\1\0", "GIF"),
    ("ONNX-FORMAT-011", b"RIFF\x24\0\0\0WEBPVP8 ", "WebP"),
    ("ONNX-FORMAT-011", b"%PDF-1.7\n\xe2\xe3", "PDF"),
    ("ONNX-FORMAT-012", b"\x7fELF\2\1\1\0", "Linux"),
    ("ONNX-FORMAT-012", b"MZ\x90\0\3\0\0\0", "Windows"),
    ("ONNX-FORMAT-012", b"\xcf\xfa\xed\xfe\7\0\0\1", "macOS"),
    ("ONNX-FORMAT-013", b'{"message": "Not Found"}', "download the model again"),
    ("ONNX-FORMAT-013", b"[1, 2, 3]", "JSON"),
    ("ONNX-FORMAT-014", written("json"), "format='json'"),
    ("ONNX-FORMAT-014", written("textproto"), "format='textproto'"),
    ("ONNX-FORMAT-014", written("onnxtxt"), "format='onnxtxt'"),
    ("ONNX-FORMAT-015", b"#!/usr/bin/env python\nprint(1)\n", "source code"),
    ("ONNX-FORMAT-015", b"import torch\n\nmodel = torch.nn.Linear(1, 1)\n", "source code"),
    ("ONNX-FORMAT-016", b"outs:\n- md5: 0123\n  size: 1\n  path: model.onnx\n", "dvc pull"),
    ("ONNX-FORMAT-016", b"/annex/objects/SHA256E-s1--0123.onnx\n", "git annex get"),
    ("ONNX-FORMAT-017", b"cat\ndog\nowl\n", "text"),
    ("ONNX-FORMAT-017", "étiquette\n".encode("utf-16"), "text"),
    ("ONNX-FORMAT-018", b"\0" * 5000, "zeros"),
    ("ONNX-FILE-003", zipped("model_unquant.tflite", "labels.txt"), "--no-check"),
    ("ONNX-FILE-003", zipped("keras_model.h5", "labels.txt"), "as TensorFlow Lite"),
    ("ONNX-FILE-003", zipped("model.json", "metadata.json", "weights.bin"), "Teachable Machine"),
    ("ONNX-FILE-003", zipped("m/code/m.py", "m/data.pkl", "m/constants.pkl"), "TorchScript"),
    ("ONNX-FILE-003", zipped("m/data.pkl", "m/data/0", "m/version"), "PyTorch file"),
    ("ONNX-FILE-003", zipped("m/archive_format", "m/models/model.json"), "torch.export.load"),
    ("ONNX-FILE-003", zipped("config.json", "metadata.json", "model.weights.h5"), "Keras"),
    ("ONNX-FILE-003", zipped("m/saved_model.pb", "m/variables/variables.index"), "SavedModel"),
    ("ONNX-FILE-003", zipped("Manifest.json", "Data/com.apple.CoreML/m.mlmodel"), "Core ML"),
    ("ONNX-FILE-003", zipped("a.npy", "b.npy"), "NumPy"),
    ("ONNX-FILE-003", zipped("edge/model.tflite"), "converts a .tflite file"),
    ("ONNX-FILE-003", zipped("a b/model.onnx"), "check 'a b/model.onnx'"),
    ("ONNX-FILE-003", zipped("model.onnx", "settings.json", "calibration/0.jpg"), "bundle"),
    ("ONNX-FILE-003", zipped("a.onnx", "b.onnx"), "each of them"),
    ("ONNX-FILE-003", zipped("readme.md"), "zip archive"),
    ("ONNX-FILE-003", zipped(), "without a file"),
]


@pytest.mark.parametrize(
    ("code", "content", "said"), marked(OTHERS), ids=[f"{code}-{said}" for code, _, said in OTHERS]
)
def test_a_file_is_named_for_what_it_is(
    tmp_path: Path, code: str, content: bytes, said: str
) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    (finding,) = check(path).findings
    assert (finding.code, finding.severity, finding.safety) == (code, "error", True)
    assert said in f"{finding.message}; {finding.fix}"


def parts(content: bytes) -> Iterable[bytes]:
    return (content[:size] for size in (1, 2, 4, 16, len(content) - 1))


@pytest.mark.parametrize(
    "producer",
    ["ORTModule", "TFL3 exporter", "ET12", "{", '{"a', "x" * 10, "\nserve", "ustar", "", "MZ"],
)
def test_a_model_is_a_model_whatever_its_producer_is_called(tmp_path: Path, producer: str) -> None:
    path = tmp_path / "model.onnx"
    made = classifier()
    made.producer_name = producer
    path.write_bytes(made.SerializeToString())
    assert check(path).facts is not None
    made.ClearField("ir_version")  # the first field is the producer then
    path.write_bytes(made.SerializeToString())
    codes = {finding.code for finding in check(path).findings}
    assert not {code for code in codes if code.startswith(("ONNX-FORMAT", "ONNX-FILE-00"))}


def test_a_damaged_model_is_not_taken_for_something_else(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    for part in parts(classifier().SerializeToString()):
        path.write_bytes(part)
        codes = {finding.code for finding in check(path).findings}
        assert codes
        assert not {code for code in codes if code.startswith(("ONNX-FORMAT", "ONNX-ZIP"))}
