"""The rules about what a model declares: each is broken once, and kept once."""

from collections.abc import Iterable

import onnx
import pytest
from onnx import TensorProto, helper

from scailable.onnx.reading.model import Model
from scailable.onnx.report import Finding, Profile
from scailable.onnx.rules import judge
from scailable.onnx.rules.rule import FACT_RULES
from tests.onnx.models import BOOL, FLOAT, INT64, STRING, classifier, image, model, value
from tests.onnx.reading import read
from tests.onnx.triggering import marked

SCORES = value("scores-0:Cat;1:Dog", (1, 2))


def findings(made: onnx.ModelProto, profile: Profile = "scailable") -> dict[str, list[Finding]]:
    """What the rules find, by code."""
    found: dict[str, list[Finding]] = {}
    facts, _, types, _ = read(made)
    for finding in judge(facts, Model(), types, profile):
        found.setdefault(finding.code, []).append(finding)
    return found


def node(operator: str, domain: str = "") -> onnx.NodeProto:
    return helper.make_node(operator, ["image-"], ["y"], domain=domain)


def boxes(name: str, shape: Iterable[int | str], dtype: int = FLOAT) -> onnx.ModelProto:
    return model([image()], [value(name, list(shape), dtype)])


# code, severity, model
CASES = [
    ("ONNX-INPUT-001", "error", model([value("x", (1, 10))], [SCORES])),
    ("ONNX-INPUT-001", "error", model([], [SCORES])),
    ("ONNX-INPUT-002", "warning", model([image(name="data")], [SCORES])),
    ("ONNX-INPUT-003", "error", model([image(name="a"), image(name="b")], [SCORES])),
    ("ONNX-INPUT-003", "error", model([image(), image(name="image-2")], [SCORES])),
    ("ONNX-INPUT-004", "error", model([image((1, 3))], [SCORES])),
    ("ONNX-INPUT-004", "error", model([image(None)], [SCORES])),
    ("ONNX-INPUT-005", "error", model([image((2, 3, 8, 8))], [SCORES])),
    ("ONNX-INPUT-006", "warning", model([image(("n", 3, 8, 8))], [SCORES])),
    ("ONNX-INPUT-006", "warning", model([image((None, 8, 8, 3))], [SCORES])),
    ("ONNX-INPUT-007", "error", model([image((1, 3, "h", "w"))], [SCORES])),
    ("ONNX-INPUT-007", "error", model([image((1, "h", "w", 3))], [SCORES])),
    ("ONNX-INPUT-007", "error", model([image((1, None, None, None))], [SCORES])),
    ("ONNX-INPUT-008", "error", model([image((1, 2, 8, 8))], [SCORES])),
    ("ONNX-INPUT-008", "error", model([image((1, 8, 8, 4))], [SCORES])),
    ("ONNX-INPUT-009", "error", model([image(dtype=TensorProto.UINT8)], [SCORES])),
    ("ONNX-INPUT-010", "warning", model([image((1, 3, 8, 3))], [SCORES])),
    ("ONNX-INPUT-011", "error", model([image(), value("nms_sensitivity-", (2,))], [SCORES])),
    ("ONNX-INPUT-011", "error", model([image(), value("nms_sensitivity-", (1,), BOOL)], [SCORES])),
    ("ONNX-INPUT-012", "error", model([image(), value("mask-", (8, 8))], [SCORES])),
    ("ONNX-INPUT-012", "error", model([image(), value("mask-", (8, 9), BOOL)], [SCORES])),
    ("ONNX-INPUT-012", "error", model([image(), value("mask-", ("h", 8), BOOL)], [SCORES])),
    ("ONNX-INPUT-013", "error", model([image(), value("bias", (1,))], [SCORES])),
    ("ONNX-INPUT-014", "warning", model([image(), value("thresholds-0:Cat", (1,))], [SCORES])),
    (
        "ONNX-INPUT-015",
        "info",
        model(
            [image(), value("w", (1,))],
            [SCORES],
            initializers=[helper.make_tensor("w", FLOAT, [1], [0.0])],
        ),
    ),
    ("ONNX-INPUT-016", "error", model([value("text", (1,), STRING)], [SCORES])),
    ("ONNX-INPUT-017", "warning", model([image((3, 8, 8))], [SCORES])),
    ("ONNX-OUTPUT-001", "warning", model([image()], [value("out", (1, 2))])),
    ("ONNX-OUTPUT-002", "error", boxes("scores-0:Cat", (1, 1), INT64)),
    ("ONNX-OUTPUT-002", "error", boxes("scores-0:Cat", (1, 1, 1))),
    ("ONNX-OUTPUT-003", "error", boxes("scores-0:Cat;1:Dog", (1, 3))),
    ("ONNX-OUTPUT-003", "error", boxes("alarm-0:Cat;1:Dog", (1, 3), BOOL)),
    ("ONNX-OUTPUT-004", "error", boxes("bboxes-format:xyxysc;0:A", (20, 5))),
    ("ONNX-OUTPUT-004", "error", boxes("bboxes-format:xyxysc;0:A", (1, 20, 6))),
    ("ONNX-OUTPUT-004", "error", boxes("bboxes-format:xyxy;0:A", (20, 4), INT64)),
    ("ONNX-OUTPUT-005", "error", boxes("alarm-0:Cat", (1, 1))),
    ("ONNX-OUTPUT-006", "info", boxes("counts-0:Cat", (1,))),
    ("ONNX-OUTPUT-007", "warning", boxes("bboxes-format:xxyy;0:A", (20, 4))),
    ("ONNX-OUTPUT-007", "warning", boxes("bboxes-0:A", (20, 4))),
    ("ONNX-OUTPUT-008", "warning", boxes("scores-", (1, 2))),
    ("ONNX-OUTPUT-009", "info", model([image()], [SCORES, value("extra", (1, 2))])),
    ("ONNX-OUTPUT-010", "warning", model([image()], [value("out", (1, 10, 1, 1))])),
    ("ONNX-OUTPUT-011", "error", model([image()], [])),
    ("ONNX-OUTPUT-012", "info", boxes("bboxes-format:xyxysc;0:A", (20, 6))),
    ("ONNX-NAME-001", "error", boxes("scores-0:Cat;Dog", (1, 2))),
    ("ONNX-NAME-001", "error", boxes("scores-cat:0", (1, 1))),
    ("ONNX-NAME-002", "warning", boxes("scores-0:Cat;2:Dog", (1, 2))),
    ("ONNX-NAME-003", "error", boxes("scores-0:\x1b[2J", (1, 1))),
    ("ONNX-NAME-003", "error", model([image(name="image-\u202e")], [SCORES])),
    ("ONNX-SHAPE-001", "error", model([image((1, 3, -8, 8))], [SCORES])),
    ("ONNX-SHAPE-002", "error", model([image((1, 3, 2**20, 2**20))], [SCORES])),
    ("ONNX-OPSET-001", "error", model([image()], [SCORES], [node("Relu")], opset=None)),
    ("ONNX-OPSET-002", "error", model([image()], [SCORES], opset=6)),
    ("ONNX-OPSET-003", "warning", model([image()], [SCORES], opset=7)),
    ("ONNX-OPSET-003", "warning", model([image()], [SCORES], opset=11)),
    ("ONNX-OPSET-004", "warning", model([image()], [SCORES], opset=18)),
    ("ONNX-OPSET-004", "warning", model([image()], [SCORES], opset=19)),
    ("ONNX-OPSET-005", "warning", model([image()], [SCORES], opset=20)),
    ("ONNX-OPSET-006", "error", model([image()], [SCORES], opset=21)),
    ("ONNX-IR-001", "error", model([image()], [SCORES], ir=10)),
    ("ONNX-IR-002", "error", model([image()], [SCORES], ir=2)),
    ("ONNX-DOMAIN-001", "error", model([image()], [SCORES], [node("Fancy", "com.example")])),
    ("ONNX-DOMAIN-002", "warning", model([image()], [SCORES], [node("Scaler", "ai.onnx.ml")])),
]


