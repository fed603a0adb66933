"""The types that the clients of all services share."""

from scailable.runtime.types import UNSET, File, Response, Unset

__all__ = ["UNSET", "File", "Response", "Unset"]
