"""The two downloads, from where others import them."""

from scailable.runtime._async.download import adownload
from scailable.runtime._sync.download import download

__all__ = ["adownload", "download"]
