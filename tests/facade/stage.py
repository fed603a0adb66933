"""Where the examples of docstrings and documents run: code with `client` and one of each."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Self

import scailable.sclblpy as sp
from scailable import AsyncClient, Client, skafos
from scailable.cloud.embedded import EmbeddedCloud
from tests.digits import DIGITS
from tests.facade.home import PASSWORD, Home, settings_in
from tests.runtime.server import Server, reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import CodeType

EMAIL = "ada@example.com"
NEW_PASSWORD = "nine-Calm-herons-52"

_ACCOUNT = re.compile(r"password|sign_|log_|register|account\.update")
_THINGS = re.compile(r"model|skafos|device|group|catalogue|license|client\.(request|api)")


class Stage:
    """A cloud with Ada's organisation. Each `scene` finds it as it was at first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        edge_impulse = self._exits.enter_context(Server(reply(body=DIGITS.read_bytes())))
        cloud = EmbeddedCloud(edge_impulse_url=edge_impulse.url + "/{project}", password_mails=1000)
        self.url = self._exits.enter_context(cloud).url
        with settings_in(self._folder / "home"):
            self._home = Home(self.url, EMAIL)
        self._exits.callback(self._home.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    @contextmanager
    def scene(self, folder: Path, *, awaits: bool, code: str | None = None) -> Iterator[Scene]:
        """Names for an example, and a way to run it.

        Args:
            folder: an empty one; the current one meanwhile. It gets `digits.onnx`.
            awaits: `client` is the async client.
            code: what will run, to prepare only what it needs; None prepares everything.
        """
        changes_account = code is None or bool(_ACCOUNT.search(code))
        names = self._home.reset() if code is None or _THINGS.search(code) else {}
        path = folder / "digits.onnx"
        shutil.copyfile(DIGITS, path)
        names |= {"path": path, "folder": folder, "password": PASSWORD, "sp": sp}
        names |= {"skafos": skafos, "models": skafos.models}
        names["where"] = {"app_name": "doors", "model_name": "faces"}
        # Whoever changes the account does so in a session of its own.
        config = folder / "config" if changes_account else self._folder / "home"
        with settings_in(config, url=self.url) as patch, Client() as client:
            patch.chdir(folder)
            if changes_account:
                client.account.sign_in(EMAIL, PASSWORD)
            with asyncio.Runner() as runner:
                chosen = AsyncClient() if awaits else client
                sp.use(client)
                try:
                    yield Scene({**names, "client": chosen}, runner)
                finally:
                    sp.use(None)
                    if isinstance(chosen, AsyncClient):
                        runner.run(chosen.close())
        if changes_account:
            self._home.restore_user(NEW_PASSWORD)


class Scene:
    """A namespace in which code runs, top-level `await` included."""

    def __init__(self, names: dict[str, Any], runner: asyncio.Runner) -> None:
        self.names = {"__name__": "__main__", **names}
        self._runner = runner

    def run(self, source: str, place: str, *, mode: str = "exec", line: int = 1) -> None:
        code: CodeType = compile(
            "\n" * (line - 1) + source, place, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        )
        result = eval(code, self.names)
        if inspect.iscoroutine(result):
            self._runner.run(result)
