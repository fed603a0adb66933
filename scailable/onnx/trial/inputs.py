"""What is fed to a model: arrays from files, images made to fit, and values for what is not given.

Used in the process that runs the model; numpy and Pillow are imported there alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scailable.onnx import names
from scailable.onnx.image import layout_of
from scailable.onnx.report import TensorInfo
from scailable.onnx.sandbox import Missing, Refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff"})
_MOST_PIXELS = 50_000_000
_SENSITIVITY = 0.5


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What an image goes through: `(pixel - mean) / var`, for all channels or each."""

    means: Sequence[float] = ()
    vars: Sequence[float] = ()


def read_inputs(
    wanted: Sequence[TensorInfo], given: Mapping[str, str], normalisation: Normalisation
) -> tuple[dict[str, "NDArray[Any]"], list[str]]:
    """The arrays to feed, by input, and notes on what was made up or changed.

    Args:
        wanted: the inputs of the model.
        given: path by the name of the input; under the empty name a file that finds its inputs by
            itself: an .npz by its keys, an image or .npy as the only or the image input.
        normalisation: for images.

    Raises:
        Refused: a file does not fit.
    """
    import numpy as np

    fed: dict[str, NDArray[Any]] = {}
    notes: list[str] = []
    for name, path in given.items():
        for target, values in _arrays(wanted, name, Path(path), normalisation, notes).items():
            if target in fed:
                raise Refused(f"The input {target} is given twice.")
            fed[target] = values
    for tensor in wanted:
        prefix = names.parse_name(tensor.name).prefix
        if tensor.name in fed:
            continue
        if prefix == names.NMS_SENSITIVITY:
            fed[tensor.name] = np.full(1, _SENSITIVITY, np.float32)
            notes.append(f"{tensor.name} was not given: {_SENSITIVITY}")
        elif prefix == names.MASK and tensor.shape and _fixed(tensor.shape):
            fed[tensor.name] = np.ones([int(size or 1) for size in tensor.shape], bool)
            notes.append(f"{tensor.name} was not given: nothing is masked")
        else:
            raise Refused(f"The input {tensor.name} ({tensor}) is missing.", _hint(wanted))
    return {tensor.name: _fitted(fed[tensor.name], tensor, wanted) for tensor in wanted}, notes


