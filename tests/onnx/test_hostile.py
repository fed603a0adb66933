"""Broken and hostile models: always a report, never a traceback, never a hang."""

import random
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from scailable.onnx import check
from scailable.onnx.reading.external_data import bad_location
from tests.onnx.models import FLOAT, classifier, function_bomb, image, model, save, value
from tests.onnx.triggering import marked

pytestmark = pytest.mark.timeout(60)

Made = Callable[[], onnx.ModelProto]


def with_tensor(tensor: onnx.TensorProto) -> onnx.ModelProto:
    made = classifier()
    made.graph.initializer.append(tensor)
    return made


def raw(shape: list[int], content: bytes, dtype: int = FLOAT) -> onnx.ModelProto:
    return with_tensor(TensorProto(name="w", dims=shape, data_type=dtype, raw_data=content))


def typed_values() -> onnx.ModelProto:
    return with_tensor(TensorProto(name="w", dims=[4], data_type=FLOAT, float_data=[0.0] * 3))


def constant_attribute() -> onnx.ModelProto:
    made = classifier()
    tensor = TensorProto(dims=[2], data_type=FLOAT, raw_data=b"\0" * 12)
    made.graph.node.append(helper.make_node("Constant", [], ["c"], value=tensor))
    return made


def cycle() -> onnx.ModelProto:
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("loop", 1)]
    functions = [
        helper.make_function(
            "loop", a, ["x"], ["y"], [helper.make_node(b, ["x"], ["y"], domain="loop")], imports
        )
        for a, b in (("f", "g"), ("g", "f"))
    ]
    return model(
        [image()],
        [value("y", (1,))],
        [helper.make_node("f", ["image-"], ["y"], domain="loop")],
        functions=functions,
        imports=imports[1:],
    )


def itself() -> onnx.ModelProto:
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("loop", 1)]
    call = helper.make_node("f", ["x"], ["y"], domain="loop")
    return model(
        [image()],
        [value("y", (1,))],
        [helper.make_node("f", ["image-"], ["y"], domain="loop")],
        functions=[helper.make_function("loop", "f", ["x"], ["y"], [call], imports)],
        imports=imports[1:],
    )


def opset_99() -> onnx.ModelProto:
    return classifier(opset=99)


def imported_twice() -> onnx.ModelProto:
    made = classifier()
    made.opset_import.append(helper.make_opsetid("ai.onnx", 12))
    return made


def unknown_io_type() -> onnx.ModelProto:
    made = classifier()
    made.graph.input[0].type.tensor_type.elem_type = 77
    return made


def no_io_type() -> onnx.ModelProto:
    made = classifier()
    made.graph.input[0].ClearField("type")
    return made


def huge_rank() -> onnx.ModelProto:
    return model([image([1] * 5000)], [value("y", (1,))])


def many_inputs() -> onnx.ModelProto:
    return model([value(f"x{i}", (1,)) for i in range(1500)], [value("y", (1,))])


def long_name() -> onnx.ModelProto:
    return classifier(input_name="image-" + "x" * 200_000)


CASES: list[tuple[str, Made]] = [
    ("ONNX-TENSOR-001", lambda: raw([4], b"\0" * 12)),
    ("ONNX-TENSOR-001", lambda: raw([4], b"\0" * 20)),
    ("ONNX-TENSOR-001", lambda: raw([100_000], b"\0" * 400_004)),
    ("ONNX-TENSOR-001", lambda: raw([3], b"\0" * 3, TensorProto.INT4)),
    ("ONNX-TENSOR-001", typed_values),
    ("ONNX-TENSOR-001", constant_attribute),
    ("ONNX-TENSOR-002", lambda: raw([1], b"\0" * 4, 77)),
    ("ONNX-TENSOR-003", lambda: raw([-1, 4], b"\0" * 4)),
    ("ONNX-TENSOR-003", lambda: raw([2**62, 2**62], b"\0" * 4)),
    ("ONNX-TENSOR-003", huge_rank),
    ("ONNX-GRAPH-001", lambda: function_bomb(60)),
    ("ONNX-GRAPH-002", cycle),
    ("ONNX-GRAPH-002", itself),
    ("ONNX-GRAPH-003", many_inputs),
    ("ONNX-OPSET-007", opset_99),
    ("ONNX-OPSET-009", imported_twice),
    ("ONNX-CHECK-001", no_io_type),
    ("ONNX-CHECK-006", unknown_io_type),
    ("ONNX-NAME-004", long_name),
]


