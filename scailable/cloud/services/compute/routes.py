"""The operations of the compute service."""

from scailable.cloud.kernel import Routes

routes = Routes("compute")
