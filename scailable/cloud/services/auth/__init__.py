"""The authorisation service: accounts, sessions, passwords, licenses."""

from scailable.cloud.services.auth import licenses, passwords, session_calls, users
from scailable.cloud.services.auth.routes import routes

__all__ = ["licenses", "passwords", "routes", "session_calls", "users"]
