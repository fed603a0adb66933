"""What a card says of a model: figures that are right, and nothing that is hidden."""

import json
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import ModelProto, TensorProto, helper

from scailable.errors import ValidationError
from scailable.onnx import ModelCard, inspect
from scailable.onnx.inspection.render import rendered
from tests.onnx.inspection.models import (
    HOSTILE,
    branches,
    chain,
    hostile,
    one,
    rounds,
    weights,
    wide,
)
from tests.onnx.models import classifier, function_bomb, image, model, save, value

SHARED = Path(__file__).parents[4] / "shared" / "models"


def card(made: ModelProto, folder: Path) -> ModelCard:
    return inspect(save(made, folder))


COUNTED: list[tuple[ModelProto, int]] = [
    # outputs 1*8*6*6, each a sum over 3*3*3
    (one("Conv", [(1, 3, 8, 8)], (1, 8, 6, 6), weights("w", 8, 3, 3, 3)), 288 * 27),
    # two groups: each output sums over half of the channels
    (one("Conv", [(1, 4, 8, 8)], (1, 8, 8, 8), weights("w", 8, 2, 1, 1), group=2), 512 * 2),
    # padding, stride and dilation change the number of outputs only
    (
        one(
            "Conv",
            [(1, 1, 9, 9)],
            (1, 2, 5, 5),
            weights("w", 2, 1, 3, 3),
            strides=[2, 2],
            auto_pad="SAME_UPPER",
        ),
        50 * 9,
    ),
    # inputs 1*4*5*5, each spread over 2 channels and 2*2
    (
        one("ConvTranspose", [(1, 4, 5, 5)], (1, 2, 6, 6), weights("w", 4, 2, 2, 2)),
        100 * 8,
    ),
    (one("MatMul", [(2, 5, 3), (3, 4)], (2, 5, 4)), 40 * 3),
    (one("MatMul", [(7, 1, 5, 3), (2, 3, 4)], (7, 2, 5, 4)), 280 * 3),
    (one("MatMul", [(3,), (3,)], ()), 3),
    (one("Gemm", [(2, 5), (5, 4)], (2, 4)), 8 * 5),
    (one("Gemm", [(5, 2), (4, 5)], (2, 4), transA=1, transB=1), 8 * 5),
    # 6 steps of 2 sequences, weights of 4 gates: 4*8 x 3 of the input, 4*8 x 8 of the state
    (
        model(
            [value("x", (6, 2, 3))],
            [value("y", (6, 1, 2, 8))],
            [helper.make_node("LSTM", ["x", "w", "r"], ["y"], hidden_size=8)],
            initializers=[weights("w", 1, 32, 3), weights("r", 1, 32, 8)],
        ),
        12 * (96 + 256),
    ),
    (branches(), 8 * 3),
    (rounds(5), 5 * 6 * 3),
    (one("Relu", [(1, 3)], (1, 3)), 0),
    # a dynamic batch counts as 1
    (one("MatMul", [("n", 3), (3, 4)], ("n", 4)), 12),
]


@pytest.mark.parametrize(("made", "macs"), COUNTED)
def test_macs(tmp_path: Path, made: ModelProto, macs: int) -> None:
    found = card(made, tmp_path)
    assert found.macs == macs
    assert found.not_counted == {}


def test_what_is_not_counted_is_listed(tmp_path: Path) -> None:
    made = one("Einsum", [(2, 3), (3, 4)], (2, 4), equation="ij,jk->ik")
    assert card(made, tmp_path).not_counted == {"Einsum": 1}
    assert "not counted: 1 Einsum" in rendered(card(made, tmp_path), "text")


def test_parameters_and_weights(tmp_path: Path) -> None:
    made = one("Conv", [(1, 3, 8, 8)], (1, 8, 6, 6), weights("w", 8, 3, 3, 3))
    made.graph.initializer.append(helper.make_tensor("n", TensorProto.INT64, [2], [1, 2]))
    found = card(made, tmp_path)
    assert found.parameters == 216 + 2
    assert found.weights == {"float32": 864, "int64": 16}
    (layer,) = found.largest_layers()
    assert (layer.parameters, layer.bytes, layer.shape) == (216, 864, (1, 8, 6, 6))


def test_shared_weights_count_once(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["h"]),
        helper.make_node("MatMul", ["h", "w"], ["y"]),
    ]
    made = model(
        [value("x", (1, 3))], [value("y", (1, 3))], nodes, initializers=[weights("w", 3, 3)]
    )
    found = card(made, tmp_path)
    assert [layer.bytes for layer in found.layers] == [36, 0]
    assert found.parameters == 9


