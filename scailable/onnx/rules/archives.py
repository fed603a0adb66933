"""Rules about zip archives: what makes one unsafe to unpack."""

from scailable.onnx.rules.rule import Rule, file_rule

_SOURCE = (
    "APPNOTE.TXT, the .ZIP file format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT"
)


def _zip(number: int, about: str) -> Rule:
    return file_rule(f"ONNX-ZIP-{number:03}", "error", about, source=_SOURCE)


DAMAGED = _zip(1, "The zip archive is damaged.")
TOO_MANY = _zip(2, "The zip archive has too many members to look at.")
BOMB = _zip(3, "The zip archive unpacks to very much more than it is.")
OUTSIDE = _zip(4, "The zip archive has a member that unpacks outside its folder.")
SPECIAL = _zip(5, "The zip archive has a member that is a link or a device.")
ENCRYPTED = _zip(6, "The zip archive is encrypted.")
DUPLICATE = _zip(7, "The zip archive has two members of one name.")
OVERLAPPING = _zip(8, "The zip archive has members that share bytes.")
NESTED = _zip(9, "The zip archive holds another archive.")
CONTRADICTORY = _zip(10, "The directory of the zip archive and its members disagree.")
