"""What a file is, from its first bytes, when it is not ONNX."""

import os
import re
from typing import NamedTuple

from scailable.onnx.reading.archive import look_into
from scailable.onnx.reading.contents import contents
from scailable.onnx.rules import Rule, files, formats

HEAD = 4096

Refusal = tuple[Rule, str, str]

_EXPORT = "export the model as ONNX (torch.onnx.export, tf2onnx, skl2onnx) and check that file"
_FROM_TORCH = "load it in PyTorch and export it: torch.onnx.export(model, example, 'model.onnx')"
_FROM_TF = (
    "convert it: python -m tf2onnx.convert --opset 17 --saved-model FOLDER --output model.onnx"
)
_FROM_TFLITE = (
    "the vendor's cloud converts it itself: scailable models upload FILE --no-check; "
    "or convert it: python -m tf2onnx.convert --opset 17 --tflite model.tflite --output model.onnx"
)
_ORIGINAL = "check the ONNX model that it was made from"
_AGAIN = "download the model again, signed in, with the link of the raw file"
_WRONG = "give the path of the .onnx file"


class Signature(NamedTuple):
    """Bytes at the start that give a kind of file away, as a regular expression."""

    start: bytes
    rule: Rule
    what: str
    fix: str


# No ONNX model starts like these: its first byte is the tag of a field of ModelProto, mostly 8.
# What stands further on could be the name of its producer, so what is before it has to fit too.
_FLATBUFFER = rb"..\0\0"
SIGNATURES = (
    Signature(b"\x1f\x8b", files.GZIP, "compressed with gzip", "unpack it with `gunzip` first"),
    Signature(_FLATBUFFER + b"TFL3", files.TFLITE, "a TensorFlow Lite model", _FROM_TFLITE),
    Signature(b"\x89HDF\r\n\x1a\n", files.HDF5, "an HDF5 file, as Keras writes", _EXPORT),
    Signature(
        _FLATBUFFER + b"ORTM", formats.ORT, "a model in ONNX Runtime's own format", _ORIGINAL
    ),
    Signature(_FLATBUFFER + b"ET12", formats.COMPILED, "an ExecuTorch program", _FROM_TORCH),
    Signature(b"ftrt", formats.COMPILED, "a TensorRT engine", _ORIGINAL),
    Signature(b"ptrt", formats.COMPILED, "a TensorRT engine", _ORIGINAL),
    Signature(b"RKNN", formats.COMPILED, "a model compiled for Rockchip (RKNN)", _ORIGINAL),
    Signature(
        b"\x01HEF",
        formats.COMPILED,
        "a model compiled for Hailo (HEF)",
        "upload the ONNX file that the Hailo toolchain wraps it in, with metadata `chip`",
    ),
    Signature(b"GGUF", formats.WEIGHTS, "a GGUF file: weights of a language model", _EXPORT),
    Signature(b"\x93NUMPY", formats.WEIGHTS, "a NumPy array", _EXPORT),
    Signature(b"BZh", formats.COMPRESSED, "compressed with bzip2", "unpack it with `bunzip2`"),
    Signature(
        b"\xfd7zXZ\0", formats.COMPRESSED, "compressed with xz", "unpack it with `unxz` first"
    ),
    Signature(
        rb"\x28\xb5\x2f\xfd",
        formats.COMPRESSED,
        "compressed with zstd",
        "unpack it with `unzstd`",
    ),
    Signature(
        b"\x04\x22\x4d\x18", formats.COMPRESSED, "compressed with lz4", "unpack it with `unlz4`"
    ),
    Signature(
        b"7z\xbc\xaf\x27\x1c", formats.COMPRESSED, "a 7z archive", "unpack it with `7z x` first"
    ),
    Signature(
        b"Rar!\x1a\x07", formats.COMPRESSED, "a rar archive", "unpack it with `unrar x` first"
    ),
    Signature(
        rb"[^\x08].{256}ustar", formats.TAR, "a tar archive", "unpack it with `tar xf` first"
    ),
    Signature(b"\x89PNG\r\n\x1a\n", formats.IMAGE, "a PNG image", _WRONG),
    Signature(b"\xff\xd8\xff", formats.IMAGE, "a JPEG image", _WRONG),
    Signature(b"GIF8", formats.IMAGE, "a GIF image", _WRONG),
    Signature(b"RIFF....WEBP", formats.IMAGE, "a WebP image", _WRONG),
    Signature(b"%PDF-", formats.IMAGE, "a PDF document", _WRONG),
    Signature(b"\x7fELF", formats.PROGRAM, "a Linux program or library", _WRONG),
    Signature(b"MZ", formats.PROGRAM, "a Windows program or library", _WRONG),
    Signature(b"\xcf\xfa\xed\xfe", formats.PROGRAM, "a macOS program or library", _WRONG),
    Signature(
        # The number with which torch.save began before it wrote zip archives.
        b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19",
        formats.PYTORCH,
        "a PyTorch checkpoint of the old kind (a pickle)",
        _FROM_TORCH,
    ),
)

