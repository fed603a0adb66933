"""Numbers as people read them."""


def compact(number: int) -> str:
    """A large number in short.

    >>> [compact(n) for n in (7, 1500, 40_813_184, 3_900_000_000)]
    ['7', '1.5 k', '40.8 M', '3.9 G']
    """
    value, unit = float(number), ""
    for unit in ("", "k", "M", "G", "T"):
        if abs(value) < 1000 or unit == "T":
            break
        value /= 1000
    return f"{number}" if not unit else f"{value:.1f} {unit}"
