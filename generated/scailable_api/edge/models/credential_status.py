from enum import StrEnum

from scailable.runtime.codec import unknown_member


class CredentialStatus(StrEnum):
    """A value that the document does not list is kept as the text it is."""

    PENDING = "pending"
    TIED = "tied"

    @classmethod
    def _missing_(cls, value: object) -> "CredentialStatus | None":
        return unknown_member(cls, value)
