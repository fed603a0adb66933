"""The calls of a resource, with status and headers of the answer beside the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

from scailable.runtime.types import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from scailable.resources._async.resource import AsyncResource
    from scailable.resources._sync.resource import Resource
    from scailable.runtime.call import (
        AsyncCaller,
        AsyncStreamReply,
        Call,
        Caller,
        Reply,
        StreamReply,
    )

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound="Resource")
AR = TypeVar("AR", bound="AsyncResource")


class Recorder:
    """Sends what it is given and remembers the last answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.last: Reply | None = None

    def send(self, call: Call, *, timeout: float | None = None) -> Reply:
        self.last = self._caller.send(call, timeout=timeout)
        return self.last

    def stream(
        self, call: Call, *, timeout: float | None = None
    ) -> AbstractContextManager[StreamReply]:
        return self._caller.stream(call, timeout=timeout)


class AsyncRecorder:
    """Sends what it is given and remembers the last answer."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller
        self.last: Reply | None = None

    async def send(self, call: Call, *, timeout: float | None = None) -> Reply:
        self.last = await self._caller.send(call, timeout=timeout)
        return self.last

    def stream(
        self, call: Call, *, timeout: float | None = None
    ) -> AbstractAsyncContextManager[AsyncStreamReply]:
        return self._caller.stream(call, timeout=timeout)


class WithResponse(Generic[R]):
    """The base of the `with_response` of each resource."""

    def __init__(self, resource: R) -> None:
        self._resource = resource

    def _wrap(self, method: Callable[Concatenate[R, P], T]) -> Callable[P, Response[T]]:
        def call(*args: P.args, **kwargs: P.kwargs) -> Response[T]:
            # One recorder a call, so that threads do not see each other's answers.
            recorder = Recorder(self._resource.caller)
            result = method(self._resource.using(recorder), *args, **kwargs)
            return _response(result, recorder.last)

        call.__doc__ = method.__doc__
        return call


class AsyncWithResponse(Generic[AR]):
    """The base of the `with_response` of each resource."""

    def __init__(self, resource: AR) -> None:
        self._resource = resource

    def _wrap(
        self, method: Callable[Concatenate[AR, P], Awaitable[T]]
    ) -> Callable[P, Awaitable[Response[T]]]:
        async def call(*args: P.args, **kwargs: P.kwargs) -> Response[T]:
            recorder = AsyncRecorder(self._resource.caller)
            result = await method(self._resource.using(recorder), *args, **kwargs)
            return _response(result, recorder.last)

        call.__doc__ = method.__doc__
        return call


def _response(result: T, reply: Reply | None) -> Response[T]:
    if reply is None:
        raise RuntimeError("nothing was sent")
    return Response(result, reply.status, reply.headers)
