"""What there is, as skafos 0.3.0 names it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from scailable.skafos.session import Where, session


def summary(skafos_api_token: str | None = None, compact: bool = False) -> Any:
    """All organizations, apps and models that the token opens.

    Args:
        skafos_api_token: the token; else `SKAFOS_API_TOKEN`, else the session.
        compact: nested by name in place of a list.

    Returns:
        a list of `org_name`, `app_name` and `model_name`; compact, a dict of organizations, each
        a dict of apps, each a list of `name` and `updated_at` of its models.

    Raises:
        InvalidTokenError: there is no token, or it is not accepted.

    >>> skafos.summary()
    [{'org_name': 'Analytical', 'app_name': 'doors', 'model_name': 'faces'}]
    """
    given: Where = {"skafos_api_token": skafos_api_token} if skafos_api_token else {}
    with session(given) as (client, _):
        found = client.skafos.summary()
    if not compact:
        return [
            {"org_name": each.organization, "app_name": each.app, "model_name": each.model}
            for each in found
        ]
    nested: dict[str, dict[str, list[dict[str, str]]]] = {}
    for each in found:
        shown = {"name": each.model, "updated_at": each.updated_at.isoformat()}
        nested.setdefault(each.organization, {}).setdefault(each.app, []).append(shown)
    return nested


def get_version() -> str:
    """The version of this library.

    >>> skafos.get_version().count(".")
    2
    """
    return version("scailable")
