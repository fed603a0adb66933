"""Checking ONNX models before they are uploaded.

`check` looks into a file and gives a `Report` with every problem at once. It needs the extra
`onnx`; the onnx package is only imported in the child process that does the looking.

Names are imported when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scailable.onnx.checking import check
    from scailable.onnx.children import ModelCrashed, ModelFailed
    from scailable.onnx.difference.diff import diff
    from scailable.onnx.difference.report import Difference
    from scailable.onnx.fixing.fix import fix
    from scailable.onnx.fixing.result import Change, Fixed, FixFailed
    from scailable.onnx.inspection.card import Layer, ModelCard, Port, inspect
    from scailable.onnx.limits import Limits
    from scailable.onnx.names import IOName, NameProblem, parse_name
    from scailable.onnx.reading.opening import UnreadableFile
    from scailable.onnx.report import (
        ExternalFile,
        Finding,
        ModelFacts,
        Profile,
        Report,
        Severity,
        TensorInfo,
    )
    from scailable.onnx.trial.bench import BenchResult, bench
    from scailable.onnx.trial.run import RunResult, run
    from scailable.onnx.upload_details import input_driver_details, named_io

__all__ = [
    "BenchResult",
    "Change",
    "Difference",
    "ExternalFile",
    "Finding",
    "FixFailed",
    "Fixed",
    "IOName",
    "Layer",
    "Limits",
    "ModelCard",
    "ModelCrashed",
    "ModelFacts",
    "ModelFailed",
    "NameProblem",
    "Port",
    "Profile",
    "Report",
    "RunResult",
    "Severity",
    "TensorInfo",
    "UnreadableFile",
    "bench",
    "check",
    "diff",
    "fix",
    "input_driver_details",
    "inspect",
    "named_io",
    "parse_name",
    "run",
]

_MODULES = {
    "run": "trial.run",
    "RunResult": "trial.run",
    "bench": "trial.bench",
    "BenchResult": "trial.bench",
    "Layer": "inspection.card",
    "ModelCard": "inspection.card",
    "Port": "inspection.card",
    "inspect": "inspection.card",
    "diff": "difference.diff",
    "Difference": "difference.report",
    "ModelCrashed": "children",
    "ModelFailed": "children",
    "fix": "fixing.fix",
    "Fixed": "fixing.result",
    "FixFailed": "fixing.result",
    "Change": "fixing.result",
    "ExternalFile": "report",
    "Finding": "report",
    "IOName": "names",
    "Limits": "limits",
    "ModelFacts": "report",
    "NameProblem": "names",
    "Profile": "report",
    "Report": "report",
    "Severity": "report",
    "TensorInfo": "report",
    "UnreadableFile": "reading.opening",
    "check": "checking",
    "input_driver_details": "upload_details",
    "named_io": "upload_details",
    "parse_name": "names",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
