"""The services of the cloud: where each one lives below the base URL, how it takes its token."""

from dataclasses import dataclass

from scailable.config import DEFAULT_BASE_URL as DEFAULT_BASE_URL


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Attributes:
        name: of its document and its generated package.
        prefix: of its URLs, below the base URL.
        auth_header: the header that brings the token.
        auth_prefix: what stands before the token there.
        user_scheme: the security scheme that the token of a user opens.
    """

    name: str
    prefix: str
    auth_header: str = "Authorization"
    auth_prefix: str = "Bearer "
    user_scheme: str = "User"


SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        Service("auth", "/auth"),
        Service("compute", "/cpt"),
        Service("device", "/dev"),
        Service("edge", "/edge"),
        Service("skafos", "/skafos", "X-API-TOKEN", "", "ApiToken"),
    )
}
