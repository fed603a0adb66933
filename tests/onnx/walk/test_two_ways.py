"""However a file is cut into blocks and messages are read, the same model comes of it."""

import hashlib
from collections.abc import Iterator

import onnx
import pytest
from onnx import TensorProto, numpy_helper

from scailable.onnx.reading import source, walk
from scailable.onnx.reading.model import Model, tensors_of
from scailable.onnx.reading.stand_in import STAND_IN
from tests.onnx.models import FLOAT, INT64, classifier
from tests.onnx.reading import walk_over
from tests.onnx.walk.samples import SAMPLES

SIZES = [(1, -1), (7, -1), (61, 0), (64, 20), (1 << 19, -1), (100, 1 << 16)]
COARSE_SIZES = [(5003, -1), (1 << 14, 100), (1 << 19, 1 << 16)]


@pytest.fixture
def _sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    block, small = request.param
    monkeypatch.setattr(source, "BLOCK", block)
    monkeypatch.setattr(walk, "_SMALL", small)
    yield


USUAL = {
    name: walk_over(make().SerializeToString(), digests=True) for name, make in SAMPLES.items()
}


@pytest.mark.usefixtures("_sizes")
@pytest.mark.parametrize("_sizes", SIZES, indirect=True)
@pytest.mark.parametrize("name", SAMPLES)
def test_the_model_is_the_same(name: str) -> None:
    content = SAMPLES[name]().SerializeToString()
    usual, _ = USUAL[name]
    found, problems = walk_over(content, digests=True)
    assert problems == []
    assert found.sha256 == usual.sha256 == hashlib.sha256(content).hexdigest()
    assert found.model == usual.model
    assert usual.skeleton is not None and found.skeleton is not None
    assert onnx.ModelProto.FromString(found.skeleton) == (
        onnx.ModelProto.FromString(usual.skeleton)
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_the_skeleton_of_a_small_model_is_the_model(name: str) -> None:
    content = SAMPLES[name]().SerializeToString()
    skeleton = USUAL[name][0].skeleton
    assert skeleton is not None
    original = onnx.ModelProto.FromString(content)
    written = onnx.ModelProto.FromString(skeleton)
    if name == "external":
        (placed,) = written.graph.initializer[0].external_data
        assert (placed.key, placed.value) == ("location", STAND_IN)
        for each in (original, written):
            each.graph.initializer[0].ClearField("external_data")
    assert written == original


def with_large_data(**data: object) -> onnx.ModelProto:
    made = classifier()
    made.graph.initializer.append(TensorProto(name="large", **data))  # type: ignore[arg-type]
    made.graph.initializer.append(TensorProto(name="s", dims=[1], data_type=1, float_data=[1]))
    return made


LARGE = {
    "raw_data": with_large_data(dims=[1 << 15], data_type=FLOAT, raw_data=bytes(1 << 17)),
    "float_data": with_large_data(dims=[1 << 15], data_type=FLOAT, float_data=[0.5] * (1 << 15)),
    "int64_data": with_large_data(dims=[1 << 15], data_type=INT64, int64_data=[-1] * (1 << 15)),
    "double_data": with_large_data(dims=[1 << 14], data_type=11, double_data=[0.5] * (1 << 14)),
    "uint64_data": with_large_data(dims=[1 << 14], data_type=13, uint64_data=[2**63] * (1 << 14)),
    "int32_data": with_large_data(dims=[1 << 15], data_type=6, int32_data=[-1] * (1 << 15)),
}


@pytest.mark.usefixtures("_sizes")
@pytest.mark.parametrize("_sizes", COARSE_SIZES, indirect=True)
@pytest.mark.parametrize("field", LARGE)
def test_large_data_is_left_out_and_nothing_else(field: str) -> None:
    made = LARGE[field]
    found, problems = walk_over(made.SerializeToString(), digests=True)
    assert problems == []
    assert found.skeleton is not None
    assert len(found.skeleton) < 1000
    skeleton = onnx.ModelProto.FromString(found.skeleton)
    left_out = skeleton.graph.initializer[0]
    assert left_out.data_location == TensorProto.EXTERNAL
    assert [(each.key, each.value) for each in left_out.external_data] == [("location", STAND_IN)]
    wanted = onnx.ModelProto()
    wanted.CopyFrom(made)
    wanted.graph.initializer[0].ClearField(field)
    left_out.ClearField("data_location")
    left_out.ClearField("external_data")
    assert skeleton == wanted
    model = found.model
    assert model is not None
    tensor = next(tensors_of(model))
    assert tensor.payload is not None
    count = numpy_helper.to_array(made.graph.initializer[0]).size
    assert tensor.payload.values == (count if field != "raw_data" else count * 4)


def test_the_digest_of_raw_data_is_that_of_its_bytes() -> None:
    data = bytes(range(256)) * 1024
    made = with_large_data(dims=[1 << 16], data_type=FLOAT, raw_data=data)
    found, _ = walk_over(made.SerializeToString(), digests=True)
    assert digests(found.model)["large"] == hashlib.sha256(data).hexdigest()
    again, _ = walk_over(made.SerializeToString())
    assert set(digests(again.model).values()) == {None}


def digests(model: Model | None) -> dict[str, str | None]:
    assert model is not None
    return {each.name: each.digest for each in tensors_of(model)}


@pytest.mark.usefixtures("_sizes")
@pytest.mark.parametrize("_sizes", SIZES, indirect=True)
def test_offsets_are_places_in_the_file() -> None:
    content = SAMPLES["convolution"]().SerializeToString()
    found, _ = walk_over(content)
    assert found.model is not None and found.model.graph is not None
    for node in found.model.graph.nodes:
        assert content[node.offset] == 1 << 3 | 2
    for tensor in tensors_of(found.model):
        assert content[tensor.offset] == 5 << 3 | 2
        payload = tensor.payload
        assert payload is not None
        if payload.kept is not None:
            assert content[payload.offset : payload.offset + payload.length] == payload.kept
