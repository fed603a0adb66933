"""Skafos: apps hold models, models hold numbered versions, each an archive."""

from scailable.cloud.services.skafos import apps, environments, models, tokens, uploads, versions
from scailable.cloud.services.skafos.routes import routes

__all__ = ["apps", "environments", "models", "routes", "tokens", "uploads", "versions"]
