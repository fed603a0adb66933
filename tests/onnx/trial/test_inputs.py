"""Files of every kind as input: pictures, arrays, damaged and hostile ones."""

import os
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from PIL import Image

from scailable.errors import ValidationError
from scailable.onnx import ModelFailed, TensorInfo, run
from scailable.onnx.sandbox import Refused
from scailable.onnx.trial.child.arrays import converted, one_sample
from tests.onnx.models import BOOL, INT64, STRING, image, model, save, value
from tests.onnx.trial.test_run import DIGITS, HELD_OUT, averages


def echo(dtype: int, shape: Any, name: str = "x") -> Any:
    """A model that gives back what it is fed."""
    node = helper.make_node("Identity", [name], ["y"])
    return model([value(name, shape, dtype)], [value("y", shape, dtype)], [node])


def fed(path: Path, *files: Any, **options: Any) -> Any:
    """What the echo of a model is."""
    target = path.with_name("out.npz")
    run(path, files[0], output=target, **options)
    with np.load(target, allow_pickle=False) as out:
        return out["y"]


def shown(folder: Path, picture: Path, channels: int = 3, size: tuple[int, int] = (4, 6)) -> Any:
    """The pixels that a model is fed for a picture."""
    path = save(echo(TensorProto.FLOAT, (1, channels, *size), "image-"), folder)
    return fed(path, picture)[0]


# --- pictures ------------------------------------------------------------------------------------


def test_a_photo_is_fed_upright(tmp_path: Path) -> None:
    stored = Image.new("L", (4, 6), 200)
    stored.paste(20, (0, 0, 4, 3))  # its upper half is dark
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: what is stored as top belongs to the right
    stored.save(tmp_path / "photo.jpg", exif=exif, quality=100)
    (pixels,) = shown(tmp_path, tmp_path / "photo.jpg", 1)
    assert pixels[:, 4:].max() < 60 < 160 < pixels[:, :2].min()


def test_transparency_is_dropped(tmp_path: Path) -> None:
    Image.new("RGBA", (6, 4), (10, 20, 30, 0)).save(tmp_path / "glass.png")
    pixels = shown(tmp_path, tmp_path / "glass.png")
    assert pixels.reshape(3, -1).T.tolist() == [[10, 20, 30]] * 24


def test_colours_become_grey_and_grey_becomes_colours(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4), (255, 0, 0)).save(tmp_path / "red.png")
    assert np.unique(shown(tmp_path, tmp_path / "red.png", 1)).tolist() == [76]  # ITU-R 601
    Image.new("L", (6, 4), 90).save(tmp_path / "grey.png")
    assert np.unique(shown(tmp_path, tmp_path / "grey.png", 3)).tolist() == [90]


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "webp", "gif", "tiff", "PNG"])
def test_kinds_of_pictures(tmp_path: Path, suffix: str) -> None:
    Image.new("RGB", (6, 4), (120, 120, 120)).save(tmp_path / f"flat.{suffix}")
    assert np.abs(shown(tmp_path, tmp_path / f"flat.{suffix}") - 120).max() <= 2


def test_sixteen_bits_are_scaled(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 6), 257 * 100, np.uint16)).save(tmp_path / "deep.png")
    assert np.unique(shown(tmp_path, tmp_path / "deep.png", 1)).tolist() == [100]
    Image.fromarray(np.full((4, 6), 0.5, np.float32)).save(tmp_path / "float.tiff")
    with pytest.raises(ModelFailed, match="32 bits"):
        shown(tmp_path, tmp_path / "float.tiff", 1)


def test_of_many_pictures_the_first_is_fed(tmp_path: Path) -> None:
    frames = [Image.new("L", (6, 4), grey) for grey in (10, 200)]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    path = save(averages(), tmp_path)
    result = run(path, tmp_path / "film.gif")
    assert result.outputs[0]["values"] == [10, 10, 10]
    assert any("first of its 2 pictures" in note for note in result.notes)


def test_sizes_that_are_open_are_those_of_the_picture(tmp_path: Path) -> None:
    Image.new("RGB", (9, 5), (1, 2, 3)).save(tmp_path / "small.png")
    path = save(echo(TensorProto.FLOAT, ("n", 3, "h", "w"), "image-"), tmp_path)
    assert fed(path, tmp_path / "small.png").shape == (1, 3, 5, 9)


def test_pictures_for_models_that_take_bytes(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4), (10, 20, 30)).save(tmp_path / "flat.png")
    path = save(echo(TensorProto.UINT8, (1, 4, 6, 3), "image-"), tmp_path)
    assert fed(path, tmp_path / "flat.png").reshape(-1, 3).tolist() == [[10, 20, 30]] * 24
    with pytest.raises(ModelFailed, match="would change"):
        fed(path, tmp_path / "flat.png", vars=[255])


