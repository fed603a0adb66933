"""Generated clients, one sub-package a service. Never edited: see openapi/README.md."""