# Words in text, the first that fits counts.
_TEXTS: tuple[tuple[str, Rule, str, str], ...] = (
    (
        r"version https://git-lfs\.github\.com/spec/",
        files.GIT_LFS_POINTER,
        "a Git LFS pointer of a few lines; the model itself was not downloaded",
        "run `git lfs pull` in the repository and check the file again",
    ),
    (
        r"(?s)outs:\s*\n- (md5|hash|etag)",
        formats.POINTER,
        "a DVC pointer; the model itself was not downloaded",
        "run `dvc pull` in the repository and check the file that it names",
    ),
    (
        r"\S*/annex/objects/",
        formats.POINTER,
        "a git-annex pointer; the model itself was not downloaded",
        "run `git annex get` in the repository and check the file again",
    ),
    (
        r"<\s*\n?\s*ir_version\s*:",
        formats.ONNX_AS_TEXT,
        "an ONNX model in the text syntax of onnx.parser",
        "save it as a file: onnx.save(onnx.load(path, format='onnxtxt'), 'model.onnx')",
    ),
    (
        r"(?m)(ir_version: \d+|graph \{|opset_import \{)$",
        formats.ONNX_AS_TEXT,
        "an ONNX model in protobuf text format",
        "save it as a file: onnx.save(onnx.load(path, format='textproto'), 'model.onnx')",
    ),
    (
        r'(?s)\{.*"(ir_?[vV]ersion|opset_?[iI]mport)"',
        formats.ONNX_AS_TEXT,
        "an ONNX model as JSON",
        "save it as a file: onnx.save(onnx.load(path, format='json'), 'model.onnx')",
    ),
    (
        r'(?s)\{.*"(modelTopology|weightsManifest)"',
        formats.TENSORFLOW,
        "a TensorFlow.js model",
        "convert it: python -m tf2onnx.convert --opset 17 --tfjs model.json --output model.onnx",
    ),
    (r'(?s)\{.*"(error|detail|message)"\s*:', formats.JSON, "an error answer as JSON", _AGAIN),
    (r"[\[{]", formats.JSON, "JSON", _WRONG),
    (
        r"(?s)(<\?xml.*?)?<net\s[^>]*name=",
        formats.OPENVINO,
        "the graph of an OpenVINO model",
        _ORIGINAL,
    ),
    (
        r"(?i)<(!doctype html|html|head|body|!--|\?xml)",
        files.HTML,
        "a web page, most likely the error or sign-in page of a download",
        _AGAIN,
    ),
    (
        r"(?m)(#!|(import|from) \w|def \w+\(|class \w+[:(]|# -\*-|#include\b)",
        formats.SOURCE,
        "source code",
        "run it if it exports the model, and check the .onnx file it writes",
    ),
    (r"", formats.TEXT, "text", _WRONG),
)


