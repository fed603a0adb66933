"""The operations of the edge service."""

from scailable.cloud.kernel import Routes

routes = Routes("edge")
