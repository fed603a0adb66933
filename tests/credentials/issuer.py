"""A server that issues tokens strictly: a renewed refresh token ends the one before at once."""

import itertools
import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import jwt

from scailable.config import Settings
from scailable.token_store import Tokens, TokenStore
from tests.runtime.server import Handler, Server

KEY = "k" * 32
PASSWORD = "correct horse battery staple"


class Issuer:
    def __init__(self) -> None:
        self.server = Server(self._answer)
        self.counts: Counter[str] = Counter()
        self.access_life = 300.0
        self.refresh_life = 28_800.0
        self.access_grants_fail_with: int | None = None
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._access: set[str] = set()
        self._refresh: set[str] = set()

    def __enter__(self) -> "Issuer":
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    @property
    def url(self) -> str:
        return self.server.url

    def issue(self, kind: str, expires: float) -> str:
        token = jwt.encode({"sub": "u1", "n": next(self._numbers), "exp": int(expires)}, KEY)
        (self._access if kind == "access" else self._refresh).add(token)
        return token

    def revoke_access(self) -> None:
        with self._lock:
            self._access.clear()

    def end_sessions(self) -> None:
        with self._lock:
            self._access.clear()
            self._refresh.clear()

    def store(
        self, settings: Settings, *, access_left: float = 300, refresh_left: float = 20_000
    ) -> Tokens:
        """Put tokens in the store, as if received long ago, that end in so many seconds."""
        now = time.time()
        tokens = Tokens(
            self.issue("access", now + access_left),
            self.issue("refresh", now + refresh_left),
            now - 300 + access_left,
            now - 28_800 + refresh_left,
        )
        store = TokenStore(settings)
        with store.locked():
            store.save(tokens)
        return tokens

    def _answer(self, handler: Handler) -> None:
        body = handler.take()
        with self._lock:
            status, value = self._decide(handler, json.loads(body) if body else {})
        handler.give(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _decide(self, handler: Handler, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        token = handler.headers.get("authorization", "").removeprefix("Bearer ")
        if handler.path.startswith("/skafos/"):
            token = handler.headers.get("x-api-token", "")
        now = time.time()
        match handler.path:
            case "/auth/authenticate/signin":
                self.counts["sign in"] += 1
                if body.get("Password") != PASSWORD:
                    return 401, {"Message": "Wrong e-mail or password"}
                assert isinstance(body["Username"], str)
                assert isinstance(body["KeepLoggedIn"], bool)
                return 200, {
                    "AccessToken": self.issue("access", now + self.access_life),
                    "RefreshToken": self.issue("refresh", now + self.refresh_life),
                }
            case "/auth/authenticate/refresh-token":
                self.counts[body["GrantType"]] += 1
                if token not in self._refresh:
                    self.counts["refused refresh"] += 1
                    return 401, {"Message": "Session ended", "AuthorizationInvalid": True}
                if body["GrantType"] == "RefreshToken":
                    self._refresh.remove(token)
                    return 200, {"RefreshToken": self.issue("refresh", now + self.refresh_life)}
                if self.access_grants_fail_with is not None:
                    return self.access_grants_fail_with, {"Message": "Not now"}
                return 200, {"AccessToken": self.issue("access", now + self.access_life)}
            case _ if token not in self._access:
                self.counts["refused"] += 1
                return 401, {"Message": "Who are you?"}
            case "/auth/authenticate/signout":
                self.counts["sign out"] += 1
                self._access.clear()
                self._refresh.clear()
                return 200, {"Message": "Ok"}
        self.counts["served"] += 1
        return 200, {}


def settings_for(folder: Path, url: str, profile: str = "default") -> Settings:
    return Settings.load(config_dir=folder, base_url=url, profile=profile, environ={})
