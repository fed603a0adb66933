"""The handlers of this service are registered here, each in the module of its noun."""

from typing import Any

from scailable.cloud.kernel import Refused, Routes


def error_body(refused: Refused) -> dict[str, Any]:
    """The error body of Skafos: its published client reads `error`."""
    body: dict[str, Any] = {"error": refused.message}
    if refused.field is not None:
        body["field"] = {"name": refused.field[0], "message": refused.field[1]}
    return body


routes = Routes("skafos", error_body=error_body)