def recognise(descriptor: int, size: int) -> list[Refusal]:
    """The rules, messages and fixes for a file that is plainly something else; else none.

    Of a zip archive the directory is read too: everything that is unsafe about it is told.

    Args:
        descriptor: the open file; its position stays where it is.
        size: its bytes.
    """
    head = os.pread(descriptor, HEAD, 0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        archive = look_into(descriptor, size)
        what, fix = contents(archive.members)
        return [(files.ZIP, f"this is {what}", fix), *archive.refusals]
    found = _not_onnx(head, size)
    if found is None:
        return []
    rule, what, fix = found
    return [(rule, f"this is {what}", fix)]


def _not_onnx(head: bytes, size: int) -> Refusal | None:
    if not head:
        return files.EMPTY, "an empty file", "export or download the model again"
    if not head.strip(b"\0"):
        what = "nothing but zeros where it starts, as a download that was broken off leaves"
        return formats.ZEROS, what, "download or copy the model again"
    for signature in SIGNATURES:
        if re.match(signature.start, head, re.DOTALL):
            return signature.rule, signature.what, signature.fix
    return _structured(head, size) or _text(head)


def _structured(head: bytes, size: int) -> Refusal | None:
    """Formats without a magic number of their own."""
    length = int.from_bytes(head[:8], "little")
    if head[8:9] == b"{" and length + 8 <= size and re.match(rb'\{\s*["}]', head[8:]):
        what = "a safetensors file: weights without a graph"
        return formats.WEIGHTS, what, _EXPORT
    if re.match(rb'..[\0-\x0f]\0\{"', head, re.DOTALL):
        return formats.COMPILED, "a TensorRT engine, as Ultralytics writes", _ORIGINAL
    if re.match(rb"\x80[\x02-\x05](\x95.{8})?[}\]()c\x8c\x8aXKN]", head, re.DOTALL):
        what = "a Python pickle"
        if b"torch" in head:
            return formats.PYTORCH, "a PyTorch checkpoint (a pickle)", _FROM_TORCH
        fix = "convert the model that it holds, such as one of scikit-learn with skl2onnx"
        return formats.PICKLE, what, fix
    return _protobuf(head)


def _protobuf(head: bytes) -> Refusal | None:
    """Other protobuf messages, told by fields that ModelProto does not have.

    A version in field 1 and a message in field 2: ONNX has its producer's name there.
    """
    if head[:1] == b"\x08" and head[1:2] < b"\x80" and _is_message(head[2:], b"\x12"):
        # The operators it uses, each by its name.
        if head[1:2] == b"\x01" and re.search(rb"serve|\x0a.[A-Z]\w+\x12", head, re.DOTALL):
            return formats.TENSORFLOW, "a TensorFlow SavedModel (saved_model.pb)", _FROM_TF
        return formats.COREML, "a Core ML model", "convert it with onnxmltools.convert_coreml"
    # GraphDef: nodes in field 1, each a name, an operator and so on.
    if re.match(rb"\x0a(?:[\x80-\xff]?[\0-\x7f])\x0a(.)[\w/.:^-]+\x12(.)[A-Z]\w+", head, re.DOTALL):
        fix = (
            "convert it: python -m tf2onnx.convert --opset 17 --graphdef model.pb "
            "--inputs NAME:0 --outputs NAME:0 --output model.onnx"
        )
        return formats.TENSORFLOW, "a frozen TensorFlow graph", fix
    return None


def _is_message(data: bytes, tag: bytes) -> bool:
    """Whether a field of that tag holds a message that starts with its own field 1, and fits."""
    if not data.startswith(tag):
        return False
    length, rest = _varint(data[1:])
    inner, _ = _varint(rest[1:])
    return rest.startswith(b"\x0a") and inner < length


def _varint(data: bytes) -> tuple[int, bytes]:
    value = 0
    for place, byte in enumerate(data[:10]):
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value, data[place + 1 :]
    return value, b""


def _text(head: bytes) -> Refusal | None:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        # The last character may be cut.
        text = head.decode(encoding) if len(head) < HEAD else head[:-4].decode(encoding, "ignore")
    except UnicodeDecodeError:
        return None
    if re.search(r"[^\t\n\f\r -\x7e\x85\xa0-\U0010ffff]", text):
        return None
    stripped = text.lstrip()
    return next((rule, what, fix) for words, rule, what, fix in _TEXTS if re.match(words, stripped))
