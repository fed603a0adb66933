"""Generated clients of the services, one sub-package each. Never edited: see openapi/README.md."""
