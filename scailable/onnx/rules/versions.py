"""Rules about the versions a model is stamped with."""

from collections.abc import Iterator

from scailable.onnx.report import ModelFacts
from scailable.onnx.rules import sources
from scailable.onnx.rules.rule import Said, fact_rule

_EXPORT = (
    "export again with opset 17 (torch.onnx.export(..., opset_version=17)), or convert: "
    "onnx.save(onnx.version_converter.convert_version(onnx.load('model.onnx'), 17), 'new.onnx')"
)


@fact_rule("ONNX-OPSET-001", "error", source=sources.SPECIFICATION, generic="error")
def no_standard_opset(facts: ModelFacts) -> Iterator[Said]:
    """Standard operators are used without importing their opset."""
    standard = [name for name in facts.operators if "::" not in name]
    if facts.opset is None and standard:
        yield (
            "",
            f"the model uses {standard[0]} but imports no version of the standard operator set",
            "save the model with an opset_import for the domain ''",
        )


@fact_rule("ONNX-OPSET-002", "error", source=sources.RUNTIMES)
def below_runtime_floor(facts: ModelFacts) -> Iterator[Said]:
    """The opset is older than ONNX Runtime supports."""
    if facts.opset is not None and facts.opset < 7:
        yield "", f"opset {facts.opset} is below 7, the oldest the devices can run", _EXPORT


@fact_rule("ONNX-OPSET-003", "warning", source=sources.SCLBLONNX)
def old_opset(facts: ModelFacts) -> Iterator[Said]:
    """The opset is older than the vendor's tools accept."""
    if facts.opset is not None and 7 <= facts.opset < 12:
        yield "", f"opset {facts.opset} is older than 12, where the tested range starts", _EXPORT


@fact_rule("ONNX-OPSET-004", "warning", source=sources.REQUIREMENTS)
def untested_opset(facts: ModelFacts) -> Iterator[Said]:
    """The opset is newer than the vendor has tested."""
    if facts.opset in (18, 19):
        yield "", f"opset {facts.opset} is untested; opsets up to 17 are tested", _EXPORT


@fact_rule("ONNX-OPSET-005", "warning", source=sources.RUNTIMES)
def opset_beyond_aarch64(facts: ModelFacts) -> Iterator[Said]:
    """The opset runs on x86_64 but not on aarch64 devices."""
    if facts.opset == 20:
        yield "", "opset 20 is beyond the aarch64 CPU runtime, which stops at 19", _EXPORT


@fact_rule("ONNX-OPSET-006", "error", source=sources.RUNTIMES)
def opset_beyond_devices(facts: ModelFacts) -> Iterator[Said]:
    """The opset is newer than any device runtime supports."""
    if facts.opset is not None and facts.opset > 20:
        yield "", f"opset {facts.opset} is above 20, the newest the devices can run", _EXPORT


@fact_rule("ONNX-IR-001", "error", source=sources.RUNTIMES)
def ir_beyond_devices(facts: ModelFacts) -> Iterator[Said]:
    """The file format version is newer than Linux devices can load."""
    if facts.ir_version >= 10:
        yield (
            "",
            f"IR version {facts.ir_version} is above 9, the newest that Linux devices can load",
            "if it uses nothing newer, lower the stamp: scailable models fix FILE -o NEW --ir 9",
        )


@fact_rule("ONNX-IR-002", "error", source=sources.RUNTIMES)
def ir_below_floor(facts: ModelFacts) -> Iterator[Said]:
    """The file format version is older than ONNX Runtime can load."""
    if 0 < facts.ir_version < 3:
        yield (
            "",
            f"IR version {facts.ir_version} is below 3, the first with opset imports",
            "export the model again with a current exporter",
        )


@fact_rule("ONNX-IR-003", "error", source=sources.SPECIFICATION, generic="error")
def no_ir_version(facts: ModelFacts) -> Iterator[Said]:
    """The model does not say which version of the file format it is in."""
    if facts.ir_version <= 0:
        given = f"gives the IR version {facts.ir_version}" if facts.ir_version else "gives none"
        yield (
            "",
            f"the model {given}",
            "m = onnx.load('model.onnx'); m.ir_version = 8; onnx.save(m, 'new.onnx')",
        )
