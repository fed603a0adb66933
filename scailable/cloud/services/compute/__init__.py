"""The compute service: models, which its API calls functions, and catalogues."""

from scailable.cloud.services.compute import (
    catalogues,
    conversion,
    functions,
    links,
    listing,
    pipelines,
)
from scailable.cloud.services.compute.routes import routes

__all__ = ["catalogues", "functions", "links", "listing", "pipelines", "routes"]

routes.does(conversion.KIND, conversion.convert, conversion.give_up)
routes.does(links.KIND, links.fetch, conversion.give_up)