@pytest.mark.parametrize(("code", "make"), marked(CASES))
def test_a_hostile_model_is_refused_by_its_code(tmp_path: Path, code: str, make: Made) -> None:
    report = check(save(make(), tmp_path), "generic")
    assert code in [each.code for each in report.errors], report.text()
    assert len(report.text()) < 400_000


@pytest.mark.parametrize(
    ("dtype", "size"),
    [
        (TensorProto.INT4, 2),
        (27, 3),  # FLOAT6E2M3, which onnx 1.22 does not name
        (TensorProto.UINT2, 1),
        (TensorProto.BFLOAT16, 6),
        (TensorProto.COMPLEX128, 48),
        (TensorProto.BOOL, 3),
    ],
)
def test_sizes_of_every_kind_of_element(tmp_path: Path, dtype: int, size: int) -> None:
    good = check(save(raw([3], b"\0" * size, dtype), tmp_path), "generic")
    assert "ONNX-TENSOR-001" not in [each.code for each in good.findings]


# --- damaged bytes --------------------------------------------------------------------------------


def refused(path: Path) -> set[str]:
    report = check(path)
    assert not report.ok
    assert not report.safe
    return {each.code for each in report.errors}


@pytest.mark.parametrize("seed", range(3))
def test_random_bytes(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "random.onnx"
    path.write_bytes(b"\x08" + random.Random(seed).randbytes(5000))
    assert refused(path) & {"ONNX-FILE-007", "ONNX-FILE-010", "ONNX-CHECK-001", "ONNX-NAME-005"}


def test_text(tmp_path: Path) -> None:
    path = tmp_path / "notes.onnx"
    path.write_text("This is not the model you are looking for.\n" * 10)
    assert refused(path) == {"ONNX-FORMAT-017"}


@pytest.mark.triggers("ONNX-FILE-007")
def test_other_protobuf(tmp_path: Path) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(b"\xa2\x06\x02hi")  # a field that ONNX does not have
    assert refused(path) == {"ONNX-FILE-007"}


@pytest.mark.triggers("ONNX-FILE-010")
def test_a_file_cut_short(tmp_path: Path) -> None:
    path = save(classifier(size=100_000), tmp_path)
    path.write_bytes(path.read_bytes()[:60_000])
    assert refused(path) == {"ONNX-FILE-010"}


@pytest.mark.triggers("ONNX-WIRE-007")
def test_trailing_bytes(tmp_path: Path) -> None:
    path = save(classifier(), tmp_path)
    path.write_bytes(path.read_bytes() + b"\0" * 8)
    assert refused(path) == {"ONNX-WIRE-007"}


@pytest.mark.triggers("ONNX-NAME-005")
def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = save(classifier(input_name="image-good"), tmp_path)
    path.write_bytes(path.read_bytes().replace(b"image-good", b"image-\xff\xfeod"))
    assert refused(path) & {"ONNX-NAME-005", "ONNX-FILE-010"}


@pytest.mark.triggers("ONNX-WIRE-004")
def test_nesting_without_end(tmp_path: Path) -> None:
    content = b""
    for _ in range(5000):  # GraphProto.node > attribute > g, each around the last
        for tag in (b"\x32", b"\x2a", b"\x0a"):
            content = tag + varint(len(content)) + content
    path = tmp_path / "deep.onnx"
    path.write_bytes(b"\x08\x08\x3a" + varint(len(content)) + content)
    assert "ONNX-WIRE-004" in refused(path)


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def test_damage_anywhere_gives_a_report(tmp_path: Path) -> None:
    good = save(classifier(), tmp_path).read_bytes()
    dice = random.Random(7)
    path = tmp_path / "damaged.onnx"
    for _ in range(12):
        damaged = bytearray(good)
        for _ in range(3):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged)
        report = check(path)
        assert report.verdict in ("fit", "fit with warnings", "not fit")
        report.text().encode("utf-8")