def test_normalisation_that_does_not_fit(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4)).save(tmp_path / "flat.png")
    path = save(averages(), tmp_path)
    with pytest.raises(ModelFailed, match="means are 2 numbers"):
        run(path, tmp_path / "flat.png", means=[1, 2])
    for wrong in (
        {"vars": [0]},
        {"means": [float("nan")]},
        {"sample": -1},
        {"timeout": 0},
        {"timeout": 1e300},
        {"memory": 1},
    ):
        with pytest.raises(ValidationError):
            run(path, tmp_path / "flat.png", **wrong)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def test_damaged_and_hostile_pictures(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (9, 9, 9)).save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "short.png").write_bytes(whole[: len(whole) // 2])
    header = (60_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    (tmp_path / "vast.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    # Pillow would start another program for it.
    (tmp_path / "script.png").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 6 4\n%%EndComments\nshowpage\n"
    )
    path = save(averages(), tmp_path)
    for name, words in (
        ("short.png", "Cannot read .*short.png"),
        ("vast.png", "60000 x 60000 pixels"),
        ("script.png", "no picture of these kinds"),
    ):
        with pytest.raises(ModelFailed, match=words):
            run(path, tmp_path / name)


def test_an_input_that_takes_no_picture(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4)).save(tmp_path / "flat.png")
    with pytest.raises(ModelFailed, match="takes no picture"):
        run(save(echo(TensorProto.FLOAT, (1, 5)), tmp_path), tmp_path / "flat.png")


# --- samples -------------------------------------------------------------------------------------


def test_samples_of_the_digits() -> None:
    with np.load(HELD_OUT) as samples:
        labels = samples["labels"]
    for sample in (None, 0, 7, len(labels) - 1):
        result = run(DIGITS, HELD_OUT, sample=sample)
        assert result.outputs[0]["results"][0]["class"] == labels[sample or 0]
        assert any(f"labelled {labels[sample or 0]}" in note for note in result.notes)
    with pytest.raises(ModelFailed, match=f"no sample {len(labels)}"):
        run(DIGITS, HELD_OUT, sample=len(labels))


@pytest.mark.parametrize(
    ("shape", "given", "sample", "expected"),
    [
        ((1, 2), (2,), None, (1, 2)),
        ((1, 2), (5, 2), 4, (1, 2)),
        ((1, 2), (5, 1, 2), 4, (1, 2)),
        ((2,), (5, 2), 4, (2,)),
        (("n", 2), (5, 2), None, (5, 2)),
        (("n", 2), (5, 2), 4, (1, 2)),
        (("n", 2), (2,), None, (1, 2)),
        ((), (), None, ()),
        ((), (3,), 1, ()),
    ],
)
def test_the_first_axis_may_count_samples(
    shape: Any, given: tuple[int, ...], sample: int | None, expected: Any
) -> None:
    values = np.arange(np.prod(given, dtype=int), dtype=np.float32).reshape(given)
    picked = one_sample(values, shape, sample)
    assert picked is not None
    assert picked[0].shape == expected
    alike = values if picked[1] == 1 or picked[0].shape == given else values[sample or 0]
    assert picked[0].reshape(-1).tolist() == alike.reshape(-1).tolist()


def test_shapes_that_do_not_fit() -> None:
    for shape, given in (
        ((1, 2), (3,)),
        ((2, 2), (1, 2)),
        ((2, 2), (2,)),
        ((1, "h"), (1, 2, 3, 4)),
    ):
        assert one_sample(np.zeros(given), shape, None) is None


# --- arrays --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "values", "words"),
    [
        ("float32", np.array([1.5], np.float64), None),
        ("float32", np.array([3], np.int64), None),
        ("float32", np.array([3], ">f4"), None),
        ("int64", np.array([3], np.uint8), None),
        ("int64", np.array([3.0]), None),
        ("bool", np.array([1], np.uint8), None),
        ("string", np.array(["car"]), None),
        ("int64", np.array([0.5]), "would change"),
        ("int64", np.array([np.nan]), "would change"),
        ("uint8", np.array([300]), "would change"),
        ("int8", np.array([200], np.uint8), "would change"),
        ("float32", np.array([2**24 + 1]), "would change"),
        ("float32", np.array([1e300]), "would change"),
        ("bool", np.array([2], np.uint8), "would change"),
        ("float32", np.array(["car"]), "takes float32, not <U3"),
        ("float32", np.array([1j]), "not complex128"),
        ("string", np.array([1.0]), "takes string"),
        ("bfloat16", np.array([1.0]), "takes bfloat16"),
        ("seq(tensor(float))", np.array([1.0]), "takes seq"),
    ],
)
def test_types_are_converted_when_nothing_is_lost(
    dtype: str, values: Any, words: str | None
) -> None:
    tensor = TensorInfo("x", dtype, (1,))
    if words is None:
        result = converted(values, tensor, "the hint")
        assert result.tolist() == values.tolist()
        assert result.dtype == (object if dtype == "string" else dtype)
    else:
        with pytest.raises(Refused, match=words) as caught:
            converted(values, tensor, "the hint")
        assert caught.value.hint == "the hint"


def test_text_and_numbers_of_other_types_are_fed(tmp_path: Path) -> None:
    for dtype, values in ((STRING, np.array(["car"])), (INT64, np.array([3.0]))):
        np.save(tmp_path / "x.npy", values)
        got = fed(save(echo(dtype, (1,)), tmp_path), tmp_path / "x.npy")
        assert got.tolist() == values.tolist()


def test_damaged_and_hostile_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "whole.npz", x=np.zeros(1000, np.float32))
    whole = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / "short.npz").write_bytes(whole[:-100])
    (tmp_path / "flipped.npz").write_bytes(whole.replace(bytes(64), bytes(63) + b"\1"))
    (tmp_path / "empty.npy").write_bytes(b"")
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }\n"
    (tmp_path / "vast.npy").write_bytes(
        b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    )
    twice: dict[str, Any] = {"x-": np.zeros(1), "x": np.zeros(1)}
    np.savez(tmp_path / "twice.npz", **twice)
    np.savez(tmp_path / "none.npz")
    escape: dict[str, Any] = {"a\x1b[2Jb": np.zeros(1), "c": np.zeros(1)}
    np.savez(tmp_path / "escape.npz", **escape)
    path = save(echo(TensorProto.FLOAT, (1,), "x-"), tmp_path)
    for name, words in (
        ("short.npz", "Cannot read"),
        ("flipped.npz", "Cannot read"),
        ("empty.npy", "Cannot read"),
        ("vast.npy", "Cannot read|memory"),
        ("twice.npz", "holds the input x- twice"),
        ("none.npz", "holds nothing"),
        ("escape.npz", r"a\\x1b\[2Jb"),
    ):
        with pytest.raises(ModelFailed, match=words) as caught:
            run(path, tmp_path / name)
        assert "\x1b" not in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such files")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    path = save(echo(TensorProto.FLOAT, (1,)), tmp_path)
    os.mkfifo(tmp_path / "pipe.npy")
    (tmp_path / "folder.npz").mkdir()
    for name in ("pipe.npy", "folder.npz"):
        with pytest.raises(ModelFailed, match="no regular file"):
            run(path, tmp_path / name)
    np.save(tmp_path / "x.npy", np.zeros(1, np.float32))
    with pytest.raises(ValidationError, match="no regular file"):
        run(path, tmp_path / "x.npy", output="/dev/null")
    assert not Path("/dev/null").is_file()


