"""Names that may stand in an archive. Pure."""

_LONGEST_NAME = 4096
_LONGEST_STEP = 255


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
    if not name.isprintable():
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
    return None


def clashes(names: list[str]) -> list[tuple[str, str]]:
    """Pairs of names that would be one file, also where the case does not count.

    A folder may come more than once, a file may not, nor may it be the folder of another one.

    >>> clashes(["a/", "a/b", "A/B", "c", "c/d"])
    [('a/b', 'A/B'), ('c', 'c/d')]
    """
    found: list[tuple[str, str]] = []
    files: dict[str, str] = {}
    for name in names:
        if not name.endswith("/"):
            key = name.casefold()
            if key in files:
                found.append((files[key], name))
            files.setdefault(key, name)
    for name in names:
        steps = name.casefold().removesuffix("/").split("/")
        depth = len(steps) + name.endswith("/")
        parents = ("/".join(steps[:count]) for count in range(1, depth))
        found += [(files[parent], name) for parent in parents if parent in files]
    return found
