"""Pictures as the tensors that a model takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scailable.onnx.image import Layout, layout_of
from scailable.onnx.report import TensorInfo
from scailable.onnx.sandbox import Missing, Refused
from scailable.onnx.text import one_line
from scailable.onnx.trial.child.arrays import insist_on_regular

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff"})
# Of what Pillow reads, these alone are tried: some of the others start programs.
_FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF")
_MOST_PIXELS = 50_000_000


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What a picture goes through: `(pixel - mean) / var`, for all channels or each."""

    means: Sequence[float] = ()
    vars: Sequence[float] = ()


def load_picture(
    path: Path, target: TensorInfo, normalisation: Normalisation, notes: list[str]
) -> "NDArray[Any]":
    """A picture as a tensor: turned upright, resized without cropping, channels as wanted.

    Args:
        path: the picture.
        target: the input; sizes that it leaves open are those of the picture.
        normalisation: applied to pixels of 0 to 255.
        notes: what was changed is added.

    Returns:
        floats in the layout and rank of the input.

    Raises:
        Refused: it is no picture that can be read, or too large; or the input takes none.
        Missing: Pillow is not installed.
    """
    import numpy as np

    layout = layout_of(target)
    if layout is None:
        raise Refused(f"The input {target.name} ({target}) takes no picture.")
    pixels = _pixels(path, layout, notes)
    values = pixels.reshape(*pixels.shape[:2], -1).astype(np.float32)
    for name, numbers in (("means", normalisation.means), ("vars", normalisation.vars)):
        if len(numbers) not in (0, 1, values.shape[2]):
            text = f"{name} are {len(numbers)} numbers, the picture has {values.shape[2]} channels."
            raise Refused(text, "Give one number for all channels, or one for each.")
        if numbers:
            each = np.asarray(numbers, np.float32)
            values = values - each if name == "means" else values / each
    if not normalisation.means and not normalisation.vars:
        notes.append(f"{path.name}: pixels are fed as 0 to 255, the model asks for nothing else")
    ordered = values.transpose(2, 0, 1) if layout.order == "NCHW" else values
    return ordered[np.newaxis] if len(target.shape or ()) == 4 else ordered


def _pixels(path: Path, layout: Layout, notes: list[str]) -> "NDArray[Any]":
    """The pixels, 0 to 255, of a picture in the size and the colours of a layout."""
    import numpy as np

    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError as error:
        raise Missing("run", "Reading pictures") from error
    insist_on_regular(path)
    Image.MAX_IMAGE_PIXELS = None  # the limit below is lower, and no warning
    try:
        with Image.open(path, formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                size = f"{opened.width} x {opened.height}"
                text = f"{path} has {size} pixels, more than {_MOST_PIXELS:,}."
                raise Refused(text, "Make it smaller first.")
            frames = getattr(opened, "n_frames", 1)
            if frames > 1:
                notes.append(f"{path.name}: the first of its {frames} pictures is fed")
            upright = ImageOps.exif_transpose(opened)
            height = layout.height if isinstance(layout.height, int) else upright.height
            width = layout.width if isinstance(layout.width, int) else upright.width
            if upright.size != (width, height):
                notes.append(
                    f"{path.name}: {upright.width} x {upright.height} resized to {width} x {height}"
                )
            coloured = _eight_bits(upright, path).convert("L" if layout.channels == 1 else "RGB")
            return np.asarray(coloured.resize((width, height), Image.Resampling.BILINEAR))
    except (Refused, MemoryError):
        raise
    except UnidentifiedImageError as error:
        kinds = ", ".join(_FORMATS)
        raise Refused(f"{path} is no picture of these kinds: {kinds}.") from error
    except Exception as error:  # decoders of damaged files raise many kinds
        words = one_line(str(error), 200) or type(error).__name__
        raise Refused(f"Cannot read {path}: {words}") from error


def _eight_bits(picture: "Image.Image", path: Path) -> "Image.Image":
    """A picture of 8 bits a channel: Pillow would cut brighter pixels off, not scale them."""
    import numpy as np
    from PIL import Image

    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture).astype(np.uint32) // 257).astype(np.uint8))
    if picture.mode in ("I", "F"):
        raise Refused(
            f"{path} has pixels of 32 bits, of which nobody knows what is white.",
            "Feed the numbers as .npy.",
        )
    return picture
