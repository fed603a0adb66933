"""The rules about nodes, tensors and metadata: each is broken once, and kept once."""

from collections.abc import Callable
from typing import Any

import onnx
import pytest
from onnx import helper

from scailable.onnx.report import Finding
from scailable.onnx.rules import judge
from scailable.onnx.rules.rule import MODEL_RULES
from tests.onnx.models import BOOL, FLOAT, INT64, classifier, function_bomb, image, model, value
from tests.onnx.reading import read
from tests.onnx.triggering import marked

Change = Callable[[onnx.ModelProto], None]
SCORES = "scores-0:Cat;1:Dog;2:Owl"


def findings(made: onnx.ModelProto) -> dict[str, list[Finding]]:
    """What the rules find by the generic profile and by that of the cloud, by code."""
    facts, seen, types, _ = read(made)
    found: dict[str, list[Finding]] = {}
    for finding in judge(facts, seen, types, "scailable"):
        found.setdefault(finding.code, []).append(finding)
    return found


def nodes(*more: onnx.NodeProto, last: str = "y") -> onnx.ModelProto:
    """image- > Relu > x > the nodes > y."""
    first = helper.make_node("Relu", ["image-"], ["x"], name="first")
    return model([image()], [image(name=last)], [first, *more])


def relu(source: str, target: str, **more: str) -> onnx.NodeProto:
    return helper.make_node("Relu", [source], [target], **more)


def weight(name: str = "w") -> onnx.TensorProto:
    return helper.make_tensor(name, FLOAT, [1], [1.0])


def changed(change: Change) -> onnx.ModelProto:
    made = classifier()
    change(made)
    return made


def without_graph() -> onnx.ModelProto:
    return onnx.ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", 17)])


def function(name: str, *inner: onnx.NodeProto, imports: int = 17) -> onnx.FunctionProto:
    body = list(inner) or [relu("a", "b")]
    return helper.make_function(
        "mine", name, ["a"], ["b"], body, [helper.make_opsetid("", imports)]
    )


CALL_OF_F = helper.make_node("F", ["a"], ["b"], domain="mine")


def with_functions(*functions: onnx.FunctionProto, called: str = "F") -> onnx.ModelProto:
    return model(
        [image()],
        [image(name="y")],
        [helper.make_node(called, ["image-"], ["y"], domain="mine")],
        imports=[helper.make_opsetid("mine", 1)],
        functions=list(functions),
    )


def loop(
    trips: int,
    condition: str = "",
    body_condition: str = "Identity",
    carried: str = "carried",
) -> onnx.ModelProto:
    to_bool: dict[str, Any] = {"to": BOOL} if body_condition == "Cast" else {}
    body = helper.make_graph(
        [
            helper.make_node(body_condition, ["go"], ["on"], **to_bool),
            helper.make_node("Identity", [carried], ["next"]),
        ],
        "body",
        [value("i", (), INT64), value("go", (), BOOL), image(name=carried)],
        [value("on", (), BOOL), image(name="next")],
    )
    return model(
        [image()],
        [image(name="y")],
        [helper.make_node("Loop", ["trips", condition, "image-"], ["y"], body=body, name="round")],
        initializers=[
            helper.make_tensor("trips", INT64, [], [trips]),
            *([helper.make_tensor(condition, BOOL, [], [True])] if condition else []),
        ],
    )


def enormous() -> onnx.ModelProto:
    made = nodes(relu("x", "huge"), relu("huge", "y"))
    made.graph.value_info.append(value("huge", (2**20, 2**20)))
    return made


def labelled(**metadata: str) -> onnx.ModelProto:
    made = classifier()
    for key, text in metadata.items():
        made.metadata_props.add(key=key, value=text)
    return made


def bracketed(doc: str) -> onnx.ModelProto:
    return changed(lambda made: setattr(made.graph, "doc_string", doc))


def twice_initialised() -> onnx.ModelProto:
    made = classifier()
    made.graph.initializer.extend([weight(), weight()])
    return made


def trained() -> onnx.ModelProto:
    return changed(lambda made: made.training_info.add().algorithm.CopyFrom(made.graph))


