"""The device service: devices, groups, assignments, and sites with cameras."""

from scailable.cloud.services.device import assignments, devices, groups, sites
from scailable.cloud.services.device.routes import routes

__all__ = ["assignments", "devices", "groups", "routes", "sites"]
