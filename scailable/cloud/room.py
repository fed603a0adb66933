"""Telling a full disk from other failures: who runs the cloud can do something about it."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

# A file may also have reached its largest size, or its owner a quota.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_POSTGRESQL_FULL = "53100"


def is_out_of_room(error: BaseException) -> bool:
    """Whether something could not be written because there is no room for it."""
    if isinstance(error, DBAPIError):
        full = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        return full or getattr(error.orig, "sqlstate", None) == _POSTGRESQL_FULL
    return isinstance(error, OSError) and error.errno in _FULL