def with_a_key_twice() -> onnx.ModelProto:
    made = labelled(k="v")
    made.metadata_props.add(key="k", value="w")
    return made


def crowded() -> onnx.ModelProto:
    made = nodes(relu("x", "y"))
    made.functions.extend(function(f"f{index}") for index in range(10_001))
    return made


def branch(name: str, *inner: onnx.NodeProto, returns: str = "", **more: Any) -> onnx.GraphProto:
    """A branch of `If`: its nodes, or a Relu of the value x around it."""
    returned = returns or f"{name}_out"
    return helper.make_graph(
        list(inner or [relu("x", returned)]), name, [], [image(name=returned)], **more
    )


def if_model(then: onnx.GraphProto | None = None) -> onnx.ModelProto:
    """Branches that use a value of the graph around them, and name their own alike."""
    other = branch("other")
    return model(
        [image()],
        [image(name="y")],
        [
            relu("image-", "x"),
            helper.make_node("If", ["yes"], ["y"], then_branch=then or other, else_branch=other),
        ],
        initializers=[helper.make_tensor("yes", BOOL, [], [True])],
    )


def called_with(inputs: int, outputs: int = 1) -> onnx.ModelProto:
    """A call of a function of two inputs and one output."""
    added = helper.make_function(
        "mine",
        "Plus",
        ["a", "b"],
        ["c"],
        [helper.make_node("Add", ["a", "b"], ["c"])],
        [helper.make_opsetid("", 17)],
    )
    call = helper.make_node(
        "Plus", ["image-"] * inputs, [f"y{each}" for each in range(outputs)], domain="mine"
    )
    imports = [helper.make_opsetid("mine", 1)]
    return model([image()], [image(name="y0")], [call], imports=imports, functions=[added])


def filled(*shape: int, dtype: int = INT64) -> onnx.ModelProto:
    """A function that makes a value of a shape."""
    size = helper.make_tensor("", dtype, [len(shape)], shape)
    return with_functions(
        function(
            "F",
            helper.make_node("Constant", [], ["size"], value=size),
            helper.make_node("ConstantOfShape", ["size"], ["many"]),
            helper.make_node("ReduceMax", ["many"], ["most"], keepdims=0),
            helper.make_node("Add", ["a", "most"], ["b"]),
        )
    )


def without_imports() -> onnx.FunctionProto:
    bare = function("F")
    del bare.opset_import[:]
    return bare


def renamed_to_nothing(kind: str) -> onnx.ModelProto:
    return changed(lambda made: setattr(getattr(made.graph, kind)[0], "name", ""))


def concat_of_two_axes() -> onnx.NodeProto:
    concat = helper.make_node("Concat", ["x"], ["y"], axis=1)
    concat.attribute.append(helper.make_attribute("axis", 2))
    return concat


def imported(domain: str) -> onnx.ModelProto:
    made = classifier()
    made.opset_import.append(helper.make_opsetid(domain, 1))
    return made


def with_image(height: int, width: int, name: str, *shape: int | str) -> onnx.ModelProto:
    return model([image((1, 3, height, width))], [value(name, shape)])


