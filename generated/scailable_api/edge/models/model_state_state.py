from enum import StrEnum

from scailable.runtime.codec import unknown_member


class ModelStateState(StrEnum):
    """A value that the document does not list is kept as the text it is."""

    DOWNLOADING = "downloading"
    RUNNING = "running"
    FAILED = "failed"
    REFUSED = "refused"

    @classmethod
    def _missing_(cls, value: object) -> "ModelStateState | None":
        return unknown_member(cls, value)
