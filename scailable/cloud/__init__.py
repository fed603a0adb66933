"""The embedded cloud: a real server of all services (extra `cloud`)."""
