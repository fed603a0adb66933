"""The async client, used as the sync one is, so that one test serves both."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from scailable import AsyncClient
from scailable.resources._async.page import AsyncPage
from scailable.resources._async.resource import AsyncResource
from scailable.resources.raw import Api
from scailable.resources.responses import AsyncWithResponse

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

_WRAPPED = (AsyncClient, AsyncResource, AsyncPage, AsyncWithResponse)


class Blocking:
    """Stands for an async object: what is awaited there is waited for here."""

    def __init__(self, target: Any, runner: asyncio.Runner) -> None:
        self._target = target
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        return self._result(getattr(self._target, name))

    def __repr__(self) -> str:
        return repr(self._target)

    def __iter__(self) -> Iterator[Any]:
        items = aiter(self._target)
        while True:
            try:
                yield self._runner.run(anext(items))
            except StopAsyncIteration:
                return

    def __enter__(self) -> Blocking:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._target.close())

    def _result(self, value: Any) -> Any:
        if inspect.iscoroutine(value):
            return self._result(self._runner.run(value))
        if inspect.ismethod(value) or inspect.isfunction(value):
            return lambda *args, **kwargs: self._result(value(*args, **kwargs))
        if isinstance(value, _WRAPPED) or inspect.isasyncgen(value):
            return Blocking(value, self._runner)
        if isinstance(value, Api):
            raise TypeError("generated functions are awaited by the test itself")
        return value
