from enum import StrEnum

from scailable.runtime.codec import unknown_member


class ActAsKind(StrEnum):
    """A value that the document does not list is kept as the text it is."""

    USER = "user"
    ORGANIZATION = "organization"
    CHANNEL_PARTNER = "channel_partner"

    @classmethod
    def _missing_(cls, value: object) -> "ActAsKind | None":
        return unknown_member(cls, value)
