"""Ranges of sizes, as the filters `Width` and `Height` write them."""


def parse(text: str) -> tuple[int | None, int | None]:
    """The lowest and the highest size that pass; None where there is no limit.

    The form is checked by the document.

    >>> parse("200-"), parse("-200"), parse("100-200"), parse("64")
    ((200, None), (None, 200), (100, 200), (64, 64))
    """
    low, dash, high = text.partition("-")
    if not dash:
        return int(low), int(low)
    return int(low) if low else None, int(high) if high else None
