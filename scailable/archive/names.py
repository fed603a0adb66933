"""Names that may stand in an archive. Pure."""

import re
from collections.abc import Iterable
from itertools import takewhile

_LONGEST_NAME = 4096
_LONGEST_STEP = 255
# Python's own functions on trees of folders call themselves once a step.
_MOST_STEPS = 100
# Not `str.isprintable`: it knows neither the narrow space that macOS writes into names nor letters
# that are younger than Python.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def problem(name: str) -> str | None:
    """Why a name has no place in an archive; None when it has. A folder's ends in `/`.

    A name that leads out of the folder into which it is unpacked would write anywhere (APPNOTE
    4.4.17 forbids drives, leading slashes and backslashes; `..` is what "zip slip" is made of).

    >>> problem("model/weights.bin"), problem("../weights.bin")
    (None, 'leads out of the folder')
    """
    steps = name.removesuffix("/").split("/")
    try:
        longest = max(len(step.encode()) for step in steps)
    except UnicodeEncodeError:
        return "is not valid Unicode"
    if _CONTROL.search(name):
        return "has control characters"
    if name.startswith("/") or (len(name) > 1 and name[1] == ":" and name[0].isalpha()):
        return "is absolute"
    if "\\" in name:
        return "has a backslash"
    if ".." in steps:
        return "leads out of the folder"
    if "" in steps or "." in steps:
        return "has an empty step"
    if longest > _LONGEST_STEP or len(name.encode()) > _LONGEST_NAME:
        return "is too long"
    if len(steps) > _MOST_STEPS:
        return f"has more than {_MOST_STEPS} steps"
    return None


def clashes(names: list[str]) -> list[tuple[str, str]]:
    """Pairs of names that would be one file, also where the case does not count.

    A folder may come more than once, a file may not, nor may it be the folder of another one.

    >>> clashes(["a/", "a/b", "A/B", "c", "c/d"])
    [('a/b', 'A/B'), ('c', 'c/d')]
    """
    found: list[tuple[str, str]] = []
    # With the lowest character between steps, what is below a file comes right behind it.
    keyed = sorted(((name.casefold().replace("/", "\0"), name) for name in names), key=_first)
    last_key, last_file = "", ""
    for key, name in keyed:
        if last_file and (key == last_key or key.startswith(f"{last_key}\0")):
            found.append((last_file, name))
        elif not name.endswith("/"):
            last_key, last_file = key, name
    return found


def places(names: Iterable[str]) -> int:
    """How many files and folders there are once names are, with folders that they only go through.

    >>> places(["a/b/c", "a/b/d/", "e"])
    5
    """
    found = 0
    last: list[str] = []
    # Sorted as in `clashes`, a name shares with the one before it all that it shares with any.
    for name in sorted(names, key=lambda name: name.replace("/", "\0")):
        steps = name.removesuffix("/").split("/")
        shared = takewhile(_are_equal, zip(last, steps, strict=False))
        found += len(steps) - sum(1 for _ in shared)
        last = steps
    return found


def shown(text: object) -> str:
    """A name or path for a message: what a terminal would act upon is escaped.

    >>> print(shown("a\\nb"))
    a\\nb
    """
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in str(text)
    )


def _first(pair: tuple[str, str]) -> str:
    return pair[0]


def _are_equal(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]
