"""Signed tokens: who a request comes from, in a form that cannot be forged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import jwt

from scailable.cloud.clock import Clock

_ALGORITHM = "HS256"
_AUDIENCE = "user"
Kind = Literal["a", "r"]


class Tokens:
    """Signs and checks the JSON web tokens of users.

    Both kinds have the audience `user`, as the service's have; the claim `t` keeps an access
    token (`a`) from being taken for a refresh token (`r`), and the other way round.
    """

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def sign(self, kind: Kind, subject: str, expires: datetime, claims: Mapping[str, Any]) -> str:
        """A token; the same arguments give the same text."""
        payload = {
            "aud": _AUDIENCE,
            "exp": int(expires.timestamp()),
            "sub": subject,
            "t": kind,
            **claims,
        }
        return jwt.encode(payload, self._key, algorithm=_ALGORITHM)

    def check(self, kind: Kind, token: str) -> Mapping[str, Any] | None:
        """The claims of a token of this kind; None when it is forged, foreign or expired."""
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                # The expiry is checked below, by the clock of the cloud.
                options={"require": ["exp", "sub", "aud"], "verify_exp": False},
            )
        except jwt.InvalidTokenError:
            return None
        if claims.get("t") != kind or int(claims["exp"]) <= self._clock.now().timestamp():
            return None
        return claims