# --- which input ---------------------------------------------------------------------------------


def two() -> Any:
    node = helper.make_node("Concat", ["image-", "extra-a:b"], ["y"], axis=3)
    return model(
        [image((1, 1, 1, 1)), value("extra-a:b", (1, 1, 1, 1))], [value("y", (1, 1, 1, 2))], [node]
    )


def test_inputs_by_name(tmp_path: Path) -> None:
    path = save(two(), tmp_path)
    for name, number in (("i", 1), ("e", 2)):
        np.save(tmp_path / f"{name}.npy", np.full((1, 1, 1), number, np.float32))
    one, other = tmp_path / "i.npy", tmp_path / "e.npy"
    for inputs in ({"": one, "extra": other}, {"image-": one, "extra-a:b": other}):
        assert fed(path, inputs).reshape(-1).tolist() == [1, 2]
    np.savez(tmp_path / "both.npz", **{"extra-other": np.load(other), "image": np.load(one)})
    assert fed(path, tmp_path / "both.npz").reshape(-1).tolist() == [1, 2]
    for wrong, words in (
        ({"": one}, "extra-a:b .* is missing"),
        ({"nobody": one}, "no input nobody"),
        ({}, "image- .* is missing"),
        ({"image": one, "image-": one, "extra": other}, "given twice"),
    ):
        with pytest.raises(ModelFailed, match=words) as caught:
            run(path, wrong)
        assert "extra-a:b float32[1,1,1,1]" in str(caught.value) or words == "given twice"


def test_a_mask_has_the_size_of_the_picture(tmp_path: Path) -> None:
    made = model(
        [image((1, 3, "h", "w")), value("mask-", ("h", "w"), BOOL)],
        [value("y", ("h", "w"), BOOL)],
        [helper.make_node("Identity", ["mask-"], ["y"])],
    )
    Image.new("RGB", (9, 5)).save(tmp_path / "small.png")
    got = fed(save(made, tmp_path), tmp_path / "small.png")
    assert got.shape == (5, 9)
    assert got.all()
