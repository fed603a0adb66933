"""Writing the outputs of a model to an .npz file."""

import zipfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scailable.onnx.sandbox import Refused
from scailable.onnx.text import printable

if TYPE_CHECKING:
    from numpy.typing import NDArray


def save_outputs(descriptor: int, outputs: Mapping[str, Any]) -> None:
    """Write outputs as an .npz that `numpy.load` reads without unpickling anything.

    `numpy.savez` takes the names as those of arguments, some of which mean something to it, and
    pickles what is no plain array.

    Args:
        descriptor: of an empty file, open for writing.
        outputs: by name; the parts of a sequence are `name[0]`, ..., of a map `name.keys` and
            `name.values`; an optional output without value is left out.

    Raises:
        Refused: they cannot be written.
    """
    import numpy as np

    try:
        with (
            open(descriptor, "wb", closefd=False) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive,
        ):
            for output, values in outputs.items():
                for name, array in _plain_arrays(output, values):
                    with archive.open(f"{printable(name)}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else str(error)
        raise Refused(f"Cannot write the outputs: {words}.") from error


def _plain_arrays(name: str, values: Any) -> Iterator[tuple[str, "NDArray[Any]"]]:
    import numpy as np

    if isinstance(values, list):
        for index, value in enumerate(values):
            yield from _plain_arrays(f"{name}[{index}]", value)
    elif isinstance(values, dict):
        yield f"{name}.keys", np.array(list(values))
        yield f"{name}.values", np.array(list(values.values()))
    elif values is not None:
        array = np.asarray(values)
        yield name, array.astype(str) if array.dtype == object else array
