"""A list of a service, fetched page by page as it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from scailable.resources.pages import Span, total_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scailable.runtime.types import Response

T = TypeVar("T")


class AsyncFetch(Protocol[T]):
    """Gets one page."""

    async def __call__(self, offset: int, limit: int) -> Response[list[T]]: ...


class AsyncPage(Generic[T]):
    """The items of a list, across all its pages. Nothing is fetched before it is needed.

    Each `async for` starts again at the service, from the offset that was asked for.

    >>> page = client.models.list(order_by="name", page_size=50)
    >>> async for model in page:
    ...     print(model.name)
    digits
    >>> await page.total
    1
    """

    def __init__(
        self,
        fetch: AsyncFetch[T],
        *,
        offset: int = 0,
        limit: int | None = None,
        page_size: int | None = None,
    ) -> None:
        self._fetch = fetch
        self._span = Span(offset, limit) if page_size is None else Span(offset, limit, page_size)
        self._total: int | None = None
        self._known = False
        self._ahead: list[T] | None = None
        self._next_offset = offset

    def __repr__(self) -> str:
        total = f", total={self._total}" if self._known else ""
        return f"{type(self).__name__}(offset={self._span.offset}{total})"

    @property
    async def total(self) -> int | None:
        """How many items match on the service, whatever offset and limit; None if it does not say.

        Fetches the first page when nothing was fetched yet; the next iteration starts with it.

        >>> await client.devices.list().total
        1
        """
        if not self._known:
            offset = self._span.offset
            self._ahead = await self._get(offset, max(1, self._span.ask(offset)))
        return self._total

    @property
    def next_offset(self) -> int:
        """Where to go on after an iteration was broken off: `list(offset=page.next_offset)`.

        >>> page = client.models.list()
        >>> async for model in page:
        ...     break
        >>> page.next_offset
        1
        """
        return self._next_offset

    async def pages(self) -> AsyncIterator[list[T]]:
        """The items, a list for each page.

        >>> async for models in client.models.list().pages():
        ...     print(len(models))
        1
        """
        offset = self._span.offset
        while asked := self._span.ask(offset):
            items, self._ahead = self._ahead, None
            if items is None or offset != self._span.offset:
                items = await self._get(offset, asked)
            items = self._span.cut(offset, items)
            offset += len(items)
            if items:
                self._next_offset = offset
                yield items
            if not self._span.more(offset, asked=asked, got=len(items), total=self._total):
                return

    async def __aiter__(self) -> AsyncIterator[T]:
        offset = self._span.offset
        async for items in self.pages():
            for item in items:
                offset += 1
                self._next_offset = offset
                yield item

    async def first(self) -> T | None:
        """The first item, or None when there is none. Fetches only that.

        >>> (await client.models.list(q="digits").first()).name
        'digits'
        """
        asked = min(1, self._span.ask(self._span.offset))
        items = await self._get(self._span.offset, asked) if asked else []
        return items[0] if items else None

    async def to_list(self) -> list[T]:
        """All items, of all pages.

        >>> [device.name for device in await client.devices.list().to_list()]
        ['gate']
        """
        items: list[T] = []
        async for page in self.pages():
            items += page
        return items

    async def _get(self, offset: int, limit: int) -> list[T]:
        response = await self._fetch(offset, limit)
        self._total = total_in(response.headers)
        self._known = True
        return response.parsed
