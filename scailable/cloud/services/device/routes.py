"""The operations of the device service."""

from scailable.cloud.kernel import Routes

routes = Routes("device")
