"""How much time and memory the onnx package may take to check one model."""

from dataclasses import dataclass

_SECONDS = 15.0
_SECONDS_PER_MEGABYTE = 2.0
_MEMORY = 1 << 30
_MEMORY_PER_BYTE = 32


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on the process in which the onnx package looks at a model without its weights.

    Attributes:
        seconds: processor time, and time on the clock, after which it is stopped.
        memory: bytes of address space (enforced on Linux).
    """

    seconds: float
    memory: int

    @classmethod
    def for_size(cls, size: int) -> "Limits":
        """Bounds that every honest model of `size` bytes without its weights stays well below."""
        seconds = _SECONDS + size * _SECONDS_PER_MEGABYTE / 1_000_000
        return cls(seconds, _MEMORY + _MEMORY_PER_BYTE * size)
