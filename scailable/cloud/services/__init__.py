"""The rules of each service, one folder a service."""