def compiled(chip: str) -> onnx.ModelProto:
    made = model([image()], [SCORES], [node("HailoOp", "com.hailo")])
    made.metadata_props.add(key="chip", value=chip)
    return made


def chipped(made: onnx.ModelProto) -> onnx.ModelProto:
    made.metadata_props.add(key="chip", value="hailo")
    return made


def labelled(label: str) -> onnx.ValueInfoProto:
    return value(f"scores-0:{label}", (1, 1))


def described(doc: str) -> onnx.ModelProto:
    made = classifier()
    made.graph.doc_string = doc
    return made


CASES += [
    ("ONNX-DOMAIN-003", "info", compiled("hailo")),
    ("ONNX-HAILO-002", "warning", compiled("abacus")),
    ("ONNX-DEVICE-001", "info", model([image()], [SCORES], opset=20)),
    ("ONNX-DEVICE-001", "info", model([image()], [SCORES], ir=10)),
    ("ONNX-QUANT-001", "info", model([image()], [SCORES], [node("QuantizeLinear")])),
    ("ONNX-OP-001", "info", model([image()], [SCORES], [node("HardSwish")])),
    ("ONNX-NORM-003", "error", described('{"means": [1, 2], "vars": [255]}')),
    ("ONNX-NORM-003", "error", described('{"means": [], "vars": [1, 2, 3, 4]}')),
    ("ONNX-OUTPUT-014", "warning", model([image()], [value("scores-0:Cat", None)])),
    ("ONNX-OUTPUT-014", "warning", model([image()], [value("bboxes-format:xyxysc;0:A", None)])),
    ("ONNX-OUTPUT-015", "info", boxes("bboxes-format:xyxysc;0:A", ("n", 6))),
    ("ONNX-HAILO-004", "warning", chipped(classifier())),
    ("ONNX-IR-003", "error", model([image()], [SCORES], ir=0)),
    ("ONNX-IR-003", "error", model([image()], [SCORES], ir=-1)),
    ("ONNX-NAME-003", "error", boxes("scores-0:A\u200bB", (1, 1))),
    ("ONNX-NAME-007", "error", model([image()], [labelled("x" * 60_000) for _ in range(5)])),
]
HAILO_CASES = [
    ("ONNX-HAILO-001", "error", model([image(), image(name="mask-")], [SCORES])),
    ("ONNX-HAILO-001", "error", model([value("image-", (3, 8, 8))], [SCORES])),
    ("ONNX-HAILO-002", "error", compiled("abacus")),
    ("ONNX-HAILO-003", "info", classifier()),
]


