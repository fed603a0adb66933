"""What the models are run on: an .npz file, or a folder of .npy and .npz files."""

from __future__ import annotations

import stat
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scailable.edge.models import file_digest
from scailable.errors import ConfigError, MissingExtraError, ValidationError

try:
    import numpy as np
except ImportError as error:
    raise MissingExtraError("edge", "Running models on this machine") from error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scailable.edge.runner import Tensor

LABELS = "labels"
SUFFIXES = (".npy", ".npz")
_MAGIC = (b"\x93NUMPY", b"PK")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of inputs, by its name and the digest of what is in it."""

    name: str
    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of one file as one model takes them.

    `arrays` holds, by the name of the model's input, an array whose first axis counts the samples.
    `labels` are what the samples are known to be, where the file says so.
    """

    arrays: dict[str, NDArray[Any]]
    labels: NDArray[Any] | None

    def __len__(self) -> int:
        return min((len(values) for values in self.arrays.values()), default=0)

    def tensors(self, index: int) -> dict[str, NDArray[Any]]:
        """The model's inputs for one sample."""
        return {name: values[index] for name, values in self.arrays.items()}

    def label(self, index: int) -> str | None:
        """What the sample is known to be, or None."""
        return None if self.labels is None else str(self.labels[index])


class InputSource:
    """Finds input files: the one that was named, or those in a folder, also as they come.

    In a folder, names that begin with a dot are left alone: write there under such a name, then
    rename, and no half-written file is ever read.

    Raises:
        ConfigError: there is no such file or folder, or it is not an .npy or .npz file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[Path, tuple[tuple[int, int], InputFile]] = {}
        if path.is_dir():
            return
        if not path.is_file():
            raise ConfigError(
                f"There is no input at {path}.", hint="Name an .npz file or a folder of them."
            )
        if path.suffix not in SUFFIXES:
            raise ConfigError(
                f"The input {path.name} is neither .npz nor .npy.",
                hint="Save the inputs with numpy.savez, arrays named after the model's inputs.",
            )

    def files(self) -> list[InputFile]:
        """The files that are there now, sorted by name."""
        if self.path.is_dir():
            paths = sorted(
                path
                for path in self.path.iterdir()
                if path.suffix in SUFFIXES and not path.name.startswith(".")
            )
        else:
            paths = [self.path]
        found = []
        for path in paths:
            try:
                status = path.stat()
                if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer
                    continue
                stamp = (status.st_size, status.st_mtime_ns)
                if path not in self._known or self._known[path][0] != stamp:
                    self._known[path] = stamp, InputFile(path.name, path, file_digest(path))
            except OSError:  # removed, or not readable (yet): look again at the next scan
                continue
            found.append(self._known[path][1])
        return found


def read_samples(file: InputFile, inputs: Sequence[Tensor]) -> Samples:
    """Read a file as samples for a model with these inputs.

    An .npz file holds an array for each input of the model, under its name (a model with one
    input takes the only array whatever its name), and may hold `labels`, one for each sample. An
    .npy file holds the array of the only input. The first axis counts the samples: for an input of
    shape (1, C, H, W) that is (N, 1, C, H, W) or, shorter, (N, C, H, W); one sample may also come
    as it is, (1, C, H, W).

    Raises:
        ValidationError: the file cannot be read, or does not fit the model.
    """
    try:
        # Opened here: numpy leaves a file open that it cannot read.
        with file.path.open("rb") as content:
            if not content.read(6).startswith(_MAGIC):
                raise ValueError("it is neither .npy nor .npz")
            content.seek(0)
            loaded = np.load(content, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                arrays = {"": loaded}
            else:
                arrays = {name: loaded[name] for name in loaded.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise ValidationError(
            f"The input file {file.name} cannot be read: {error}",
            hint="Write it with numpy.save or numpy.savez; object arrays are not accepted.",
        ) from None
    labels = arrays.pop(LABELS, None) if LABELS not in {entry.name for entry in inputs} else None
    if len(inputs) == 1 and len(arrays) == 1:
        arrays = {inputs[0].name: next(iter(arrays.values()))}
    missing = [entry.name for entry in inputs if entry.name not in arrays]
    if missing:
        raise ValidationError(
            f"The input file {file.name} has no array named {missing[0]!r}, "
            f"but {', '.join(map(repr, arrays)) or 'nothing'}.",
            hint="Name the arrays after the inputs of the model.",
        )
    fitted = {entry.name: _fit(file.name, arrays[entry.name], entry) for entry in inputs}
    counts = {len(values) for values in fitted.values()} | (
        set() if labels is None else {len(np.atleast_1d(labels))}
    )
    if len(counts) > 1:
        raise ValidationError(
            f"The arrays of {file.name} hold different numbers of samples: {sorted(counts)}.",
            hint="Give every array, labels too, one entry for each sample.",
        )
    return Samples(fitted, None if labels is None else np.atleast_1d(labels))


def _fit(file: str, values: NDArray[Any], entry: Tensor) -> NDArray[Any]:
    """The values as (N, *shape of the input), in its data type."""
    if entry.dtype is None:
        raise ValidationError(f"The model's input {entry.name!r} has a type that is not supported.")
    wanted = np.dtype(entry.dtype)
    if not np.can_cast(values.dtype, wanted, casting="same_kind"):
        raise ValidationError(
            f"{file}: the array for {entry.name!r} holds {values.dtype}, the model takes {wanted}."
        )
    shape = entry.shape
    if _matches(values.shape[1:], shape):
        fitted = values
    elif shape and shape[0] in (1, None) and _matches(values.shape[1:], shape[1:]):
        fitted = values[:, np.newaxis]
    elif _matches(values.shape, shape):
        fitted = values[np.newaxis]
    else:
        raise ValidationError(
            f"{file}: the array for {entry.name!r} has the shape {values.shape}; the model takes "
            f"({', '.join('?' if size is None else str(size) for size in shape)}).",
            hint="The first axis counts the samples, the rest is the shape of the model's input.",
        )
    return fitted.astype(wanted, copy=False)


def _matches(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        fixed is None or fixed == size for size, fixed in zip(shape, wanted, strict=True)
    )
