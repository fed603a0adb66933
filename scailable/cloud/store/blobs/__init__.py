"""Files by digest, in a folder or in an object store."""

from scailable.cloud.store.blobs.blobs import Blobs
from scailable.cloud.store.blobs.place import Arrived

__all__ = ["Arrived", "Blobs"]