def _arrays(
    wanted: Sequence[TensorInfo],
    name: str,
    path: Path,
    normalisation: Normalisation,
    notes: list[str],
) -> dict[str, "NDArray[Any]"]:
    """What a file gives, by input."""
    import numpy as np

    suffix = path.suffix.lower()
    try:
        if suffix == ".npz":
            with np.load(path, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
            return _by_key(wanted, name, path, arrays, notes)
        if suffix == ".npy":
            return {_target(wanted, name, path).name: np.load(path, allow_pickle=False)}
        if suffix in _IMAGES:
            target = _target(wanted, name, path)
            return {target.name: _image(path, target, normalisation, notes)}
    except FileNotFoundError as error:
        raise Refused(f"There is no file {path}.") from error
    except OSError as error:
        raise Refused(f"Cannot read {path}: {error.strerror or error}.") from error
    except ValueError as error:
        raise Refused(f"Cannot read {path}: {error}.") from error
    kinds = ", ".join(sorted({".npz", ".npy"} | _IMAGES))
    raise Refused(f"{path} is of no kind that can be fed.", f"Give one of: {kinds}")


def _by_key(
    wanted: Sequence[TensorInfo],
    name: str,
    path: Path,
    arrays: Mapping[str, "NDArray[Any]"],
    notes: list[str],
) -> dict[str, "NDArray[Any]"]:
    """The arrays of an .npz by input: under its full name, or the part before its first `-`."""
    if name:
        if len(arrays) != 1:
            raise Refused(f"{path} holds {len(arrays)} arrays, where {name} takes one.")
        return {_target(wanted, name, path).name: next(iter(arrays.values()))}
    found: dict[str, NDArray[Any]] = {}
    unused = []
    for key, values in arrays.items():
        prefix = names.parse_name(key).prefix
        target = next((t for t in wanted if t.name == key), None) or next(
            (t for t in wanted if names.parse_name(t.name).prefix == prefix), None
        )
        if target is None:
            unused.append(key)
        else:
            found[target.name] = values
    if not found and len(arrays) == 1 and len(wanted) == 1:
        return {wanted[0].name: next(iter(arrays.values()))}
    if not found:
        raise Refused(f"{path} holds {', '.join(unused) or 'nothing'}.", _hint(wanted))
    if unused:
        notes.append(f"{path.name}: {', '.join(unused)} not used")
    return found


def _target(wanted: Sequence[TensorInfo], name: str, path: Path) -> TensorInfo:
    """The input that a file is for."""
    if name:
        for tensor in wanted:
            if name in (tensor.name, names.parse_name(tensor.name).prefix):
                return tensor
        raise Refused(f"There is no input {name}.", _hint(wanted))
    if len(wanted) == 1:
        return wanted[0]
    images = [t for t in wanted if names.parse_name(t.name).prefix == names.IMAGE]
    if len(images) == 1:
        return images[0]
    raise Refused(f"Which input is {path} for?", f"Give --input NAME={path}. {_hint(wanted)}")


def _image(
    path: Path, target: TensorInfo, normalisation: Normalisation, notes: list[str]
) -> "NDArray[Any]":
    """An image as a tensor: turned upright, resized without cropping, channels as wanted."""
    import numpy as np

    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as error:
        raise Missing("run", "Reading images") from error
    layout = layout_of(target)
    if layout is None:
        raise Refused(f"The input {target.name} ({target}) takes no image.")
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise Refused(f"{path} has more than {_MOST_PIXELS:,} pixels.")
            upright = ImageOps.exif_transpose(opened)
            height = layout.height if isinstance(layout.height, int) else upright.height
            width = layout.width if isinstance(layout.width, int) else upright.width
            mode = "L" if layout.channels == 1 else "RGB"
            if upright.size != (width, height):
                notes.append(
                    f"{path.name}: {upright.width} x {upright.height} resized to {width} x {height}"
                )
            pixels = np.asarray(
                upright.convert(mode).resize((width, height), Image.Resampling.BILINEAR)
            )
    except UnidentifiedImageError as error:
        raise Refused(f"{path} is no image that can be read.") from error
    except Image.DecompressionBombError as error:
        raise Refused(f"{path}: {error}") from error
    values = pixels.reshape(height, width, -1).astype(np.float32)
    for numbers, apply in ((normalisation.means, np.subtract), (normalisation.vars, np.divide)):
        if len(numbers) not in (0, 1, values.shape[2]):
            raise Refused(f"{len(numbers)} numbers for {values.shape[2]} channels.")
        if numbers:
            values = apply(values, np.asarray(numbers, np.float32))
    if not normalisation.means and not normalisation.vars:
        notes.append("pixels are fed as 0 to 255: the model asks for no normalisation")
    ordered = values.transpose(2, 0, 1) if layout.order == "NCHW" else values
    return ordered[np.newaxis] if len(target.shape or ()) == 4 else ordered


def _fitted(
    values: "NDArray[Any]", tensor: TensorInfo, wanted: Sequence[TensorInfo]
) -> "NDArray[Any]":
    """The values in the element type of the input, if they have its shape."""
    import numpy as np

    shape = tensor.shape
    if shape is not None and values.ndim == len(shape) - 1:
        values = values[np.newaxis]  # a sample without its batch
    fits = shape is None or (
        values.ndim == len(shape)
        and all(
            not isinstance(size, int) or size == given
            for size, given in zip(shape, values.shape, strict=True)
        )
    )
    if not fits:
        many = ""
        if shape is not None and values.ndim == len(shape) and shape[1:] == values.shape[1:]:
            many = " Give one sample, such as array[:1]."
        listed = "x".join(map(str, values.shape))
        raise Refused(f"{tensor.name} takes {tensor}, not {listed}.{many}", _hint(wanted))
    if str(values.dtype) != tensor.dtype:
        if values.dtype.kind not in "biuf":
            raise Refused(f"{tensor.name} takes {tensor.dtype}, not {values.dtype}.")
        try:
            return values.astype(tensor.dtype)
        except TypeError as error:
            raise Refused(f"{tensor.name} takes {tensor.dtype}, which is not supported.") from error
    return values


def _fixed(shape: Sequence[Any]) -> bool:
    return all(isinstance(size, int) for size in shape)


def _hint(wanted: Sequence[TensorInfo]) -> str:
    listed = "; ".join(f"{tensor.name} {tensor}" for tensor in wanted)
    return f"The model takes: {listed}"
