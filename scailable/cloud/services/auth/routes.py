"""The handlers of this service register themselves here."""

from scailable.cloud.kernel import Routes

routes = Routes("auth")
