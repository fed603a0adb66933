"""What the functions raise, under the names of skafos."""

from scailable.errors import ScailableError


class InvalidParamError(ScailableError, ValueError):
    """A parameter is missing or wrong, or names what does not exist."""


class InvalidTokenError(ScailableError):
    """There is no API token, or the service does not accept it."""

    next_step = "Make a token with `scailable skafos tokens create`, and set SKAFOS_API_TOKEN."


class UploadFailedError(ScailableError):
    """An upload did not become a version."""


class DownloadFailedError(ScailableError):
    """A version could not be downloaded; most often there is none."""


class DeployFailedError(ScailableError):
    """A version could not be deployed: there is no such version or environment."""
