"""Where the next page of a list begins, and whether there is one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from scailable.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PAGE_SIZE = 200
LARGEST_PAGE = 1000
TOTAL_HEADER = "X-Pagination-Records"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a list that was asked for.

    Attributes:
        offset: how many items to skip.
        limit: how many items to give in all; None for all there are.
        page_size: how many to fetch in one request.
    """

    offset: int = 0
    limit: int | None = None
    page_size: int = DEFAULT_PAGE_SIZE

    def __post_init__(self) -> None:
        if self.offset < 0:
            raise ValidationError(f"The offset is {self.offset}; it has to be 0 or more.")
        if self.limit is not None and self.limit < 0:
            raise ValidationError(f"The limit is {self.limit}; it has to be 0 or more.")
        if not 1 <= self.page_size <= LARGEST_PAGE:
            raise ValidationError(
                f"The page size is {self.page_size}; it has to be from 1 to {LARGEST_PAGE}."
            )

    def ask(self, offset: int) -> int:
        """How many items to ask for at this offset; 0 when the limit is reached."""
        if self.limit is None:
            return self.page_size
        return max(0, min(self.page_size, self.offset + self.limit - offset))

    def cut(self, offset: int, items: list[T]) -> list[T]:
        """The items of an answer that were asked for; a service may give more."""
        return items if self.limit is None else items[: self.offset + self.limit - offset]

    def more(self, offset: int, *, asked: int, got: int, total: int | None) -> bool:
        """Whether there is a page after one that left off at `offset`.

        A service may give fewer items than asked; only its total, or an empty page, ends a list.
        Without a total a page that is not full does.
        """
        if got == 0 or self.ask(offset) == 0:
            return False
        return offset < total if total is not None else got >= asked


def total_in(headers: Mapping[str, str]) -> int | None:
    """The number of items on all pages, as the service says it."""
    text = headers.get(TOTAL_HEADER, "").strip()
    return int(text) if text.isascii() and text.isdigit() else None
