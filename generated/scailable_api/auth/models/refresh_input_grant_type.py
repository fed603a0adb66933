from enum import StrEnum

from scailable.runtime.codec import unknown_member


class RefreshInputGrantType(StrEnum):
    """A value that the document does not list is kept as the text it is."""

    ACCESSTOKEN = "AccessToken"
    REFRESHTOKEN = "RefreshToken"

    @classmethod
    def _missing_(cls, value: object) -> "RefreshInputGrantType | None":
        return unknown_member(cls, value)
