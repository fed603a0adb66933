"""The path of a request, in which a slash inside a parameter is told from one between steps."""

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# What a step of a path may hold as it is (RFC 3986, section 3.3); letters and digits always may.
_PLAIN = "-._~!$&'()*+,;=:@"


class EscapedPaths:
    """Routes by the path in its escaped form, since servers decode it as a whole.

    Without this, `a%2Fb` would be two steps, and name what it was never meant to name.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": escaped(scope["raw_path"].decode("ascii"))}
        await self._app(scope, receive, send)


def escaped(path: str) -> str:
    """The one spelling of a path, whichever characters a client escapes without need.

    >>> escaped("/%61pps/a%2fb/c d")
    '/apps/a%2Fb/c%20d'
    """
    return "/".join(quote(unquote(step), safe=_PLAIN) for step in path.split("/"))
