"""Checking ONNX models before they are uploaded.

`check` looks into a file and gives a `Report` with every problem at once. It needs the extra
`onnx`; the onnx package is only imported in the child process that does the looking.
"""

from scailable.onnx.checking import check
from scailable.onnx.limits import Limits
from scailable.onnx.names import IOName, NameProblem, parse_name
from scailable.onnx.opening import UnreadableFile
from scailable.onnx.report import Finding, ModelFacts, Profile, Report, Severity, TensorInfo
from scailable.onnx.upload_details import input_driver_details, named_io

__all__ = [
    "Finding",
    "IOName",
    "Limits",
    "ModelFacts",
    "NameProblem",
    "Profile",
    "Report",
    "Severity",
    "TensorInfo",
    "UnreadableFile",
    "check",
    "input_driver_details",
    "named_io",
    "parse_name",
]