def test_the_peak_of_activations(tmp_path: Path) -> None:
    # x 12 bytes; a 12; b needs a and x: x lives on for the Add. Most: x + a + b = 36.
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Sigmoid", ["a"], ["b"]),
        helper.make_node("Add", ["b", "x"], ["y"]),
    ]
    made = model([value("x", (1, 3))], [value("y", (1, 3))], nodes)
    assert card(made, tmp_path).activation_peak == 36


def test_an_optional_output_that_nobody_takes_has_no_size(tmp_path: Path) -> None:
    node = helper.make_node("Dropout", ["x"], ["y", "mask"])
    made = model([value("x", (1, 3))], [value("y", (1, 3))], [node], opset=9)
    assert card(made, tmp_path).activation_peak is not None


def test_inputs_outputs_and_labels(tmp_path: Path) -> None:
    found = card(classifier(), tmp_path)
    (image_port,) = found.inputs
    (scores,) = found.outputs
    assert (image_port.kind, image_port.layout) == ("image", "NCHW")
    assert scores.labels == {0: "Cat", 1: "Dog", 2: "Owl"}
    assert found.input_driver_details == {"channels": 3, "height": 8, "width": 8, "order": 0}


def test_normalisation_is_offered_to_the_upload(tmp_path: Path) -> None:
    made = classifier()
    made.graph.doc_string = '{"means": [0], "vars": [255]}'
    details = card(made, tmp_path).input_driver_details
    assert details is not None
    assert (details["means"], details["vars"]) == ([0], [255])


def test_a_model_with_errors_is_described_as_far_as_possible(tmp_path: Path) -> None:
    made = classifier()
    made.graph.name = ""
    found = card(made, tmp_path)
    assert found.node_count == 2
    assert any("ONNX-CHECK-001" in note for note in found.notes)


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("no model")
    with pytest.raises(ValidationError, match="holds no model"):
        inspect(path)


def test_a_model_that_would_explode_is_not_expanded(tmp_path: Path) -> None:
    assert card(function_bomb(24), tmp_path).macs == 0


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_every_form_of_every_kind(tmp_path: Path, form: str) -> None:
    for made in (classifier(), branches(), rounds(3), hostile(), model([image()], [])):
        assert rendered(card(made, tmp_path), form)


def test_the_json_has_all_but_the_graph(tmp_path: Path) -> None:
    found = card(branches(), tmp_path)
    document = json.loads(rendered(found, "json"))
    assert document["macs"] == 24
    assert "graph" not in document
    assert document["layers"][0]["operator"] == "If"


def test_the_text_steers_no_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in rendered(card(hostile(), tmp_path), "text")


def test_the_markdown_holds_no_markup_of_the_model(tmp_path: Path) -> None:
    text = rendered(card(hostile(), tmp_path), "markdown")
    assert "<img" not in text
    assert "</script" not in text
    assert "\x1b" not in text
    assert text.count("```") == 2
    rows = [line for line in text.splitlines() if line.startswith("| author")]
    assert len(rows) == 1
    assert HOSTILE not in text


def test_mermaid_stays_within_what_it_draws(tmp_path: Path) -> None:
    for made in (chain(2000), wide(700)):
        text = rendered(card(made, tmp_path), "markdown")
        graph = text.split("```mermaid\n")[1].split("```")[0]
        assert graph.count("-->") <= 500
        assert len(graph) < 50_000
        assert "not drawn" in text or "folded" in text


def large(folder: Path) -> Path:
    made = chain(20_000)
    path = folder / "large.onnx"
    onnx.save(made, str(path))
    return path


def test_a_large_graph_is_folded(tmp_path: Path) -> None:
    found = inspect(large(tmp_path))
    page = rendered(found, "html")
    assert found.node_count == 20_000
    assert len(page) < 2_000_000


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real models are not in this checkout")
@pytest.mark.parametrize(
    ("name", "macs", "parameters"),
    [("scl_cifar10_resnet20", 40_813_184, 271_692), ("ortex_mnist", 786_560, 5_998)],
)
def test_real_models(name: str, macs: int, parameters: int) -> None:
    found: Any = inspect(SHARED / f"{name}.onnx")
    assert (found.macs, found.parameters) == (macs, parameters)