CASES = [
    ("ONNX-GRAPH-001", "error", function_bomb(24)),
    ("ONNX-GRAPH-002", "error", with_functions(function("F", CALL_OF_F))),
    ("ONNX-GRAPH-004", "error", nodes(relu("x", "y"), relu("x", "y"))),
    ("ONNX-GRAPH-004", "error", nodes(relu("x", "image-"), relu("x", "y"))),
    ("ONNX-GRAPH-004", "error", twice_initialised()),
    ("ONNX-GRAPH-005", "error", nodes(relu("nowhere", "y"))),
    ("ONNX-GRAPH-005", "error", with_functions(function("F", relu("nowhere", "b")))),
    ("ONNX-GRAPH-006", "error", nodes(relu("z", "y"), relu("x", "z"))),
    ("ONNX-GRAPH-007", "error", nodes(relu("x", "z"))),
    ("ONNX-GRAPH-008", "info", changed(lambda made: made.graph.initializer.extend([weight()]))),
    ("ONNX-GRAPH-009", "error", without_graph()),
    ("ONNX-GRAPH-010", "error", changed(lambda made: made.graph.ClearField("name"))),
    ("ONNX-GRAPH-011", "error", changed(lambda made: made.graph.node[0].ClearField("op_type"))),
    ("ONNX-GRAPH-012", "error", with_a_key_twice()),
    ("ONNX-GRAPH-013", "info", trained()),
    ("ONNX-GRAPH-014", "error", crowded()),
    ("ONNX-GRAPH-015", "info", with_functions(function("F"), function("G"))),
    ("ONNX-GRAPH-016", "error", with_functions(function("F"), function("F"))),
    ("ONNX-GRAPH-004", "error", if_model(branch("then", relu("x", "image-"), returns="image-"))),
    ("ONNX-GRAPH-005", "error", if_model(branch("then", relu("other_out", "then_out")))),
    ("ONNX-GRAPH-007", "error", if_model(branch("then", returns="x"))),
    ("ONNX-GRAPH-007", "error", with_functions(function("F", relu("a", "c")))),
    ("ONNX-GRAPH-010", "error", if_model(branch(""))),
    ("ONNX-GRAPH-017", "warning", loop(3, carried="image-")),
    ("ONNX-GRAPH-017", "warning", if_model(branch("then", initializer=[weight("image-")]))),
    ("ONNX-GRAPH-018", "error", called_with(3)),
    ("ONNX-GRAPH-018", "error", called_with(2, 2)),
    ("ONNX-GRAPH-019", "error", renamed_to_nothing("input")),
    ("ONNX-GRAPH-019", "error", renamed_to_nothing("output")),
    ("ONNX-GRAPH-019", "error", changed(lambda made: made.graph.initializer.append(weight("")))),
    ("ONNX-GRAPH-019", "error", with_functions(function(""))),
    ("ONNX-GRAPH-020", "error", nodes(relu("x", "z", name="a"), relu("z", "y", name="a"))),
    ("ONNX-GRAPH-021", "error", nodes(concat_of_two_axes())),
    ("ONNX-OPSET-010", "error", with_functions(without_imports())),
    ("ONNX-OPSET-011", "info", imported("com.example")),
    ("ONNX-OPSET-010", "error", nodes(helper.make_node("Odd", ["x"], ["y"], domain="com.example"))),
    ("ONNX-NAME-006", "warning", nodes(relu("x", "y", name="bell\x07"))),
    ("ONNX-NAME-006", "warning", labelled(**{"k\x1b[2J": "v"})),
    ("ONNX-NAME-006", "warning", labelled(note="bell\x07")),
    ("ONNX-NAME-006", "warning", changed(lambda m: m.graph.initializer.append(weight("\x1b")))),
    ("ONNX-SHAPE-003", "error", enormous()),
    ("ONNX-SHAPE-003", "error", filled(2**20, 2**20)),
    ("ONNX-LOOP-001", "warning", loop(2**62)),
    ("ONNX-LOOP-001", "warning", loop(2**62, "yes")),
    ("ONNX-LOOP-001", "warning", loop(2**62, "yes", "Cast")),
    ("ONNX-LABEL-001", "warning", labelled(labels="Cat, Dog")),
    ("ONNX-LABEL-001", "warning", labelled(labels="3")),
    ("ONNX-LABEL-001", "warning", labelled(formatted_labels="0:Cat;1:Dog;2:Owl")),
    ("ONNX-LABEL-003", "warning", labelled(labels='["Cat", "Dog"]')),
    ("ONNX-LABEL-001", "warning", labelled(formatted_labels="scores-Cat")),
    ("ONNX-LABEL-002", "warning", labelled(formatted_labels="scores-0:Cat;1:Dog")),
    ("ONNX-NORM-001", "warning", bracketed('{"means": [0], "vars": [255}')),
    ("ONNX-NORM-001", "warning", bracketed('{"means": ["a"]}')),
    ("ONNX-NORM-001", "warning", bracketed('{"means": [0.5]}')),
    ("ONNX-NORM-001", "warning", bracketed("{'means': [0], 'vars': [255]}")),
    ("ONNX-NORM-002", "error", bracketed('{"means": [0], "vars": [0]}')),
    ("ONNX-OUTPUT-013", "error", with_image(64, 64, "o", 1, 9, 84)),
    ("ONNX-OUTPUT-013", "error", with_image(640, 640, "o", 1, 84, 8400)),
    ("ONNX-OUTPUT-013", "error", with_image(640, 640, "o", 1, 25200, 85)),
    ("ONNX-OUTPUT-013", "error", with_image(1280, 1280, "o", 1, 102000, 85)),
]


