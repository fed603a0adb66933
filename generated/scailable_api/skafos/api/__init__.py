"""The operations of the service, one folder a tag and one module an operation."""
