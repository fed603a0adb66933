"""The client and the place of one call, and what its errors become."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

from scailable.client import Client
from scailable.errors import (
    CredentialsError,
    NotFound,
    ScailableError,
    Unauthenticated,
    ValidationError,
)
from scailable.skafos.exceptions import InvalidParamError, InvalidTokenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Where(TypedDict, total=False):
    """The keywords of each call. One that is given counts, also when it is None."""

    skafos_api_token: str | None
    org_name: str | None
    app_name: str | None
    model_name: str | None


class Place(TypedDict, total=False):
    """The same, as `client.skafos` takes it."""

    organization: str
    app: str
    model: str


Kinds = type[ScailableError]
_USUAL: Mapping[Kinds, Kinds] = {
    CredentialsError: InvalidTokenError,
    Unauthenticated: InvalidTokenError,
    NotFound: InvalidParamError,
    ValidationError: InvalidParamError,
}


@contextmanager
def session(
    given: Where, kinds: Mapping[Kinds, Kinds] | None = None
) -> Iterator[tuple[Client, Place]]:
    """A client for one call, and where the model is.

    Args:
        given: the keywords of the call.
        kinds: what errors become, beside the usual.
    """
    unknown = sorted(set(given) - set(Where.__annotations__))
    if unknown:
        raise InvalidParamError(f"There is no argument {unknown[0]}.")
    if "skafos_api_token" in given and not given["skafos_api_token"]:
        raise InvalidTokenError("The API token that was given is empty.")
    place = _place(given)
    translations = {**_USUAL, **(kinds or {})}
    try:
        with Client(token=given.get("skafos_api_token")) as client:
            yield client, place
    except ScailableError as error:
        for kind, wanted in translations.items():
            if isinstance(error, kind) and not isinstance(error, wanted):
                words = "\n".join([error.message, *error.details()])
                raise wanted(words, hint=error.hint) from error
        raise


def _place(given: Where) -> Place:
    place: Place = {}
    for keyword in ("org_name", "app_name", "model_name"):
        if keyword in given and not given[keyword]:
            raise InvalidParamError(f"The {keyword} that was given is empty.")
    if organization := given.get("org_name"):
        place["organization"] = organization
    if app := given.get("app_name"):
        place["app"] = app
    if model := given.get("model_name"):
        place["model"] = model
    return place