@pytest.mark.parametrize(("code", "severity", "made"), marked(CASES))
def test_a_broken_rule_is_found(code: str, severity: str, made: onnx.ModelProto) -> None:
    found = findings(made)
    assert code in found, f"found only {sorted(found)}"
    for finding in found[code]:
        assert finding.severity == severity
        assert finding.message
        assert finding.fix or severity == "info"


def two_outputs_alike() -> onnx.ModelProto:
    return changed(lambda made: made.graph.output.append(made.graph.output[0]))


def used_inside() -> onnx.ModelProto:
    """An initializer that only a branch uses."""
    made = if_model(branch("then", helper.make_node("Add", ["x", "w"], ["then_out"])))
    made.graph.initializer.append(weight())
    return made


def overloaded() -> onnx.ModelProto:
    """Two functions of one name that differ in their overload, both called."""
    other = function("F")
    other.overload = "other"
    made = with_functions(function("F"), other)
    made.graph.node[0].output[0] = "x"
    call = helper.make_node("F", ["x"], ["y"], domain="mine", overload="other")
    made.graph.node.append(call)
    return made


# As close to breaking the rule as a model can be that does not.
NEIGHBOURS = [
    ("ONNX-GRAPH-001", function_bomb(18)),
    ("ONNX-GRAPH-002", function_bomb(3)),
    ("ONNX-GRAPH-004", if_model()),
    ("ONNX-GRAPH-004", two_outputs_alike()),
    ("ONNX-GRAPH-005", if_model()),
    ("ONNX-GRAPH-005", nodes(helper.make_node("Clip", ["x", "", ""], ["y"]))),
    ("ONNX-GRAPH-006", nodes(relu("x", "z"), relu("z", "y"))),
    ("ONNX-GRAPH-007", nodes(last="image-")),
    ("ONNX-GRAPH-007", if_model(branch("then", initializer=[weight("own")], returns="own"))),
    ("ONNX-GRAPH-008", used_inside()),
    ("ONNX-GRAPH-009", nodes()),
    ("ONNX-GRAPH-010", if_model(branch(" "))),
    ("ONNX-GRAPH-011", nodes(relu("x", "y", domain="mine"))),
    ("ONNX-GRAPH-012", labelled(k="v", K="v")),
    ("ONNX-GRAPH-013", classifier()),
    ("ONNX-GRAPH-014", nodes(relu("x", "y"))),
    ("ONNX-GRAPH-015", overloaded()),
    ("ONNX-GRAPH-016", overloaded()),
    ("ONNX-GRAPH-017", loop(3, carried="y")),
    ("ONNX-GRAPH-018", called_with(1)),
    ("ONNX-GRAPH-019", nodes(helper.make_node("Relu", ["x"], ["y"]))),
    ("ONNX-GRAPH-020", nodes(relu("x", "z", name="a"), relu("z", "y", name="b"))),
    ("ONNX-GRAPH-020", nodes(relu("x", "z"), relu("z", "y"))),
    ("ONNX-GRAPH-021", nodes(helper.make_node("Flatten", ["x"], ["y"], axis=1))),
    ("ONNX-OPSET-010", with_functions(function("F"))),
    ("ONNX-OPSET-011", imported("ai.onnx.ml")),
    ("ONNX-OPSET-011", with_functions(function("F"))),
    ("ONNX-NAME-006", nodes(relu("x", "y", name="b\u00e9ll"))),
    ("ONNX-NAME-006", labelled(note="two\nlines\tand a tab")),
    ("ONNX-SHAPE-003", filled(2**15, 2**15)),
    ("ONNX-LOOP-001", loop(1_000_000)),
    ("ONNX-LOOP-001", loop(2**62, "yes", "Not")),
    ("ONNX-LABEL-001", labelled(labels="[]", formatted_labels="scores-0:Cat")),
    ("ONNX-LABEL-002", labelled(formatted_labels=SCORES)),
    ("ONNX-LABEL-003", labelled(labels='["Cat", "Dog", "Owl"]')),
    ("ONNX-NORM-001", bracketed('{"means": [0.0], "vars": [255.0]}')),
    ("ONNX-NORM-001", bracketed('{"author": "me", "meaning": 42}')),
    ("ONNX-NORM-002", bracketed('{"means": [0], "vars": [1]}')),
    ("ONNX-OUTPUT-013", with_image(640, 640, "o", 1, 84, 8399)),
]