@pytest.mark.parametrize(("code", "severity", "made"), marked(CASES))
def test_a_broken_rule_is_found(code: str, severity: str, made: onnx.ModelProto) -> None:
    found = findings(made)
    assert code in found, f"found only {sorted(found)}"
    for finding in found[code]:
        assert finding.severity == severity
        assert finding.message
        assert finding.source
        assert finding.fix or severity == "info"


@pytest.mark.parametrize(("code", "severity", "made"), marked(HAILO_CASES))
def test_a_broken_rule_of_hailo_is_found(code: str, severity: str, made: onnx.ModelProto) -> None:
    found = findings(made, "hailo")
    assert [each.severity for each in found[code]] == [severity]


# As close to breaking the rule as a model can be that does not.
NEIGHBOURS = [
    ("ONNX-INPUT-001", model([value("x", (1, 1, 1, 10))], [SCORES])),
    ("ONNX-INPUT-002", model([image(name="image-data")], [SCORES])),
    ("ONNX-INPUT-003", model([image(), image(name="b")], [SCORES])),
    ("ONNX-INPUT-004", model([image((3, 8, 8))], [SCORES])),
    ("ONNX-INPUT-005", model([image(("n", 3, 8, 8))], [SCORES])),
    ("ONNX-INPUT-006", model([image((2, 3, 8, 8))], [SCORES])),
    ("ONNX-INPUT-007", model([image(("n", 3, 8, 8))], [SCORES])),
    ("ONNX-INPUT-008", model([image((1, 8, 8, 1))], [SCORES])),
    ("ONNX-INPUT-008", model([image((1, "c", 8, 8))], [SCORES])),
    ("ONNX-INPUT-009", model([image((1, 3, 8, 8))], [SCORES])),
    ("ONNX-INPUT-010", model([image((1, 3, 3, 4))], [SCORES])),
    ("ONNX-INPUT-011", model([image(), value("nms_sensitivity-", (1,))], [SCORES])),
    ("ONNX-INPUT-012", model([image((1, 3, 6, 9)), value("mask-", (6, 9), BOOL)], [SCORES])),
    ("ONNX-INPUT-013", model([image(), value("sensor-", (1,))], [SCORES])),
    ("ONNX-INPUT-014", model([image(), value("threshold", (1,))], [SCORES])),
    ("ONNX-INPUT-015", model([image()], [SCORES], initializers=[onnx.TensorProto(name="w")])),
    ("ONNX-INPUT-016", model([value("numbers", (1,), INT64)], [SCORES])),
    ("ONNX-INPUT-017", model([image((1, 3, 8, 8))], [SCORES])),
    ("ONNX-OUTPUT-001", model([image()], [SCORES, value("out", (1, 2))])),
    ("ONNX-OUTPUT-002", boxes("scores-0:Cat", (1,))),
    ("ONNX-OUTPUT-002", boxes("scores-0:Cat", ("n", 1))),
    ("ONNX-OUTPUT-003", boxes("scores-0:Cat;1:Dog", (1, "classes"))),
    ("ONNX-OUTPUT-003", boxes("alarm-0:Cat;1:Dog", (1, 2), BOOL)),
    ("ONNX-OUTPUT-004", boxes("bboxes-format:xyxyc;0:A", (20, 5))),
    ("ONNX-OUTPUT-004", boxes("licenseplate_bboxes-format:xyxyxsxyxyxyxy", ("n", 14))),
    ("ONNX-OUTPUT-005", boxes("alarm-0:Cat", ("n", 1), BOOL)),
    ("ONNX-OUTPUT-006", boxes("count-0:Cat", (1,))),
    ("ONNX-OUTPUT-007", boxes("bboxes-format:xyxyc;0:A", (20, 5))),
    ("ONNX-OUTPUT-008", boxes("bboxes-format:xyxy", (20, 4))),
    ("ONNX-OUTPUT-009", model([image()], [SCORES])),
    ("ONNX-OUTPUT-010", model([image()], [value("out", (1, 10, 2, 1))])),
    ("ONNX-OUTPUT-010", model([image()], [value("out", (1, 10))])),
    ("ONNX-OUTPUT-011", model([image()], [value("out", (1, 10))])),
    ("ONNX-OUTPUT-012", boxes("bboxes-format:xyxysc;0:A", ("boxes", 6))),
    ("ONNX-OUTPUT-014", boxes("scores-0:Cat", ("n", "m"))),
    ("ONNX-OUTPUT-014", model([image()], [value("out", None)])),
    (
        "ONNX-OUTPUT-015",
        model([image()], [value("bboxes-0:A", (2, 6))], [node("NonMaxSuppression")]),
    ),
    ("ONNX-NAME-001", boxes("scores-0:Cat:black;1:a-b c;", (1, 2))),
    ("ONNX-NAME-002", boxes("scores-1:Dog;0:Cat", (1, 2))),
    ("ONNX-NAME-003", boxes("scores-0:\u5b57 \U0001f600 \u00e9", (1, 1))),
    ("ONNX-NAME-007", model([image()], [labelled("x" * 60_000) for _ in range(4)])),
    ("ONNX-SHAPE-001", model([image((1, 3, 0, 8))], [SCORES])),
    ("ONNX-SHAPE-002", model([image((1, 3, 2**14, 2**15))], [SCORES])),
    ("ONNX-OPSET-001", model([image()], [SCORES], [node("Relu", "x")], opset=None)),
    ("ONNX-OPSET-002", classifier(opset=7)),
    ("ONNX-OPSET-003", classifier(opset=12)),
    ("ONNX-OPSET-004", classifier(opset=17)),
    ("ONNX-OPSET-004", classifier(opset=20)),
    ("ONNX-OPSET-005", classifier(opset=19)),
    ("ONNX-OPSET-006", classifier(opset=20)),
    ("ONNX-IR-001", classifier(ir=9)),
    ("ONNX-IR-002", classifier(ir=3)),
    ("ONNX-IR-003", classifier(ir=1)),
    ("ONNX-DEVICE-001", classifier(opset=19, ir=9)),
    ("ONNX-DOMAIN-001", model([image()], [SCORES], [node("Scaler", "ai.onnx.ml")])),
    ("ONNX-DOMAIN-001", model([image()], [SCORES], [node("Relu", "ai.onnx")])),
    ("ONNX-DOMAIN-002", model([image()], [SCORES], [node("Scaler", "com.example")])),
    ("ONNX-DOMAIN-003", compiled("abacus")),
    ("ONNX-HAILO-002", compiled("hailo-8l")),
    ("ONNX-HAILO-004", compiled("hailo")),
    ("ONNX-QUANT-001", model([image()], [SCORES], [node("Round")])),
    ("ONNX-OP-001", model([image()], [SCORES], [node("Relu"), node("HardSwish", "a.b")])),
    ("ONNX-NORM-003", described('{"means": [1, 2, 3], "vars": [255]}')),
    ("ONNX-NORM-003", described('{"means": [0]}')),
]
HAILO_NEIGHBOURS = [
    ("ONNX-HAILO-001", model([image(), value("mask-", (8, 8), BOOL)], [SCORES])),
    ("ONNX-HAILO-003", compiled("hailo")),
]


