"""What a file is, from its first bytes, when it is not ONNX."""

import os

from scailable.onnx.rules import Rule, files

HEAD = 512

_EXPORT = "export the model as ONNX (torch.onnx.export, tf2onnx, skl2onnx) and check that file"


def recognise(descriptor: int, size: int) -> list[tuple[Rule, str, str]]:
    """The rules, messages and fixes for a file that is plainly something else; else none.

    Args:
        descriptor: the open file; its position stays where it is.
        size: its bytes.
    """
    found = not_onnx(os.pread(descriptor, min(size, HEAD), 0))
    return [] if found is None else [found]


def not_onnx(head: bytes) -> tuple[Rule, str, str] | None:
    """The rule, message and fix for a file that is plainly something else; else None.

    Args:
        head: the first `HEAD` bytes of the file, or all of a shorter one.
    """
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        return files.EMPTY, "the file is empty", "export or download the model again"
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        return (
            files.GIT_LFS_POINTER,
            "this is a Git LFS pointer of a few lines; the model itself was not downloaded",
            "run `git lfs pull` in the repository and check the file again",
        )
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        if b"data.pkl" in head:
            return files.ZIP, "this is a PyTorch file (a zip archive)", _EXPORT
        return files.ZIP, "this is a zip archive", "unpack it and check the .onnx file inside"
    if head.startswith(b"\x1f\x8b"):
        return files.GZIP, "this is compressed with gzip", "unpack it with `gunzip` first"
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<?xml")):
        return (
            files.HTML,
            "this is a web page, most likely the error or sign-in page of a download",
            "download the model again, signed in, with the link of the raw file",
        )
    if head[4:8] == b"TFL3":
        return (
            files.TFLITE,
            "this is a TensorFlow Lite model",
            "convert it: python -m tf2onnx.convert --opset 17 --tflite model.tflite "
            "--output model.onnx",
        )
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return files.HDF5, "this is an HDF5 file, as Keras writes", _EXPORT
    return None
