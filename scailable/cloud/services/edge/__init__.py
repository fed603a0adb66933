"""The edge service: what a device says to the cloud."""

from scailable.cloud.services.edge import announcements, heartbeat, models
from scailable.cloud.services.edge.routes import routes

__all__ = ["announcements", "heartbeat", "models", "routes"]
