"""Calls that no resource has. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from scailable.errors import ValidationError
from scailable.runtime.call import Call, JsonBody
from scailable.runtime.codec import plain, text
from scailable.runtime.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

C = TypeVar("C")


class Api(Generic[C]):
    """Whom the generated functions of each service take as their `client`.

    One transport serves them all; the names are there to be found: `client.api.compute`.
    """

    def __init__(self, caller: C) -> None:
        self._caller = caller

    def __getattr__(self, name: str) -> C:
        if name not in SERVICES:
            raise AttributeError(f"there is no service {name!r}, only {', '.join(SERVICES)}")
        return self._caller

    def __dir__(self) -> list[str]:
        return list(SERVICES)

    def __repr__(self) -> str:
        return f"Api({', '.join(SERVICES)})"


def raw_call(
    method: str,
    path: str,
    *,
    params: Mapping[str, Any] | None = None,
    json: Any = None,
) -> Call:
    """The call for a path below the base URL, such as `/cpt/configuration`.

    Raises:
        ValidationError: the path is below no service.
    """
    for service in SERVICES.values():
        if path.startswith(f"{service.prefix}/"):
            return Call(
                service=service.name,
                operation=f"{method.upper()} {path}",
                method=method.upper(),
                path=path.removeprefix(service.prefix),
                params=tuple(_pairs(params or {})),
                body=None if json is None else JsonBody(plain(json)),
                security=(service.user_scheme,),
            )
    prefixes = ", ".join(f"{service.prefix}/" for service in SERVICES.values())
    raise ValidationError(
        f"The path {path!r} is below no service.", hint=f"Begin it with one of: {prefixes}."
    )


def _pairs(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Query parameters: a list is repeated, None is left out."""
    pairs = []
    for name, value in params.items():
        values = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, text(one)) for one in values if one is not None]
    return pairs
