"""What a check found: the findings, and the facts about the model they rest on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
Profile = Literal["scailable", "hailo", "generic"]
Dimension = int | str | None

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

# Goes up when a key is taken away or means something else; a new key leaves it as it is.
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a model, or worth knowing about it.

    Attributes:
        code: stable name of the rule, such as `ONNX-INPUT-005`.
        severity: `error` (not fit), `warning` or `info`.
        message: what is the case.
        where: the place: an input, a tensor, a node, a byte offset; empty for the whole file.
        fix: what to do about it, often a command or a line of code.
        source: where the rule comes from.
        safety: True when the finding may not be overridden with `force`.
        offset: byte of the file at which the place starts, where there is one.
    """

    code: str
    severity: Severity
    message: str
    where: str
    fix: str
    source: str
    safety: bool
    offset: int | None = None

    @property
    def place(self) -> str:
        """`where` and `offset` in one phrase; empty for the whole file."""
        byte = "" if self.offset is None else f"byte {self.offset}"
        return ", ".join(dict.fromkeys(part for part in (self.where, byte) if part))

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Finding":
        """The opposite of `to_dict`."""
        return cls(**{field.name: value[field.name] for field in fields(cls)})

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One input or output, as declared in the file.

    Attributes:
        name: its full name.
        dtype: numpy-style element type (`float32`), or the kind of a value that is no tensor
            (`sequence`, `map`, `optional`, `sparse_tensor`, `undefined`).
        shape: one entry an axis: a size, the name of a dynamic size, or None for a size left
            open; None instead of the tuple when the file declares no shape.
    """

    name: str
    dtype: str
    shape: tuple[Dimension, ...] | None

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "TensorInfo":
        """The opposite of `to_dict`."""
        shape = value["shape"]
        return cls(value["name"], value["dtype"], None if shape is None else tuple(shape))

    def to_dict(self) -> dict[str, Any]:
        """The tensor as JSON-ready values."""
        shape = None if self.shape is None else list(self.shape)
        return {"name": self.name, "dtype": self.dtype, "shape": shape}

    def __str__(self) -> str:
        """Type and shape in one short phrase.

        >>> str(TensorInfo("image-", "float32", (1, 3, "h", None)))
        'float32[1,3,h,?]'
        """
        if self.shape is None:
            return f"{self.dtype} of undeclared shape"
        return f"{self.dtype}[{','.join('?' if d is None else str(d) for d in self.shape)}]"


@dataclass(frozen=True, slots=True)
class ExternalFile:
    """A file beside the model that holds data of its tensors.

    Attributes:
        location: path relative to the folder of the model.
        size: bytes.
        sha256: digest of the whole file, in hex.
    """

    location: str
    size: int
    sha256: str

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "ExternalFile":
        """The opposite of `to_dict`."""
        return cls(value["location"], value["size"], value["sha256"])

    def to_dict(self) -> dict[str, Any]:
        """The file as JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What a model says about itself.

    Attributes:
        ir_version: version of the ONNX file format.
        opsets: operator set version by domain; the standard domain is the empty string.
        producer: the tool that wrote the file, with its version, or an empty string.
        inputs: what must be fed; initializers that are also listed as inputs are left out.
        outputs: what the model gives.
        initializer_inputs: names of the initializers that are also listed as inputs.
        operators: how often each operator is used, subgraphs and function bodies included, as
            `Conv` or `domain::Op`; calls of the model's own functions are not operators.
        external_files: locations of tensor data outside the file.
        chip: the accelerator a compiled model is for (metadata key `chip`), if any.
        means, vars: the normalisation that the graph asks for: `(pixel - mean) / var`, with a
            number for all channels or one for each; empty when it asks for none.
    """

    ir_version: int
    opsets: Mapping[str, int]
    producer: str
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    initializer_inputs: tuple[str, ...] = ()
    operators: Mapping[str, int]
    external_files: tuple[str, ...] = ()
    chip: str | None = None
    means: tuple[int, ...] = ()
    vars: tuple[int, ...] = ()

    @property
    def opset(self) -> int | None:
        """Version of the standard operator set, None when the model does not import it."""
        return self.opsets.get("")

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "ModelFacts":
        """The opposite of `to_dict`."""
        return cls(
            ir_version=value["ir_version"],
            opsets=dict(value["opsets"]),
            producer=value["producer"],
            inputs=tuple(TensorInfo.from_dict(each) for each in value["inputs"]),
            outputs=tuple(TensorInfo.from_dict(each) for each in value["outputs"]),
            initializer_inputs=tuple(value["initializer_inputs"]),
            operators=dict(value["operators"]),
            external_files=tuple(value["external_files"]),
            chip=value["chip"],
            means=tuple(value["means"]),
            vars=tuple(value["vars"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The facts as JSON-ready values."""
        return {
            "ir_version": self.ir_version,
            "opsets": dict(self.opsets),
            "producer": self.producer,
            "inputs": [tensor.to_dict() for tensor in self.inputs],
            "outputs": [tensor.to_dict() for tensor in self.outputs],
            "initializer_inputs": list(self.initializer_inputs),
            "operators": dict(self.operators),
            "external_files": list(self.external_files),
            "chip": self.chip,
            "means": list(self.means),
            "vars": list(self.vars),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of checking one file.

    Attributes:
        path: the file, as it was given.
        profile: the profile it was checked against.
        size: bytes.
        sha256: digest of the bytes that were checked, in hex; None when the file was refused
            before it was read.
        facts: what the model says about itself; None when it could not be read that far.
        external: the files with external data that were read, with their digests.
        findings: everything found, errors first.
        external: the files beside the model that hold data of its tensors, where they were read.
    """

    path: str
    profile: Profile
    size: int
    sha256: str | None
    facts: ModelFacts | None
    findings: tuple[Finding, ...]
    external: tuple[ExternalFile, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the model unfit."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that are no reason to refuse, but worth a look."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        found = [finding.severity for finding in self.findings]
        return {severity: found.count(severity) for severity in SEVERITIES}

    @property
    def ok(self) -> bool:
        """True when there is no error."""
        return not self.errors

    @property
    def safe(self) -> bool:
        """True when no error is a safety rule: the rest can be overridden with `force`."""
        return not any(finding.safety for finding in self.errors)

    @property
    def verdict(self) -> str:
        """`fit`, `fit with warnings` or `not fit`."""
        if not self.ok:
            return "not fit"
        return "fit with warnings" if self.warnings else "fit"

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Report":
        """The opposite of `to_dict`: a report that another process wrote as JSON.

        Raises:
            ValueError: it is a report of another schema version.
            KeyError, TypeError: it is no report.
        """
        if value["schema_version"] != SCHEMA_VERSION:
            raise ValueError(
                f"The report has schema version {value['schema_version']!r}, not {SCHEMA_VERSION}."
            )
        facts = value["facts"]
        return cls(
            path=value["path"],
            profile=value["profile"],
            size=value["size"],
            sha256=value["sha256"],
            facts=None if facts is None else ModelFacts.from_dict(facts),
            findings=tuple(Finding.from_dict(each) for each in value["findings"]),
            external=tuple(ExternalFile.from_dict(each) for each in value["external"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values, as described in `reports/report.schema.json`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "path": self.path,
            "profile": self.profile,
            "verdict": self.verdict,
            "ok": self.ok,
            "safe": self.safe,
            "counts": self.counts,
            "size": self.size,
            "sha256": self.sha256,
            "external": [file.to_dict() for file in self.external],
            "facts": None if self.facts is None else self.facts.to_dict(),
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def text(self, *, color: bool = False, width: int | None = None) -> str:
        """The report for people: verdict and counts, the findings with their fixes, the facts.

        Args:
            color: colour the severities, for a terminal.
            width: columns to wrap the lines to; None leaves them as long as they are.

        Characters that could steer a terminal are escaped.
        """
        from scailable.onnx.reports.text import report_text

        return report_text(self, color=color, width=width)
