"""How much time and memory looking into one file may take."""

from dataclasses import dataclass

_SECONDS = 30.0
_BYTES_PER_SECOND = 50_000_000
_MEMORY = 1 << 30
_MEMORY_PER_BYTE = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on the process that looks into a file.

    Attributes:
        seconds: processor time, and time on the clock, after which it is stopped.
        memory: bytes of address space (enforced on Linux).
    """

    seconds: float
    memory: int

    @classmethod
    def for_size(cls, size: int) -> "Limits":
        """Bounds that every honest model of `size` bytes stays well below."""
        return cls(_SECONDS + size / _BYTES_PER_SECOND, _MEMORY + _MEMORY_PER_BYTE * size)
