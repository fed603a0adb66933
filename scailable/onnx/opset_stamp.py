"""Asking the onnx package about a model, and which opset stamp it would accept.

sclblonnx stamps every model it saves as opset 12, whatever its nodes were written for.
"""

from collections.abc import Callable, Iterator
from typing import Literal, TypedDict

import onnx
import onnx.checker
import onnx.shape_inference
from google.protobuf.message import EncodeError  # type: ignore[import-untyped,unused-ignore]

from scailable.onnx.text import one_line

Refusal = Literal["checker", "inference", "unexpected"]

_TRIED: tuple[int, ...] = (*range(13, 18), *range(12, 6, -1))


class Diagnosis(TypedDict):
    """The finding about a wrong stamp."""

    message: str
    fix: str


def ask(
    content: bytes, stage: Callable[[str], None] = lambda name: None
) -> tuple[onnx.ModelProto | None, tuple[Refusal, str] | None]:
    """The model with its inferred types, or what refuses it and its words."""
    try:
        onnx.checker.check_model(content)
        stage("inferring shapes")
        inferred = onnx.shape_inference.infer_shapes(
            content, check_type=True, strict_mode=True, data_prop=True
        )
    except onnx.checker.ValidationError as error:
        return None, ("checker", str(error))
    except onnx.shape_inference.InferenceError as error:
        return None, ("inference", str(error))
    except MemoryError:
        raise
    except Exception as error:  # the bindings raise many kinds on models they cannot handle
        return None, ("unexpected", f"{type(error).__name__}: {error}")
    return inferred, None


def accepted_opset(model: onnx.ModelProto) -> int | None:
    """The stamp between 7 and 17 with which a refused model would pass, if there is one."""
    stamped = list(_standard(model))
    if len(stamped) != 1:
        return None
    original = stamped[0].version
    for version in _TRIED:
        if version != original and inferred_with(model, version) is not None:
            return version
    return None


def inferred_with(model: onnx.ModelProto, version: int) -> onnx.ModelProto | None:
    """The model with its inferred types, were it stamped so; None when it would not pass."""
    (stamped,) = _standard(model)
    original = stamped.version
    stamped.version = version
    try:
        inferred, _ = ask(model.SerializeToString())
    except EncodeError as error:  # a message that was parsed fails for want of memory only
        raise MemoryError from error
    finally:
        stamped.version = original
    return inferred


def diagnosis(model: onnx.ModelProto, accepted: int) -> Diagnosis:
    """What to say about a model that passes with another stamp."""
    stamped = next(_standard(model)).version
    blame = ""
    if stamped == 12:
        blame = "; sclblonnx stamps every model it saves as opset 12"
        blame += ", and wrote this one" if "sclblonnx" in model.producer_name else ""
        blame += ": was it saved by sclblonnx?" if "sclblonnx" not in model.producer_name else ""
    return {
        "message": one_line(
            f"stamped opset {stamped}, but its nodes are in the form of opset {accepted}, "
            f"with which it passes{blame}"
        ),
        "fix": (
            "export again from the original, or correct the stamp: "
            f"scailable models fix FILE -o NEW --opset-stamp {accepted}"
        ),
    }


def _standard(model: onnx.ModelProto) -> Iterator[onnx.OperatorSetIdProto]:
    return (each for each in model.opset_import if each.domain in ("", "ai.onnx"))
