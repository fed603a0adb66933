"""Archives that nobody should unpack, made by hand where zipfile would not write them."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"


def made(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def with_mode(mode: int, name: str = "a", content: bytes = b"/etc/passwd") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        info.external_attr = mode << 16
        archive.writestr(info, content)
    return file.getvalue()


def renamed(old: bytes, new: bytes, archive: bytes) -> bytes:
    """The same archive with other bytes for a name, which zipfile would not write."""
    assert len(old) == len(new)
    return archive.replace(old, new)


def overlapping() -> bytes:
    """Two directory entries that share one file, as the bombs of 2019 are made."""
    content = bytearray(made(("a", b"x" * 100), ("b", b"y" * 100), method=zipfile.ZIP_STORED))
    directory = content.index(CENTRAL, content.index(CENTRAL) + 1)
    # The second entry begins where the first one does.
    content[directory + 42 : directory + 46] = struct.pack("<L", 0)
    return bytes(content)


def flagged(flags: int) -> bytes:
    content = bytearray(made(("a", b"x" * 100), method=zipfile.ZIP_STORED))
    for signature, place in ((LOCAL, 6), (CENTRAL, 8)):
        at = content.index(signature) + place
        content[at : at + 2] = struct.pack("<H", flags)
    return bytes(content)


def patched(content: bytes, signature: bytes, place: int, new: bytes) -> bytes:
    """Other bytes in the first record of a kind."""
    at = content.index(signature) + place
    return content[:at] + new + content[at + len(new) :]


def of_size(declared: int, method: int) -> bytes:
    """An entry of 100 bytes that says another number, with the checksum of what is there."""
    content = made(("a", b"x" * 100), method=method)
    return patched(content, CENTRAL, 24, struct.pack("<L", declared))


def entry(name: bytes, *, size: int = 0, offset: int = 0, extra: bytes = b"") -> bytes:
    """An entry of a directory, for a file of zero bytes that is stored."""
    numbers = (20, 20, 0, 0, 0, 33, zlib.crc32(bytes(size)), size, size, len(name), len(extra))
    return struct.pack("<4s6H3L5H2L", CENTRAL, *numbers, 0, 0, 0, 0, offset) + name + extra


def end(count: int, length: int, offset: int) -> bytes:
    return struct.pack("<4s4H2LH", END, 0, 0, count, count, length, offset, 0)


def local(name: bytes, *, size: int = 0, extra: bytes = b"") -> bytes:
    """What stands before the content of a stored file."""
    numbers = (20, 0, 0, 0, 33, zlib.crc32(bytes(size)), size, size, len(name), len(extra))
    return struct.pack("<4s5H3L2H", LOCAL, *numbers) + name + extra


def more_than_it_counts(number: int) -> bytes:
    """A directory of many entries, of which the end says that it is one."""
    directory = entry(b"a") * number
    return directory + end(1, len(directory), 0)


def inside_an_extra_field() -> bytes:
    """The second file lies in the extra field of the first: 30 bytes of name do not tell."""
    inner = local(b"b", size=1) + b"\0"
    outer = local(b"a", size=1, extra=struct.pack("<HH", 0x9999, len(inner)) + inner) + b"\0"
    at = outer.index(LOCAL, 1)
    directory = entry(b"a", size=1) + entry(b"b", size=1, offset=at)
    return outer + directory + end(2, len(directory), len(outer))


def with_a_second_name(name: bytes, second: bytes) -> bytes:
    """A file of one zero byte, with a name in an extra field too, as Info-ZIP writes Unicode."""
    field = struct.pack("<BL", 1, zlib.crc32(name)) + second
    extra = struct.pack("<HH", 0x7075, len(field)) + field
    first = local(name, size=1) + b"\0"
    directory = entry(name, size=1, extra=extra)
    return first + directory + end(1, len(directory), len(first))


def behind_the_directory() -> bytes:
    extra = struct.pack("<HHQ", 1, 8, (1 << 64) - 1)
    directory = entry(b"a", offset=0xFFFFFFFF, extra=extra)
    return directory + end(1, len(directory), 0)


def into_the_directory() -> bytes:
    first = local(b"a", size=50)
    directory = entry(b"a", size=50)
    return first + directory + end(1, len(directory), len(first))


def with_two_large_ends() -> bytes:
    """Two records for large archives: one where the locator points to, one right before it."""
    directory = entry(b"a")
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(directory), 1)
    return directory + record + record + locator + end(1, len(directory), 0)


def without_the_large_end() -> bytes:
    directory = entry(b"a") + bytes(56)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(directory) - 56, 1)
    return directory + locator + end(1, len(directory), 0)


def with_directory_of(size: int) -> bytes:
    content = bytearray(made(("a", b"x")))
    end = content.rindex(END)
    content[end + 12 : end + 16] = struct.pack("<L", size)
    return bytes(content)


GOOD = made(("model/net.onnx", b"weights" * 100), ("labels.txt", b"cat"))
_BOMB = b"\0" * (128 << 20)

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "up and out": (lambda: made(("../evil", b"x")), "leads out of the folder"),
    "up in the middle": (lambda: made(("a/../../evil", b"x")), "leads out of the folder"),
    "absolute": (lambda: made(("/etc/evil", b"x")), "is absolute"),
    "a drive": (lambda: made(("C:/evil", b"x")), "is absolute"),
    "a backslash": (lambda: renamed(b"aXevil", b"a\\evil", made(("aXevil", b"x"))), "backslash"),
    "a NUL": (lambda: renamed(b"aXevil", b"a\0evil", made(("aXevil", b"x"))), "control characters"),
    "a line break": (lambda: made(("a\nb", b"x")), "control characters"),
    "an empty step": (lambda: made(("a//b", b"x")), "empty step"),
    "a dot": (lambda: made(("./a", b"x")), "empty step"),
    "a long step": (lambda: made(("a" * 300, b"x")), "too long"),
    "a symbolic link": (lambda: with_mode(stat.S_IFLNK | 0o777), "symbolic link"),
    "a device": (lambda: with_mode(stat.S_IFCHR | 0o666), "no regular file"),
    "a pipe": (lambda: with_mode(stat.S_IFIFO | 0o666), "no regular file"),
    "a folder that is a file": (lambda: with_mode(stat.S_IFDIR | 0o755), "no regular file"),
    "twice": (lambda: made(("a", b"x"), ("A", b"y")), "two entries would be one"),
    "a file as a folder": (lambda: made(("a", b"x"), ("a/b", b"y")), "two entries would be one"),
    "encrypted": (lambda: flagged(1), "encrypted"),
    "strongly encrypted": (lambda: flagged(0x41), "encrypted"),
    "another method": (
        lambda: made(("a", b"x" * 100), method=zipfile.ZIP_LZMA),
        "not supported",
    ),
    "overlapping": (overlapping, "inside another one"),
    "a bomb": (lambda: made(("bomb", _BOMB)), "times as many"),
    "a directory beyond the file": (lambda: with_directory_of(1 << 31), "directory|damaged"),
    "no archive": (lambda: b"not a zip" * 100, "no zip archive"),
    "empty": (lambda: b"", "no zip archive"),
    "cut off": (lambda: GOOD[:-10], "no zip archive"),
    "the end alone": (lambda: GOOD[-22:], "damaged|no zip"),
    "an empty name": (lambda: made(("", b"x")), "empty step"),
    "a long name": (lambda: made(("/".join(["a" * 250] * 17), b"x")), "is too long"),
    "a deep name": (lambda: made(("a/" * 1500 + "b", b"x")), "more than 100 steps"),
    "a name of no known letters": (
        lambda: renamed("ä".encode(), b"\xff\xff", made(("ä", b"x"))),
        "damaged",
    ),
    "a folder with content": (lambda: made(("a/", b"x")), "a folder with content"),
    "twice by the case of a folder": (
        lambda: made(("a", b"x"), ("A/b", b"y")),
        "two entries would be one",
    ),
    "overlapping in an extra field": (inside_an_extra_field, "inside another one"),
    "behind the directory": (behind_the_directory, "behind the directory"),
    "into the directory": (into_the_directory, "into the directory"),
    "no file where it should be": (
        lambda: patched(GOOD, LOCAL, 0, b"PK\3\5"),
        "not where the directory says",
    ),
    "folders hidden in names": (
        lambda: made(*(("/".join([f"{number}", *["a"] * 98, "f"]), b"") for number in range(1001))),
        "100100 files and folders",
    ),
    "more entries than it counts": (lambda: more_than_it_counts(100_001), "100001 entries"),
    "two ends": (with_two_large_ends, "contradict each other"),
    "an end that is missing": (without_the_large_end, "record at its end is missing"),
}

# What shows only when the content is read.
DAMAGED: dict[str, tuple[Callable[[], bytes], str]] = {
    "less than it says, stored": (lambda: of_size(5000, zipfile.ZIP_STORED), "it ends early"),
    "less than it says, deflated": (lambda: of_size(5000, zipfile.ZIP_DEFLATED), "it ends early"),
    "more than it says, stored": (lambda: of_size(50, zipfile.ZIP_STORED), "Bad CRC-32"),
    "more than it says, deflated": (lambda: of_size(50, zipfile.ZIP_DEFLATED), "Bad CRC-32"),
    "another checksum": (lambda: patched(GOOD, CENTRAL, 16, b"\0\0\0\0"), "Bad CRC-32"),
    "another name at the file": (
        lambda: GOOD.replace(b"labels.txt", b"../evil.sh", 1),
        "differ",
    ),
    "no deflated data": (
        lambda: patched(GOOD, LOCAL, 30 + 14, b"\xff" * 4),
        "damaged at the entry",
    ),
}