# --- external data --------------------------------------------------------------------------------


def external(folder: Path, **entries: str) -> Path:
    made = with_tensor(
        TensorProto(name="w", dims=[4], data_type=FLOAT, data_location=onnx.TensorProto.EXTERNAL)
    )
    for key, text in entries.items():
        made.graph.initializer[-1].external_data.add(key=key, value=text)
    return save(made, folder)


def data_codes(path: Path, profile: str = "generic") -> dict[str, str]:
    findings = check(path, profile).findings  # type: ignore[arg-type]
    return {each.code: each.severity for each in findings if each.code.startswith("ONNX-DATA")}


@pytest.mark.triggers("ONNX-DATA-001")
def test_external_data_is_fine_until_it_is_to_be_uploaded(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"\0" * 32)
    path = external(tmp_path, location="w.bin", offset="16", length="16")
    assert data_codes(path) == {"ONNX-DATA-001": "info"}
    report = check(path, "scailable")
    assert [each.code for each in report.errors] == ["ONNX-DATA-001"]
    assert "--inline" in report.errors[0].fix
    assert report.safe


@pytest.mark.parametrize(
    "location", ["/etc/passwd", "../w.bin", "a/../../w.bin", "C:w.bin", "a\\w.bin", "w\0.bin", ""]
)
def test_locations_outside_the_folder(tmp_path: Path, location: str) -> None:
    assert bad_location(location)


@pytest.mark.triggers("ONNX-DATA-002")
def test_a_location_outside_the_folder_is_refused(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "w.bin").write_bytes(b"\0" * 16)
    path = external(inner, location="../w.bin")
    assert data_codes(path)["ONNX-DATA-002"] == "error"
    assert not check(path).safe


@pytest.mark.triggers("ONNX-DATA-002")
def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real.bin").write_bytes(b"\0" * 16)
    (tmp_path / "w.bin").symlink_to("real.bin")
    assert "ONNX-DATA-002" in data_codes(external(tmp_path, location="w.bin"))


def test_a_folder_reached_by_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "w.bin").write_bytes(b"\0" * 16)
    (tmp_path / "link").symlink_to("real")
    assert "ONNX-DATA-002" in data_codes(external(tmp_path, location="link/w.bin"))


@pytest.mark.triggers("ONNX-DATA-002")
def test_a_hard_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real.bin").write_bytes(b"\0" * 16)
    (tmp_path / "w.bin").hardlink_to(tmp_path / "real.bin")
    assert "ONNX-DATA-002" in data_codes(external(tmp_path, location="w.bin"))


def test_a_folder_in_the_place_of_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.bin").mkdir()
    assert "ONNX-DATA-002" in data_codes(external(tmp_path, location="w.bin"))


@pytest.mark.triggers("ONNX-DATA-003")
def test_missing_data(tmp_path: Path) -> None:
    assert "ONNX-DATA-003" in data_codes(external(tmp_path, location="w.bin"))


@pytest.mark.parametrize(
    "entries",
    [
        {"offset": "-1"},
        {"offset": "0x10"},
        {"offset": "17"},
        {"offset": "9" * 30},
        {"length": "17"},
        {"length": "15"},
        {"length": str(2**63)},
        {"offset": "8", "length": "16"},
        {"offset": "4"},
    ],
)
@pytest.mark.triggers("ONNX-DATA-004")
def test_positions_past_the_end(tmp_path: Path, entries: dict[str, str]) -> None:
    (tmp_path / "w.bin").write_bytes(b"\0" * 16)
    assert "ONNX-DATA-004" in data_codes(external(tmp_path, location="w.bin", **entries))


@pytest.mark.triggers("ONNX-DATA-005")
def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"\0" * 16)
    path = external(tmp_path, location="w.bin", __class__="evil")
    assert "ONNX-DATA-005" in data_codes(path)


@pytest.mark.triggers("ONNX-DATA-005")
def test_a_repeated_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"\0" * 16)
    made = onnx.load(external(tmp_path, location="w.bin"), load_external_data=False)
    made.graph.initializer[-1].external_data.add(key="location", value="other.bin")
    assert "ONNX-DATA-005" in data_codes(save(made, tmp_path))