@pytest.mark.parametrize(("code", "made"), NEIGHBOURS)
def test_a_neighbour_breaks_it_not(code: str, made: onnx.ModelProto) -> None:
    assert code not in findings(made)


@pytest.mark.parametrize(("code", "made"), HAILO_NEIGHBOURS)
def test_a_neighbour_for_hailo_breaks_it_not(code: str, made: onnx.ModelProto) -> None:
    assert code not in findings(made, "hailo")


def test_every_rule_has_a_model_that_keeps_it() -> None:
    kept = {code for code, _ in NEIGHBOURS + HAILO_NEIGHBOURS}
    assert {rule.code for rule, _ in FACT_RULES} | {"ONNX-NAME-007"} == kept


def test_every_rule_has_a_model_that_breaks_it() -> None:
    broken = {code for code, _, _ in CASES + HAILO_CASES}
    assert {rule.code for rule, _ in FACT_RULES} | {"ONNX-NAME-007"} == broken


def test_a_model_for_hailo_is_fit_as_it_is_for_the_cloud() -> None:
    assert set(findings(classifier(), "hailo")) == {"ONNX-HAILO-003"}
    assert set(findings(chipped(classifier()), "hailo")) == {"ONNX-HAILO-004"}
    assert set(findings(compiled("hailo-8l"), "hailo")) == {"ONNX-DOMAIN-003"}
    assert "ONNX-DOMAIN-001" in findings(compiled("abacus"), "hailo")


