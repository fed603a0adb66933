"""The database and the blobs."""

from scailable.cloud.store import tables
from scailable.cloud.store.database import Store
from scailable.cloud.store.scope import Scope, UnscopedTable

__all__ = ["Scope", "Store", "UnscopedTable", "tables"]
