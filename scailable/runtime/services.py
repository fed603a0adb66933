"""The services of the cloud and where each one lives below the base URL."""

from dataclasses import dataclass

from scailable.config import DEFAULT_BASE_URL as DEFAULT_BASE_URL


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its name (document, generated package) and its URL prefix."""

    name: str
    prefix: str


SERVICES: dict[str, Service] = {
    service.name: service
    for service in (
        Service("auth", "/auth"),
        Service("compute", "/cpt"),
        Service("device", "/dev"),
        Service("edge", "/edge"),
    )
}