FIT = [
    classifier(),
    classifier(opset=12, ir=7),
    model([image((1, 8, 8, 3))], [SCORES]),
    model([image((1, 1, 8, 8))], [value("scores-0:Cat;1:Dog", (2,))]),
    model(
        [image()], [value("scores-0:Hot\u00a0dog;1:\U0001f469\u200d\U0001f33e;2:\u732b", (1, 3))]
    ),
    model(
        [image()],
        [value("bboxes-format:xyxysc;0:Person;1:Car", ("boxes", 6))],
        [node("NonMaxSuppression")],
    ),
    model([image()], [value("bboxes-format:xyxy", ("boxes", 4))], [node("NonMaxSuppression")]),
    model([image()], [value("alarm-0:Cat;1:Dog", (1, 2), BOOL)]),
    model([image(), value("nms_sensitivity-", (1,)), value("mask-", (8, 8), BOOL)], [SCORES]),
    model([image((1, 6, 9, 3)), value("mask-", (6, 9), BOOL)], [SCORES]),
    described('{"means": [123, 117, 104], "vars": [1, 1, 1]}'),
    described("Trained on a rainy day."),
]


@pytest.mark.parametrize("made", FIT)
def test_a_fit_model_has_no_findings(made: onnx.ModelProto) -> None:
    assert findings(made) == {}