@pytest.mark.parametrize(("code", "made"), NEIGHBOURS)
def test_a_neighbour_breaks_it_not(code: str, made: onnx.ModelProto) -> None:
    assert code not in findings(made)


def test_every_rule_has_a_model_that_keeps_it() -> None:
    assert {rule.code for rule, _ in MODEL_RULES} == {code for code, _ in NEIGHBOURS}


def test_every_rule_has_a_model_that_breaks_it() -> None:
    assert {rule.code for rule, _ in MODEL_RULES} == {code for code, _, _ in CASES}


FIT = [
    classifier(),
    if_model(),
    loop(10),
    loop(2**62, "yes", "Not"),
    with_functions(function("F")),
    called_with(2),
    called_with(1),
    filled(2, 3),
    imported("ai.onnx.ml"),
    nodes(relu("x", "z", name="a"), relu("z", "y", name="b")),
    labelled(labels='{"0": "Cat", "1": "Dog", "2": "Owl"}', formatted_labels=SCORES, a="b\nc"),
    bracketed('{"means": [0], "vars": [255]}'),
    bracketed("{a set} of notes"),
    nodes(
        helper.make_node("ReduceMax", ["x"], ["top"], keepdims=0),
        helper.make_node("Clip", ["x", "", "top"], ["y"]),
    ),
]


@pytest.mark.parametrize("made", FIT)
def test_sound_models_break_none(made: onnx.ModelProto) -> None:
    onnx.checker.check_model(made)
    codes = {rule.code for rule, _ in MODEL_RULES}
    assert codes & findings(made).keys() == set()


@pytest.mark.parametrize(
    ("name", "shape"),
    [("o", (1, 100, 84)), ("o", (1, 300, 6)), ("o", (1, 8400)), ("bboxes-0:A", (1, 84, 8400))],
)
def test_outputs_that_are_no_raw_head(name: str, shape: tuple[int, ...]) -> None:
    assert "ONNX-OUTPUT-013" not in findings(with_image(640, 640, name, *shape))


def test_the_place_of_a_finding_is_the_byte_at_which_the_node_starts() -> None:
    made = nodes(relu("nowhere", "y", name="lost"))
    content = made.SerializeToString()
    (finding,) = findings(made)["ONNX-GRAPH-005"]
    assert finding.offset is not None
    length = content[finding.offset + 1]
    start = finding.offset + 2
    assert onnx.NodeProto.FromString(content[start : start + length]).name == "lost"


def test_many_findings_of_a_kind_are_cut() -> None:
    made = nodes(*(relu(f"nowhere{index}", f"y{index}") for index in range(100)), relu("x", "y"))
    found = findings(made)["ONNX-GRAPH-005"]
    assert len(found) == 21
    assert "and 80 more" in found[-1].message


def test_a_long_chain_is_judged_without_recursion() -> None:
    chain = [relu("x" if not index else f"v{index}", f"v{index + 1}") for index in range(5000)]
    made = nodes(*chain, relu("v5000", "y"))
    assert "ONNX-GRAPH-005" not in findings(made)