@pytest.mark.parametrize(("opset", "codes"), [(12, set()), (17, set()), (7, {"ONNX-OPSET-003"})])
def test_opsets_that_run(opset: int, codes: set[str]) -> None:
    assert set(findings(classifier(opset=opset))) == codes


def test_all_problems_are_in_one_report() -> None:
    made = model(
        [image((2, "c", 8, 4), dtype=TensorProto.UINT8), value("bias", (1,))],
        [value("scores-0:Cat;x", (1, 3), INT64)],
        opset=21,
        ir=10,
    )
    assert set(findings(made)) == {
        "ONNX-DEVICE-001",
        "ONNX-INPUT-005",
        "ONNX-INPUT-007",
        "ONNX-INPUT-009",
        "ONNX-INPUT-013",
        "ONNX-IR-001",
        "ONNX-NAME-001",
        "ONNX-OPSET-006",
        "ONNX-OUTPUT-002",
        "ONNX-OUTPUT-003",
    }


def test_the_generic_profile_asks_for_no_image_and_no_device() -> None:
    made = model([value("x", (1, 10))], [value("y", (1, 10))], opset=23, ir=11)
    assert findings(made, "generic") == {}


def test_custom_operators_are_a_note_in_the_generic_profile() -> None:
    made = model([image()], [SCORES], [node("Fancy", "com.example")])
    assert [each.severity for each in findings(made, "generic")["ONNX-DOMAIN-001"]] == ["info"]


@pytest.mark.parametrize("chip", ["hailo", "hailo-8l"])
def test_compiled_models_may_hold_custom_operators(chip: str) -> None:
    assert set(findings(compiled(chip))) == {"ONNX-DOMAIN-003"}


def test_an_unknown_chip_is_no_excuse_for_custom_operators() -> None:
    assert set(findings(compiled("abacus"))) == {"ONNX-DOMAIN-001", "ONNX-HAILO-002"}


def test_functions_of_the_model_itself_are_not_custom_operators() -> None:
    function = helper.make_function(
        "mine", "Act", ["x"], ["y"], [helper.make_node("Relu", ["x"], ["y"])], []
    )
    made = model([image()], [SCORES], [node("Act", "mine")], functions=[function])
    assert "ONNX-DOMAIN-001" not in findings(made)
    assert read(made).facts.operators == {"Relu": 1}


def test_operators_inside_subgraphs_are_seen() -> None:
    branch = helper.make_graph([node("Hidden", "com.example")], "branch", [], [value("y", (1,))])
    made = model(
        [image()],
        [SCORES],
        [helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)],
    )
    assert read(made).facts.operators["com.example::Hidden"] == 2


def test_the_place_of_a_bad_piece_is_exact() -> None:
    name = "scores-0:Cat;oops;1:Dog"
    (finding,) = findings(boxes(name, (1, 2)))["ONNX-NAME-001"]
    assert finding.where.endswith(f"character {name.index('oops')}")
